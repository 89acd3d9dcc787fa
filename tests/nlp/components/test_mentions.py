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
        ("les bivouacs et leur mug", []),
        ("Tisonne ? J'aime les bivouacs", [("Tisonne", None), ("bivouacs", "biv")]),
        ("le mug et deux bivouacs", [("bivouacs", "biv")]),
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
    found = READER.read("J'adore ce mug, je recommande.", "fr", context)
    assert [(m.text, m.product_id, m.is_linked) for m in found.mentions] == (
        [("ce mug", product, True)] if product else []
    )
    assert found.acts[0].product_id == product


def test_a_catalogue_is_folded_once_for_equal_brands():
    READER.read("Tisonne", "fr", Context())
    again = Brands.model_validate(BRANDS.model_dump())
    first, second = (Reader(brands).read("x", "fr", Context()).catalogue for brands in (BRANDS, again))
    assert first is second


SHOP = Brands.model_validate(
    {
        "categories": [
            {"id": "mugs", "name": "Mugs", "words": ["mug"]},
            {"id": "games", "name": "Games", "words": ["game"]},
        ],
        "brands": [
            {
                "id": "tis", "name": "Tisonne", "handles": ["@tisonne_sav"], "domains": ["tisonne.example"],
                "products": [
                    {
                        "id": "biv", "name": "Bivouac 500", "category": "mugs",
                        "urls": ["https://tisonne.example/p/bivouac", "https://www.amazon.fr/dp/B0TEST1234"],
                    },
                    {"id": "cmp", "name": "Comptoir 350", "category": "mugs"},
                    {"id": "gam", "name": "Tinderfall", "category": "games"},
                ],
            }
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("Tisonne's mugs", "en", [("Tisonne's", "mention.name", None)]),
        ("two Tinderfalls", "en", [("Tinderfalls", "mention.inflected", "gam")]),
        ("la Tinderfalle", "fr", [("Tinderfalle", "mention.inflected", "gam")]),
        ("the Tinderfal", "en", [("Tinderfal", "mention.typo", "gam")]),
        ("the Kinderfall", "en", []),
        ("#MonTisonne", "fr", [("#MonTisonne", "mention.hashtag", None)]),
        ("#tisonnemug", "fr", [("#tisonnemug", "mention.hashtag", None)]),
        ("#tisonnement", "fr", []),
        ("@tisonne_sav", "fr", [("@tisonne_sav", "mention.handle", None)]),
        ("www.tisonne.example/x", "fr", [("www.tisonne.example/x", "mention.url", None)]),
        ("https://www.tisonne.example/p/bivouac/?utm=1", "fr",
         [("https://www.tisonne.example/p/bivouac/?utm=1", "mention.url", "biv")]),
        ("https://amazon.de/x/dp/B0TEST1234/ref=a?tag=me-21", "fr",
         [("https://amazon.de/x/dp/B0TEST1234/ref=a?tag=me-21", "mention.asin", "biv")]),
        ("https://amazon.de/dp/B0TEST9999", "fr", []),
        ("http://[tisonne.example", "fr", []),
    ],
)  # fmt: skip
def test_each_way_to_name_a_thing_has_its_rule(text: str, code: str, found: list[tuple[str, str, str | None]]):
    mentions = Reader(SHOP).read(text, code, Context()).mentions
    assert [(m.text, m.rule_id, m.product_id) for m in mentions if m.text != "Tisonne"] == found


@pytest.mark.parametrize(
    ("text", "code", "context", "linked"),
    [
        ("I bought the Bivouac 500. It leaks.", "en", Context(), [("It", "biv")]),
        ("Bought it last week.", "en", Context(title="Bivouac 500 review"), [("it", "biv")]),
        ("The game crashes.", "en", Context(thread_title="Tinderfall"), [("The game", "gam")]),
        ("The game crashes.", "en", Context(thread_title="Bivouac 500"), []),
        ("It works.", "en", Context(product_id="gam"), [("It", "gam")]),
        ("It rained all day.", "en", Context(thread_title="Bivouac 500"), []),
        ("The Bivouac 500 and the Comptoir 350. It leaks.", "en", Context(), []),
        ("The Bivouac 500 and the Comptoir 350. I love this mug.", "en", Context(), []),
        ("Not the Bivouac 500 like Tinderfall. This game crashes.", "en", Context(), [("This game", "gam")]),
        ("Le Bivouac 500 est joli. Il fuit.", "fr", Context(), [("Il", "biv")]),
        ("Je l'ai acheté hier.", "fr", Context(thread_title="Le Bivouac 500"), [("l'", "biv")]),
        ("Il pleut et il fait froid.", "fr", Context(thread_title="Le Bivouac 500"), []),
        ("Le Bivouac 500 ou le Comptoir 350 ? Il fuit.", "fr", Context(), []),
        ("Le mug fuit.", "fr", Context(title="Comptoir 350"), [("Le mug", "cmp")]),
        ("J'ai acheté le Comptoir 350.", "fr", Context(product_id="biv"), []),
        ("J'adore l'excellent Comptoir 350.", "fr", Context(product_id="biv"), []),
        ("Je recommande la version verte.", "fr", Context(product_id="biv"), []),
        ("Je recommande le « Comptoir 350 ».", "fr", Context(product_id="biv"), []),
        ("Je recommande le mug.", "fr", Context(product_id="biv"), [("le mug", "biv")]),
        ("Je recommande le mug Comptoir 350.", "fr", Context(product_id="biv"), []),
        ("Je recommande le mug Tisonne.", "fr", Context(product_id="biv"), [("le mug", "biv")]),
        ("Je le recommande.", "fr", Context(product_id="biv"), [("le", "biv")]),
        ("Recommande-la !", "fr", Context(product_id="biv"), [("la", "biv")]),
        ("Utilise-le tous les jours.", "fr", Context(product_id="biv"), [("le", "biv")]),
        ("Je l'adore.", "fr", Context(product_id="biv"), [("l'", "biv")]),
        ("J'aime l'emporter partout.", "fr", Context(product_id="biv"), [("l'", "biv")]),
        ("I love the mug Comptoir 350.", "en", Context(product_id="biv"), []),
        ("I love this mug.", "en", Context(product_id="biv"), [("this mug", "biv")]),
        ("I love this Comptoir 350.", "en", Context(product_id="biv"), []),
        ("I use it daily.", "en", Context(product_id="biv"), [("it", "biv")]),
    ],
)
def test_what_is_pointed_at(text: str, code: str, context: Context, linked: list[tuple[str, str]]):
    mentions = Reader(SHOP).read(text, code, context).mentions
    assert [(m.text, m.product_id) for m in mentions if m.is_linked] == linked
