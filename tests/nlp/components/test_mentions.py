"""Names of the catalogue: spelling, overlap, and what is only pointed at."""

from __future__ import annotations

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from ouidire.brands import Brands

BRANDS = Brands.model_validate(
    {
        "categories": [{"id": "mugs", "name": "Mugs", "words": ["mug", "travel mug"]}],
        "brands": [
            {
                "id": "tis", "name": "Tisonne", "handles": ["@tisonne_sav"], "domains": ["tisonne.example"],
                "category": "mugs",
                "products": [
                    {"id": "biv", "name": "Bivouac 500", "aliases": ["Bivouac", "Tisonne Bivouac"]},
                    {"id": "ete", "name": "L'Été"},
                ],
            }
        ],
        "rivals": [{"id": "fje", "name": "Fjell-Tur"}],
    }
)  # fmt: skip
READER = Reader(BRANDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le TISONNE bivouac 500", [("TISONNE bivouac", "biv")]),
        ("un Bivouac 500 vert", [("Bivouac 500", "biv")]),
        ("mes deux Bivouacs", [("Bivouacs", "biv")]),
        ("deux bivouacs en octobre", []),
        ("Bivouac sous les étoiles", []),
        ("un #bivouac", [("#bivouac", "biv")]),
        ("mon bivouac est un bon mug", [("bivouac", "biv")]),
        ("Bivouac reçu hier.", [("Bivouac", "biv")]),
        ("Bivouac hier. Quel mug !", [("Bivouac", "biv")]),
        ("le bivouac de chez Tisonne", [("bivouac", "biv"), ("Tisonne", None)]),
        ("MON BIVOUAC PRÉFÉRÉ EN MONTAGNE", []),
        ("Mon Beau Bivouac Sous Les Étoiles Du Vercors", []),
        ("#bivouac500 et #TisonneBivouac", [("#bivouac500", "biv"), ("#TisonneBivouac", "biv")]),
        ("merci @Tisonne_SAV", [("@Tisonne_SAV", None)]),
        ("voir https://www.tisonne.example/x?y", [("https://www.tisonne.example/x?y", None)]),
        ("la marque Tissonne", [("Tissonne", None)]),
        ("la marque Tisnone", [("Tisnone", None)]),
        ("j'aime l'ete", [("l'ete", "ete")]),
        ("le fjell tur", [("fjell tur", None)]),
        ("de la tisane", []),
        ("bivou ac", []),
    ],
)
def test_names(text: str, expected: list[tuple[str, str | None]]):
    found = READER.read(text, "fr", Context()).mentions
    assert [(mention.text, mention.product_id) for mention in found] == expected
    assert all(text[m.start : m.end] == m.text for m in found)


@pytest.mark.parametrize(
    ("context", "found"),
    [(Context(), []), (Context(thread_title="Le Bivouac 500"), ["bivouac"]), (Context(product_id="biv"), ["bivouac"])],
)
def test_a_title_tells_a_name_from_the_word(context: Context, found: list[str]):
    assert [m.text for m in READER.read("Le bivouac est lourd.", "fr", context).mentions] == found


@pytest.mark.parametrize(("text", "found"), [("n'allez pas chez free", ["free"]), ("c'est free ce soir", [])])
def test_a_company_is_somewhere_one_can_be(text: str, found: list[str]):
    brands = Brands.model_validate({"brands": [{"id": "free", "name": "Free"}]})
    assert [m.text for m in Reader(brands).read(text, "fr", Context()).mentions] == found


def test_a_word_of_the_language_is_no_misspelt_name():
    brands = Brands.model_validate({"brands": [{"id": "lum", "name": "Sillage"}]})
    assert not Reader(brands).read("J'habite un Village.", "fr", Context()).mentions


@pytest.mark.parametrize(
    ("context", "product"),
    [
        (Context(title="Test du Bivouac 500"), "biv"),
        (Context(thread_title="Bivouac ou pas ?"), "biv"),
        (Context(product_id="ete"), "ete"),
        (Context(title="Tisonne Bivouac contre L'Été"), None),
        (Context(), None),
    ],
)
def test_this_mug_is_the_one_under_discussion(context: Context, product: str | None):
    found = READER.read("J'adore ce mug, je le recommande.", "fr", context)
    assert [(m.text, m.product_id, m.is_linked) for m in found.mentions] == (
        [("ce mug", product, True)] if product else []
    )
    assert found.acts[0].product_id == product


def test_a_catalogue_is_folded_once_for_equal_brands():
    READER.read("Tisonne", "fr", Context())
    again = Brands.model_validate(BRANDS.model_dump())
    first, second = (Reader(brands).read("x", "fr", Context()).catalogue for brands in (BRANDS, again))
    assert first is second
