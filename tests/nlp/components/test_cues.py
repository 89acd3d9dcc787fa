"""Cues: which product wins a comparison or a switch, and what only counts beside something else."""

from __future__ import annotations

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from ouidire.brands import Brands

BRANDS = Brands.model_validate(
    {
        "brands": [
            {"id": "pel", "name": "Pellwick", "products": [{"id": "tarn", "name": "Tarn 16"}]},
            {"id": "oro", "name": "Orovane", "products": [{"id": "fell", "name": "Fell Mug"}]},
        ]
    }
)
READER = Reader(BRANDS)


@pytest.mark.parametrize(
    ("code", "text", "kind", "value", "brand"),
    [
        ("en", "I switched from Orovane to Pellwick.", "switch", "Orovane", "pel"),
        ("en", "I ditched Orovane for Pellwick.", "switch", "Orovane", "pel"),
        ("fr", "Je suis passé de Pellwick à Orovane.", "switch", "Pellwick", "oro"),
        ("fr", "J'ai quitté Orovane pour Pellwick.", "switch", "Orovane", "pel"),
        ("es", "He cambiado Orovane por Pellwick.", "switch", "Orovane", "pel"),
        ("en", "Pellwick is better than Orovane.", "comparison", "Pellwick", "pel"),
        ("en", "Pellwick is not as good as Orovane.", "comparison", "Orovane", "oro"),
        ("fr", "Pellwick est moins bien que Orovane.", "comparison", "Orovane", "oro"),
        ("fr", "Je recommande plus Pellwick que Orovane.", "comparison", "Pellwick", "pel"),
    ],
)
def test_the_one_chosen(code: str, text: str, kind: str, value: str, brand: str):
    (cue,) = READER.read(text, code, Context()).of_kind(kind)
    assert (cue.value, cue.brand_id) == (value, brand)


@pytest.mark.parametrize(
    ("code", "text", "advisers"),
    [
        ("fr", "Je conseille, suivez l’avis de Maud.", ["Maud"]),
        ("fr", "Surtout écoutez Maud Ferrandis !", ["Maud Ferrandis"]),
        ("fr", "J'ai suivi l'avis de Maud. Suivez les flèches. Écoutez-moi.", []),
        ("en", "Just listen to @maud and go.", ["@maud"]),
        ("en", "You should follow Maud Ferrandis. Trust me, watch Maud.", ["Maud Ferrandis", "Maud"]),
        ("en", "Follow 85. Follow https://a.example/B_1. I did listen to Maud.", []),
        ("es", "Haz caso a Maud Ferrandis y escucha a tu hermana.", ["Maud Ferrandis"]),
    ],
)
def test_whom_to_listen_to(code: str, text: str, advisers: list[str]):
    assert [cue.value for cue in READER.read(text, code, Context()).of_kind("adviser")] == advisers


def test_what_is_said_of_it_needs_a_thing_in_the_post_or_its_thread():
    text = "It is worth it."
    assert [READER.read(text, "en", Context(thread_title=title)).stance for title in (None, "Tarn 16")] == [
        "none", "for",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "influencer"),
    [
        ("I ordered a mug because of you.", "you"),
        ("I am late because of you.", None),
        ("Everything changed. I saw this on Twitter.", None),
        ("I saw this mug on Twitter and bought one.", "Twitter"),
    ],
)
def test_weak_influence_counts_beside_a_deed(text: str, influencer: str | None):
    assert READER.read(text, "en", Context()).influenced_by == influencer


def test_a_quotation_is_told_by_the_side_of_its_marks():
    said = 'He said "fine" and left. Then a sign: "Go check it out!" it read.'
    (act,) = READER.read(said, "en", Context()).acts
    assert act.modality == "reported"
