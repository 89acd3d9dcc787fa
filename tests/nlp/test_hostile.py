"""Texts made to break a reader: each is read, cut or refused with a reason, its offsets true, in linear time."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.rules import LANG, Grammar, languages, load_grammar, read_yaml
from nlp.tokens import MAX_SENTENCE_WORDS
from nlp.understand import MAX_CHARACTERS, Understanding, run_stream, understand, understand_post
from ouidire.brands import Brands
from ouidire.records import Post, Quarantine

BRANDS = Brands.model_validate(
    {
        "categories": [{"id": "mugs", "name": "Mugs", "words": ["mug", "travel mug"]}],
        "brands": [
            {
                "id": "tis", "name": "Tisonne", "handles": ["@tisonne"], "domains": ["tisonne.example"],
                "category": "mugs", "products": [{"id": "biv", "name": "Bivouac 500", "aliases": ["Bivouac"]}],
            }
        ],
        "rivals": [{"id": "pel", "name": "Pellwick", "products": [{"id": "tarn", "name": "Tarn 16"}]}],
    }
)  # fmt: skip
READER = Reader(BRANDS)
ACT = {"fr": "Je recommande vivement le Tisonne.", "en": "I highly recommend the Tisonne.", "es": "Recomiendo Tisonne."}
HOSTILE = {
    "a megabyte": "Je recommande le Tisonne. " * 40_000,
    "50,000 emoji": "👍🏻👩‍👩‍👧🫠" * 6_250,
    "zero-width characters inside names": "J'ai le Ti\u200bso\u200dnne et le Biv\u00adouac\ufeff, je recom\u200bmande.",
    "marks of direction": "\u202eJe recommande\u202c le \u2067Tisonne\u2069 \u200fمرحبا بكم\u200e, foncez !",
    "languages mixed": "Je recommande this Tisonne, 本当におすすめ, очень советую, empfehle ich allen, lo recomiendo.",
    "entities and tags": "<p>Je&nbsp;recommande le <b>Tisonne</b> &amp; l&#39;autre&hellip;<br/>À &eacute;viter</p><a",
    "entities that are none": "&amp;amp; &#x110000; &#0; &#99999999999; &bogus; &;" * 50,
    "accents apart": "J'ai adore\u0301 ce mug, a\u0300 e\u0301viter le Bivouac. Tre\u0300s de\u0301c\u0327u\u0327.",
    "a tower of accents": "e" + "\u0301" * 20_000 + " Je recommande",
    "control characters": "Je\x00 recommande\x07 le\x1b[31m Tisonne\x7f\x85\u2028 foncez\x0b\x0c!",
    "a very long word": "recommande" * 5_000 + " Tisonne" * 3,
    "a very long address": "https://tisonne.example/" + "a?b=c&" * 8_000,
    "10,000 line feeds": ("Je recommande" + "\n" * 100 + "le Tisonne\r\n" * 5) * 100,
    "a very long hashtag": "#" + "TisonneMug" * 4_900,
    "nothing but marks": "?!…,;:()[]{}\"'«»“”-–—/|*~#@&$€%<>=+_" * 1_000,
    "deeply quoted": "\n".join(">" * depth + " Je recommande le Tisonne" for depth in range(1, 200)) + "\nÀ fuir.",
    "quotation marks that never close": "« Je recommande “ le \" Tisonne " * 1_000,
    "brackets that never close": "((((<a <p <b [{" * 3_000,
    "one letter a word": "a " * 25_000,
    "digits and dots": "1.2.3,4." * 6_000,
    "handles and hashtags": "@tisonne #TisonneMug #tisonnemugtisonnemug @@@ ### " * 900,
    "pointing without end": "ce mug le Bivouac it this mug Tarn 16 the mug " * 1_000,
    "elisions without end": "l'l'l'qu'j'n'd'" * 3_000,
}  # fmt: skip
POST = Post(
    run_date=date(2026, 10, 2), source="forum", post_id="p1", native_id="1", source_type="forum", instance="f.example",
    kind="reply", url=None, canonical_url=None, thread_id="t1", parent_id=None, position=1, author_id="a",
    is_owned=False, thread_title=None, title=None, text="", lang=None, rating=None, quoted_url=None,
    created_at=datetime(2026, 10, 1, tzinfo=UTC), created_precision="second", edited_at=None,
    seen_at=datetime(2026, 10, 1, tzinfo=UTC), deleted_at=None, content_hash="h", licence=None,
)  # fmt: skip


def spans(found: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Every span of an output line: its words, start and end."""
    for value in found.values():
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict):
                yield row["span"] if "span" in row else row["text"], row["start"], row["end"]


