"""The explanation of a text: whose language it takes, and its page."""

from __future__ import annotations

import pytest

from nlp.explain import explain, lines, page
from nlp.pipeline import Reader
from ouidire.brands import Brands

FEED = {"id": "blog", "type": "feed", "url": "https://blog.example/feed"}


def reader(*languages: str) -> Reader:
    sources = [FEED, FEED | {"id": "other", "languages": list(languages)}]
    return Reader(Brands.model_validate({"brands": [{"id": "tis", "name": "Tisonne"}], "sources": sources}))


@pytest.mark.parametrize(
    ("text", "lang", "spoken", "code", "told"),
    [
        ("x", None, ("fr", "en"), "fr", "language fr, the first in brands.yml: the text is too short to tell"),
        ("👍", None, ("fr",), "fr", "language fr, the first in brands.yml: the text is too short to tell"),
        ("x", None, ("nl",), "nl", "no rules for language nl: mentions only"),
        ("x", None, (), None, "language unknown: mentions only"),
        ("x", "en", ("fr",), "en", "language en"),
        ("This mug keeps my coffee hot all day long.", None, ("fr",), "en", "language en"),
    ],
)
def test_a_text_too_short_to_tell_takes_the_language_of_the_sources(text, lang, spoken, code, told) -> None:
    found = explain({"text": text, "lang": lang}, reader(*spoken))
    assert found.lang == code
    assert f"  {told}" in list(lines(found))


def test_a_page_marks_what_was_found_and_shows_the_text_when_nothing_was() -> None:
    marked = page(explain({"text": "Je recommande <b>vivement</b> ce mug à tous.", "lang": "fr"}, reader()))
    assert "for, asserted" in marked
    bare = page(explain({"text": "Il a plu <b>hier</b> sur la ville.", "lang": "fr"}, reader()))
    assert "<p>Il a plu &lt;b&gt;hier&lt;/b&gt; sur la ville.</p>" in bare
