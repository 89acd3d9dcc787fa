"""Offsets stay true whatever the text holds, and the work grows with its length only."""

from __future__ import annotations

import re
import time

import pytest

from nlp.pipeline import Reader, make_nlp
from nlp.reading import Context
from nlp.rules import load_grammar
from nlp.tokens import fold, sentences

HARD = [
    "",
    "  \n\t ",
    "J’ai  acheté\u00a0ça !!",
    "recom\u200bmande\u00adr",
    "\u202eمرحبا\u202c ok",
    "👍🏻👩‍👩‍👧 " * 3,
    "<p>Tom &amp; Jo</p><br/>l&#39;eau",
    "https://a.example/x?y=1, www.b.example.",
    "e\u0301te\u0301",
    "'''’’’ ... ?!…",
]


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("code", ["fr", "en", None])
def test_tokens_joined_are_the_text(text: str, code: str | None):
    assert make_nlp(code).make_doc(text).text == text


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("ÉTÉ", "ete"),
        ("cœur", "coeur"),
        ("e\u0301te\u0301", "ete"),
        ("recom\u200bmande", "recommande"),
        ("caf&eacute;", "cafe"),
        ("<br/>", ""),
        ("zorg&#9;mug", "zorg mug"),
        ("zorg&#11;&nbsp;mug", "zorg mug"),
    ],
)
def test_fold(word: str, folded: str):
    assert fold(word) == folded


@pytest.mark.parametrize(
    ("code", "text", "lines"),
    [
        ("fr", "J'hésite. N’achetez pas", ["j' hesite . ", "n' achetez pas "]),
        ("fr", "Très bon.Je recommande", ["tres bon . ", "je recommande "]),
        ("fr", "vas-y, c est qu'on aime", ["vas y , c' est qu' on aime "]),
        ("en", "I don't. It's ok", ["i do not . ", "it is ok "]),
        ("en", "See v1.2 at site.example now", ["see v1 . 2 at site . example now "]),
        ("en", "Worth it? No. Bye", ["worth it ? no . ", "bye "]),
        ("en", "<p>One</p><p>two</p>", ["one ", "two "]),
        ("en", "A zorg&#9;mug", ["a zorg mug "]),
    ],
)
def test_sentences(code: str, text: str, lines: list[str]):
    found = sentences(make_nlp(code).make_doc(text), load_grammar(code).canon, load_grammar(code).words("answer"))
    assert [re.sub(r"\s", " ", sentence.line) for sentence in found] == lines


def test_white_space_of_an_entity_is_no_mark_of_a_class():
    grammar = load_grammar("en")
    (sentence,) = sentences(make_nlp("en").make_doc("zorg&#9;mug&#12;zorg"), grammar.canon, frozenset())
    assert sentence.words == ["zorg", "mug", "zorg"]
    assert not grammar.holds("adverb", sentence.line)


@pytest.mark.parametrize(
    "piece",
    [
        "je ne ",
        "n'",
        "((((",
        "....",
        "https://",
        "<a ",
        "&amp",
        "👍",
        "\u200b",
        "a'",
        "sur les conseils de ",
        "I would really really ",
        "I can not ",
        "9,",
        "mug isotherme ",
        "@",
    ],
)
def test_time_grows_with_the_length_only(piece: str):
    reader = Reader(None)
    code = "en" if "I " in piece else "fr"

    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        start = time.perf_counter()
        reader.read(text, code, Context())
        return time.perf_counter() - start

    seconds(2_000)
    short = min(seconds(4_000) for _ in range(3))
    long = min(seconds(32_000) for _ in range(2))
    assert long < 8 * 4 * max(short, 0.002), "eight times the text may take eight times as long, not sixty-four"