def assert_true_offsets(text: str, found: dict[str, Any]) -> None:
    for words, start, end in spans(found):
        assert 0 <= start < end <= len(text)
        assert words == text[start:end]


@pytest.mark.parametrize("lang", [*languages(), "de", None])
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_and_its_offsets_are_true(name: str, lang: str | None):
    text = HOSTILE[name]
    found = understand_post({"id": "1", "text": text, "lang": lang, "title": "Tisonne"}, READER)
    assert_true_offsets(text, found)
    assert found.get("truncated_at") == (MAX_CHARACTERS if len(text) > MAX_CHARACTERS else None)
    json.dumps(found, allow_nan=False).encode()


@pytest.mark.parametrize("name", [name for name, text in HOSTILE.items() if len(text) < MAX_CHARACTERS - 100])
@pytest.mark.parametrize("lang", languages())
def test_an_act_in_a_paragraph_of_its_own_is_found_beside_it(name: str, lang: str):
    text = f"{ACT[lang]}\n\n{HOSTILE[name]}"
    found = understand_post({"id": "1", "text": text, "lang": lang}, READER)
    assert any(act["start"] < len(ACT[lang]) for act in found["acts"])
    assert any((m["brand_id"], m["text"]) == ("tis", "Tisonne") for m in found["mentions"])


@pytest.mark.parametrize("text", ["\ud800", "Je recommande \udfff ce mug", "\udcff" * 1_000])
def test_half_a_surrogate_pair_is_quarantined_with_a_reason(text: str):
    (row,) = understand([replace(POST, text=text)], BRANDS)
    assert isinstance(row, Quarantine)
    assert "surrogate" in row.reason
    (good,) = understand([replace(POST, text="Foncez !")], BRANDS)
    assert isinstance(good, Understanding)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.lists(
    st.sampled_from(
        ["Je recommande", "ce mug", "Tisonne", "I recommend", "it", "à éviter", ".", "\n", "\u200b", "'", "👍"]
    ),
    max_size=12,
).map(" ".join)
TEXTS = WORDS | st.text(max_size=80)
GOOD = st.fixed_dictionaries(
    {"id": st.text(st.characters(codec="utf-8"), min_size=1, max_size=8) | st.integers(), "text": TEXTS},
    optional={"lang": st.sampled_from(["fr", "en", "es", "de", "FR-fr", "", None]), "title": TEXTS | st.none()},
)
ANY_LINE = (
    GOOD.map(json.dumps)
    | GOOD.map(lambda post: json.dumps(post, ensure_ascii=False))
    | st.dictionaries(st.sampled_from(["id", "text", "lang", "title", "thread_title"]), JSON).map(json.dumps)
    | JSON.map(json.dumps)
    | st.text(max_size=30)
).map(lambda line: line.replace("\n", " "))


@given(st.lists(ANY_LINE, max_size=6))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_line_gives_a_line_or_an_error_with_its_number(lines: list[str]):
    out, err = io.StringIO(), io.StringIO()
    status = run_stream(lines, out, err, BRANDS)
    found = [json.loads(line) for line in out.getvalue().split("\n")[:-1]]
    errors = {row["line"]: row["error"] for row in map(json.loads, err.getvalue().split("\n")[:-1])}
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    kept = [number for number in numbers if number not in errors]
    assert set(errors) <= set(numbers)
    assert all(errors.values())
    assert status == (1 if errors else 0)
    posts = [json.loads(lines[number - 1]) for number in kept]
    assert [post["id"] for post in found] == [post["id"] for post in posts]
    for row, post in zip(found, posts, strict=True):
        assert_true_offsets(post["text"], row)


