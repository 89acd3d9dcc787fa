"""Every language folder: complete, and every rule does what its pairs say, and not what they say it must not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.rules import LANG, languages, load_grammar, read_yaml

FIELDS = ("stance", "experience", "purchase", "seeks_advice", "influenced_by", "commercial", "umot")
READER = Reader(None)


@cache
def pairs(code: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LANG / code / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


def repeated(items: Iterable[Any]) -> list[Any]:
    return [item for item, times in Counter(items).items() if times > 1]


CASES = [pytest.param(code, row, id=row["id"]) for code in languages() for row in pairs(code)]


@pytest.mark.parametrize("code", languages())
def test_a_folder_holds_words_rules_and_pairs(code: str):
    names = {path.name for path in (LANG / code).iterdir()}
    assert {"lexicon.yml", "patterns.yml", "gold.jsonl"} <= names <= {
        "lexicon.yml", "patterns.yml", "gold.jsonl", "standoff.jsonl", "valence.yml", "aspects.yml", "times.yml",
    }  # fmt: skip


@pytest.mark.parametrize("code", languages())
def test_every_rule_has_a_positive_and_a_negative_case(code: str):
    cases = {(row["rule"], row["fires"]) for row in pairs(code) if "rule" in row}
    missing = [
        (rule, fires) for rule in load_grammar(code).rules for fires in (True, False) if (rule, fires) not in cases
    ]
    assert not missing, f"add these to nlp/lang/{code}/gold.jsonl"


@pytest.mark.parametrize("code", languages())
def test_no_word_stands_twice_in_a_class_and_no_pattern_in_two_rules_for_the_same(code: str):
    classes = read_yaml(LANG / code / "lexicon.yml")["classes"]
    patterns = [
        (rule["emits"], rule.get("value"), rule.get("polarity"), source)
        for rule in read_yaml(LANG / code / "patterns.yml")
        for source in rule["patterns"]
    ]
    named = {name: words.split() if isinstance(words, str) else words for name, words in classes.items()}
    assert not {name: twice for name, words in named.items() if (twice := repeated(words))}
    assert not repeated(patterns)


@pytest.mark.parametrize(("code", "row"), CASES)
def test_pair(code: str, row: dict[str, Any]):
    text = row["text"]
    reading = READER.read(text, code, Context())
    acts = [{"span": act.text, "polarity": act.polarity, "modality": act.modality} for act in reading.acts]
    assert acts == row["acts"]
    assert {field: getattr(reading, field) for field in FIELDS} == {field: row[field] for field in FIELDS}
    for span in [*reading.acts, *reading.cues]:
        assert text[span.start : span.end] == span.text
    if "rule" in row:
        rule = load_grammar(code).rules[row["rule"]]
        kept = {span.rule_id for span in [*reading.acts, *reading.cues]}
        matched = {match.rule.id for matches in reading.matches for match in matches}
        assert (rule.id in (matched if rule.emits in ("trap", "signal") else kept)) == row["fires"]
