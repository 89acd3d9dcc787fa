"""Reasons: where a clause that gives one ends, what speaks which way, and that words of one meaning share an aspect."""

from __future__ import annotations

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.rules import load_grammar

READER = Reader(None)


@pytest.mark.parametrize(
    ("code", "text", "reasons"),
    [
        ("en", "I recommend it because the poles never bend in the wind, ever.", ["the poles never bend in the wind"]),
        ("en", "I recommend it because it folds flat but mind the zip.", ["it folds flat"]),
        ("en", "I recommend it because it folds flat #camping", ["it folds flat"]),
        ("en", "I recommend it because of you.", []),
        ("en", "I recommend it, mine is from 2019, in use since March 2020.", []),
        ("en", "I recommend it since it folds flat.", ["it folds flat"]),
        ("fr", "Je la conseille parce que la toile sèche vite et que le sac est grand.", ["la toile sèche vite"]),
        ("fr", "Je la conseille tellement elle est légère !", ["elle est légère"]),
        ("fr", "Je la conseille, le car de midi y mène.", []),
        ("es", "Lo recomiendo porque la cremallera cierra bien, y ya.", ["la cremallera cierra bien"]),
    ],
)
def test_a_reason_runs_to_the_end_of_its_clause(code: str, text: str, reasons: list[str]):
    cues = READER.read(text, code, Context()).of_kind("reason")
    assert [cue.text for cue in cues] == reasons
    assert all(text[cue.start : cue.end] == cue.text for cue in cues)


@pytest.mark.parametrize(
    ("code", "text", "reasons"),
    [
        ("en", "Avoid this kettle. Plastic handle, smells of glue.", ["Plastic handle", "smells of glue"]),
        ("en", "Plastic handle. Red. Round. Avoid this kettle.", []),
        ("en", "Buy this kettle! Plastic handle.", []),
        ("en", "Buy this kettle! No smell, dishwasher safe.", ["No smell", "dishwasher safe"]),
        ("en", "Buy this kettle! Is it dishwasher safe?", []),
        ("fr", "Je la recommande. Elle n'a jamais fui.", ["n'a jamais fui"]),
        ("fr", "Je la déconseille : goût de métal, deux fuites.", ["goût de métal", "deux fuites"]),
        ("fr", "Je la recommande : aucun goût de métal.", ["aucun goût de métal"]),
    ],
)
def test_what_only_describes_counts_beside_an_act_of_its_polarity(code: str, text: str, reasons: list[str]):
    assert [cue.text for cue in READER.read(text, code, Context()).of_kind("reason")] == reasons


@pytest.mark.parametrize(
    ("code", "lines", "aspect"),
    [
        ("fr", ["tient la chaleur", "garde bien au chaud", "reste chaud", "l'eau est restee fraiche"], "performance"),
        ("fr", ["tient bon", "tient le coup", "tient dans le temps", "increvable"], "durability"),
        ("en", ["stays hot", "keeps its heat", "still steaming"], "performance"),
        ("en", ["never leaked", "is leakproof"], "durability"),
    ],
)
def test_one_meaning_is_one_aspect(code: str, lines: list[str], aspect: str):
    grammar = load_grammar(code)
    assert {grammar.aspect_of(line) for line in lines} == {aspect}