@given(GOOD)
@settings(max_examples=60, deadline=None)
def test_a_post_in_order_is_never_refused_unless_it_is_not_unicode(post: dict[str, Any]):
    out, err = io.StringIO(), io.StringIO()
    is_unicode = re.search("[\ud800-\udfff]", post["text"]) is None
    if post.get("title") is None or re.search("[\ud800-\udfff]", post["title"]) is None:
        assert run_stream([json.dumps(post)], out, err, BRANDS) == (0 if is_unicode else 1), err.getvalue()


def seconds(work: Any) -> float:
    """CPU time, the median of three: other programs on the machine do not count."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return median(found)


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_text_takes_at_most_eight_times_as_long(name: str):
    piece = HOSTILE[name]
    whole = (piece * (40_000 // len(piece) + 1))[:40_000]

    def read(length: int) -> float:
        return seconds(lambda: READER.read(whole[:length], "fr", Context(thread_title="Tisonne")))

    read(2_000)
    assert read(40_000) <= 8 * max(read(10_000), 0.01)


def said(element: str, grammar: Grammar, pick: int) -> str:
    """Words that an element of a pattern matches: one of its choices, as often as it may stand; "" for a mark."""
    if element in ("^", "$", "<", ">", "(", ")") or element.startswith("!"):
        return ""
    if element.startswith(("..", "#np", "#w")):
        return "mug " * 3
    core = element.rstrip("?*+") or element
    choices = [
        word
        for choice in core.strip("|").split("|")
        for word in (grammar.classes.get(choice.strip("{}"), ("mug",)) if choice.startswith("{") else [choice])
    ]
    word = choices[pick % len(choices)].replace("_", " ").replace("~", "s")
    return "" if word == "END" else f"{word} " * (3 if element[-1] in "*+" else 1)


def adversarial(source: str, grammar: Grammar) -> Iterator[str]:
    """Sentences of the greatest length in which a pattern all but matches, over and over."""
    for pick in (0, -1):
        parts = [part for element in source.split() if (part := said(element, grammar, pick))]
        whole = "".join(parts)
        for piece in {whole, "".join(parts[:-1]), *(2 * part for part in parts), whole + parts[0] * 3} - {""}:
            words = (piece * MAX_SENTENCE_WORDS).split()[:MAX_SENTENCE_WORDS]
            yield " ".join(words) + " "


WORST = 0.03
"""Seconds that one pattern may take on one sentence of the greatest length, made from its own words; a pattern that
backtracks takes minutes."""


@pytest.mark.parametrize("code", languages())
def test_no_pattern_backtracks_on_repeats_of_its_own_words(code: str):
    grammar = load_grammar(code)
    sources = [source for row in read_yaml(LANG / code / "patterns.yml") for source in row["patterns"]]
    slow = {}
    for source, pattern in zip(sources, grammar.patterns, strict=True):
        for line in adversarial(source, grammar):
            start = time.process_time()
            assert sum(1 for _ in pattern.regex.finditer(line)) <= MAX_SENTENCE_WORDS
            taken = time.process_time() - start
            if taken > WORST and seconds(lambda line=line, pattern=pattern: list(pattern.regex.finditer(line))) > WORST:
                slow[source] = taken
    assert not slow


@pytest.mark.parametrize("code", languages())
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_no_pattern_backtracks_on_words_of_the_language_in_any_order(code: str, data: st.DataObject):
    grammar = load_grammar(code)
    pattern = data.draw(st.sampled_from(grammar.patterns))
    own = sorted(set(re.findall(r"[a-z']{2,}", pattern.source)))[:60] or ["a"]
    words = data.draw(st.lists(st.sampled_from([*own, ",", ".", "a", "the"]), min_size=1, max_size=6))
    line = " ".join((words * MAX_SENTENCE_WORDS)[:MAX_SENTENCE_WORDS]) + " "
    assert seconds(lambda: sum(1 for _ in pattern.regex.finditer(line))) < WORST
