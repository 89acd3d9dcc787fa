"""The score agrees with the decision, says why, and costs little."""

from __future__ import annotations

import pytest

from nlp.advocacy import MODELS, explain, load_valence, marked
from nlp.pipeline import Reader
from nlp.reading import Context, PostReading
from nlp.rules import languages

READER = Reader(None)


def read(text: str, code: str) -> PostReading:
    return READER.read(text, code, Context())


@pytest.mark.parametrize(
    ("code", "better", "worse"),
    [
        ("fr", "Très bon livre, passionnant.", "Livre ennuyeux, quelle déception."),
        ("fr", "Ce n'est pas mauvais.", "Ce n'est pas bon."),
        ("en", "Friendly staff and a comfortable seat.", "Rude staff and an uncomfortable seat."),
        ("en", "The lounge was great.", "The lounge was not great."),
    ],
)
def test_what_is_liked_scores_higher(code: str, better: str, worse: str):
    liked, disliked = read(better, code).advocacy, read(worse, code).advocacy
    assert liked is not None
    assert disliked is not None
    assert liked > disliked


@pytest.mark.parametrize(
    ("code", "text", "umot", "side"),
    [
        # bad words all around, but the author recommends it in the end
        ("en", "Terrible box, awful colour, rude courier. I bought it and I highly recommend it.", "positive", 1),
        ("fr", "Superbe cadre, excellent accueil. J'y ai mangé hier, je ne recommande pas.", "negative", -1),
    ],
)
def test_the_decision_of_the_rules_wins(code: str, text: str, umot: str, side: int):
    reading = read(text, code)
    assert reading.umot == umot
    assert reading.advocacy is not None
    assert reading.advocacy * side >= 0.25


def test_the_strongest_parts_are_told():
    parts = dict(explain(read("Delicious food but rude staff, I would not recommend it.", "en")))
    assert parts["(acts against)"] < 0
    assert parts.get("rude", 0) <= 0
    assert explain(read("Hallo Welt, das ist gut.", "de")) == []


def test_a_negation_reaches_up_to_a_mark():
    valence = load_valence("en")
    words = ["it", "was", "not", "very", "good", ".", "nice"]
    assert [word for word, turned in marked(words, valence) if turned] == ["very", "good"]


def test_weights_are_small_and_of_known_languages():
    files = list(MODELS.glob("*.json"))
    assert {file.stem for file in files} <= set(languages())
    assert all(file.stat().st_size < 1_000_000 for file in files)
    assert files
