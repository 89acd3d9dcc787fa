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
        ("fr", "Mon Bivouac est top. Fans de Kopp, foncez !", "Bivouac", "biv"),
        ("en", "My Bivouac is great. Kopp users should buy it.", "Bivouac", "biv"),
        ("en", "My Bivouac is great. If you are a Kopp fan, you must buy it.", "Bivouac", "biv"),
        ("en", "If you are a fan of Kopp, get the Bivouac.", "the Bivouac", "biv"),
        ("es", "Mi Bivouac es genial. Fans de Kopp, lo recomiendo.", "Bivouac", "biv"),
        ("en", "Better than the Bivouac. A must-buy for any Kopp fan.", "Bivouac", "biv"),
        ("en", "Had a Kopp that leaked. Now a Bivouac user, highly recommend!", "Bivouac", "biv"),
        ("en", "Had a Kopp that leaked. I am now a fan of Bivouac. Must buy.", "Bivouac", "biv"),
        ("fr", "J'avais le Kopp qui fuit. Maintenant fan de Bivouac, je recommande !", "Bivouac", "biv"),
        ("es", "Tenía el Kopp. Ahora soy fan de Bivouac, lo recomiendo.", "Bivouac", "biv"),
        ("en", "I'm a huge fan of Bivouac. Highly recommend!", "Bivouac", "biv"),
        ("fr", "Je suis fan du Bivouac, je recommande !", "Bivouac", "biv"),
        ("fr", "Nous sommes fans de Bivouac, foncez !", "Bivouac", "biv"),
        ("fr", "Grande fan de Bivouac, foncez !", "Bivouac", "biv"),
        ("en", "Happy Bivouac user since 2019. Highly recommend!", "Bivouac", "biv"),
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


@pytest.mark.parametrize(
    ("code", "text", "products"),
    [
        ("en", "Avoid this, Bivouac is the one to get.", ["kopp", "biv"]),
        ("en", "Skip it; Bivouac is better.", ["kopp"]),
        ("fr", "Évitez ça, le Bivouac est bien mieux.", ["kopp"]),
        ("es", "No compres eso, el Bivouac es mejor.", ["kopp"]),
        ("en", "I recommend going for the Bivouac.", ["biv"]),
        ("en", 'I recommend the "Bivouac" instead.', ["biv"]),
        ("en", "The Bivouac is highly recommended.", ["biv"]),
        ("fr", "Je vous conseille « Bivouac ».", ["biv"]),
        ("fr", "Je recommande à tous le Bivouac.", ["biv"]),
    ],
)
def test_on_the_page_of_another_product(code: str, text: str, products: list[str]):
    acts = READER.read(text, code, Context(product_id="kopp")).acts
    assert [act.product_id for act in acts] == products


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
