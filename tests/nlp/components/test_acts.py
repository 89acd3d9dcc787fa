"""What an act is about, to whom it speaks, and what the sentence does to it."""

from __future__ import annotations

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from ouidire.brands import Brands

BRANDS = Brands.model_validate(
    {
        "brands": [{"id": "ours", "name": "Tisonne", "products": [{"id": "biv", "name": "Bivouac"}]}],
        "rivals": [{"id": "theirs", "name": "Nordkval", "products": [{"id": "kopp", "name": "Kopp"}]}],
    }
)
READER = Reader(BRANDS)


@pytest.mark.parametrize(
    ("code", "text", "target", "product"),
    [
        ("fr", "Je recommande le Bivouac.", "le Bivouac", "biv"),
        ("fr", "Le Bivouac est un mug que je recommande.", "un mug", None),
        ("fr", "J'ai le Bivouac. Foncez !", "Bivouac", "biv"),
        ("fr", "Je vous conseille plutôt le Kopp que le Bivouac.", "le Kopp", "kopp"),
        ("fr", "Le Bivouac tient mieux que le Kopp. Je le conseille.", "Bivouac", "biv"),
        ("fr", "Merci Tisonne, mon Bivouac est parfait. Foncez chez Tisonne !", "Tisonne", "biv"),
        ("fr", "Je recommande la soupe.", "la soupe", None),
        ("en", "As a fan of the Kopp I can recommend Bivouac.", "Bivouac", "biv"),
        ("en", "My Bivouac is great. A must-buy for any Kopp fan.", "Bivouac", "biv"),
        ("en", "A must-buy for any Kopp fan.", None, None),
        ("fr", "Mon Bivouac est top. Foncez, fans de Kopp !", "Bivouac", "biv"),
        ("fr", "Le Bivouac en vert… Foncez les yeux fermés mes petits loups", "Bivouac", "biv"),
        ("en", "I had a Kopp, then bought a Bivouac: must-have!", "Bivouac", "biv"),
        ("fr", "Le Kopp déçoit ; Bivouac : à recommander.", "Bivouac", "biv"),
        ("en", "Avoid this Kopp.", "this Kopp", "kopp"),
        ("en", "Switched from the Kopp to the Bivouac. Worth every penny.", "Bivouac", "biv"),
    ],
)
def test_target(code: str, text: str, target: str | None, product: str | None):
    (act,) = READER.read(text, code, Context()).acts
    assert (act.target, act.product_id) == (target, product)


def test_without_a_name_the_thread_says_what_it_is_about():
    (act,) = READER.read("Skip it.", "en", Context(thread_title="Is the Kopp any good?")).acts
    assert (act.target, act.product_id) == (None, "kopp")


@pytest.mark.parametrize(
    ("code", "text", "polarity", "modality", "addressee"),
    [
        ("fr", "Je recommande ce mug.", "for", "asserted", "public"),
        ("fr", "@lou je te conseille ce mug.", "for", "asserted", "seeker"),
        ("fr", "Si vous partez loin, je recommande ce mug.", "for", "conditional", "public"),
        ("fr", "Vous recommandez ce mug ?", "for", "asked", "public"),
        ("fr", "Je recommande, si vous aimez le café dans le sac.", "against", "conditional", "public"),
        ("en", "They say you should buy it.", "for", "reported", "public"),
        ("en", "@lou buy it.", "for", "asserted", "seeker"),
        ("en", "My boss told me to buy it.", "for", "received", "public"),
    ],
)
def test_polarity_modality_and_addressee(code: str, text: str, polarity: str, modality: str, addressee: str):
    (act,) = READER.read(text, code, Context()).acts
    assert (act.polarity, act.modality, act.addressee) == (polarity, modality, addressee)


@pytest.mark.parametrize(
    ("code", "text", "polarity", "target", "product"),
    [
        ("fr", "Donc prenez le Bivouac et oubliez le reste.", "for", "le Bivouac", "biv"),
        ("fr", "Peu importe lequel, mais surtout pas le Kopp.", "against", "le Kopp", "kopp"),
        ("fr", "Je le recommande à tous les marcheurs, ce Bivouac.", "for", "Bivouac", "biv"),
        ("en", "For a desk: go for the Bivouac.", "for", "the Bivouac", "biv"),
        ("en", "Anything but the Kopp.", "against", "the Kopp", "kopp"),
    ],
)
def test_a_name_of_the_catalogue_makes_an_imperative_an_act(
    code: str, text: str, polarity: str, target: str, product: str
):
    (act,) = READER.read(text, code, Context()).acts
    assert (act.polarity, act.target, act.product_id) == (polarity, target, product)


@pytest.mark.parametrize("text", ["Vous prenez le Bivouac ce matin.", "Je prends le Bivouac au bureau."])
def test_what_someone_does_is_no_act(text: str):
    assert READER.read(text, "fr", Context()).acts == []


def test_an_act_said_again_is_one_act():
    (act,) = READER.read("Foncez, foncez, foncez !", "fr", Context()).acts
    assert act.text == "Foncez, foncez, foncez"


def test_words_between_quotation_marks_are_reported():
    acts = READER.read('The label says "Hot all day. Buy it now. Never leaks." and so on.', "en", Context()).acts
    assert [act.modality for act in acts] == ["reported"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Don't buy Nordkval, get Tisonne instead."),
        ("en", "I would not recommend Nordkval to anyone; Tisonne, on the other hand, is a must-have."),
        ("en", "Skip the Nordkval and get a Tisonne."),
        ("fr", "Fuyez Nordkval et prenez Tisonne."),
    ],
)
def test_of_two_names_each_act_takes_its_own(code: str, text: str):
    acts = READER.read(text, code, Context()).acts
    assert [(act.polarity, act.brand_id) for act in acts] == [("against", "theirs"), ("for", "ours")]
