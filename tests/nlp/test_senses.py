"""A name that is also a word: the few sentences of brands.yml tell them apart."""

from __future__ import annotations

import pytest

from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.senses import SenseModel, probability
from nlp.vectors import Vectors, load_vectors
from ouidire.brands import Brands

BRANDS = Brands.model_validate(
    {
        "brands": [
            {
                "id": "orange", "name": "Orange", "aliases": ["Orange SA"],
                "senses": {
                    "examples": [
                        "mon forfait orange est trop cher",
                        "la fibre orange est en panne depuis hier",
                        "j'ai appelé le service client d'orange",
                        "le réseau orange passe mal chez moi",
                        "my orange contract ends in june",
                        "orange raised the price of my phone plan",
                    ],
                    "other": [
                        "un jus d'orange au petit déjeuner",
                        "il porte une veste orange",
                        "une orange et deux pommes",
                        "le canard à l'orange était délicieux",
                        "a glass of orange juice",
                        "the sky was orange at sunset",
                    ],
                },
            }
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        ("impossible de résilier mon abonnement internet orange", "fr", 1),
        ("la box orange redémarre toute seule", "fr", 1),
        ("un gâteau au chocolat et à l'orange", "fr", 0),
        ("une robe orange avec des chaussures", "fr", 0),
        ("Je suis chez Orange depuis dix ans.", "fr", 1),
        ("J'ai mangé une orange.", "fr", 0),
        ("L'opérateur Orange SA", "fr", 1),
        ("the orange network is down, no phone signal", "en", 1),
        ("a cake with orange and lemon", "en", 0),
    ],
)
def test_a_sense_is_told_by_what_stands_around(text: str, code: str, count: int):
    mentions = Reader(BRANDS).read(text, code, Context()).mentions
    assert len(mentions) == count, mentions


def test_a_sense_has_its_rule_and_a_confidence():
    text = "la fibre orange est trop chère"
    (mention,) = Reader(BRANDS).read(text, "fr", Context()).mentions
    assert mention.rule_id == "mention.sense"
    assert 0.5 <= mention.confidence < 1


def test_a_longer_name_that_no_other_sense_has_needs_no_examples():
    (mention,) = Reader(BRANDS).read("orange sa", "fr", Context()).mentions
    assert mention.rule_id == "mention.name"


def test_without_vectors_the_words_decide():
    meant, other = [(["the", "orange", "bill"], 1, 2)], [(["an", "orange", "cake"], 1, 2)]
    model = SenseModel(meant, other, Vectors())
    assert model.log_odds((["my", "orange", "bill"], 1, 2)) > model.log_odds((["my", "orange", "cake"], 1, 2))


def test_vectors_know_what_words_are_about():
    vectors = load_vectors("fr")
    fruit, phone = vectors.mean([("pomme", 1.0)]), vectors.mean([("abonnement", 1.0)])
    assert vectors.mean([("citron", 1.0)]) @ fruit > vectors.mean([("citron", 1.0)]) @ phone
    assert vectors.weight("le") < 0.1 < vectors.weight("verger")


def test_probability_has_no_overflow():
    assert (probability(1e9), probability(-1e9)) == (pytest.approx(1), pytest.approx(0))
