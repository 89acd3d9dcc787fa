"""Products and companies that the catalogue does not name."""

from __future__ import annotations

import pytest

from nlp.candidates import plain_name
from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.understand import as_dict
from ouidire.brands import Brands

READER = Reader(Brands.model_validate({"brands": [{"id": "tis", "name": "Tisonne"}]}))


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("I just bought a new Nordkval XR200 camera.", "en", ["Nordkval XR200"]),
        ("My BrewMate app crashes since the update", "en", ["BrewMate"]),
        ("switched from Tisonne to a Samsung phone", "en", ["Samsung"]),
        ("Je commande tout chez Amazon maintenant.", "fr", ["Amazon"]),
        ("J'ai acheté un iPhone 12 hier.", "fr", ["iPhone 12"]),
        ("I met Karen and Michael in Boston on Monday.", "en", []),
        ("Thank you so much for everything.", "en", []),
        ("Lunch was good. Dessert too.", "en", []),
        ("THIS IS THE BEST DAY OF MY LIFE", "en", []),
        ("Julien et Camille habitent à Grenoble.", "fr", []),
        ("Service impeccable. Desserts excellents.", "fr", []),
        ("Tisonne makes mugs.", "en", []),
    ],
)
def test_candidates(text: str, code: str, found: list[str]):
    reading = READER.read(text, code, Context())
    assert [c.text for c in reading.candidates] == found
    assert all(text[c.start : c.end] == c.text for c in reading.candidates)


def test_a_candidate_is_a_cue_under_its_plain_name():
    reading = READER.read("Amazon's delivery was late, so AMAZON paid me back.", "en", Context())
    assert [cue.value for cue in reading.of_kind("candidate")] == ["amazon"] * 2
    assert [span["span"] for span in as_dict("1", "en", reading)["candidates"]] == ["Amazon's", "AMAZON"]


def test_a_language_without_rules_has_none():
    assert not READER.read("Ich habe ein Samsung Galaxy gekauft", "de", Context()).candidates


@pytest.mark.parametrize(("text", "name"), [("Société Générale’s", "societe generale"), ("iPhone  12", "iphone 12")])
def test_plain_name(text: str, name: str):
    assert plain_name(text) == name
