"""What an advocacy model is learnt from: ticks softened by stars, sources that weigh as much for as against."""

from __future__ import annotations

import pytest

from nlp.fitting import STARS, Examples, calibrated, fit, held_out_scores, softened
from nlp.pipeline import Reader
from nlp.reading import Context

READER = Reader(None)
GOOD = "The seat was wide and the crew was friendly."
BAD = "The seat was narrow and the crew was rude."


def examples(*rows: tuple[str, int, str, float | None]) -> Examples:
    found = Examples()
    for number, (text, answer, source, stars) in enumerate(rows):
        found.add(READER.read(text, "en", Context()), answer, f"group {number}", source, stars)
    return found


def test_a_tick_is_drawn_to_what_others_tick_beside_as_many_stars():
    rows = examples((GOOD, 1, "a", 5.0), (GOOD, 0, "a", 5.0), (GOOD, 1, "b", 5.0), (BAD, 0, "a", None))
    assert list(softened(rows)) == pytest.approx([1 - STARS / 2, STARS / 2, 1.0, 0.0])


def test_words_of_a_kind_source_are_not_good_for_being_there():
    # "garment" stands in every post of the source where nine in ten recommend, and says nothing there
    kind = [(f"My garment. {GOOD}", 1, "kind", None)] * 18 + [(f"My garment. {BAD}", 0, "kind", None)] * 2
    harsh = [(GOOD, 1, "harsh", None)] * 2 + [(BAD, 0, "harsh", None)] * 18
    model = fit(examples(*kind, *harsh), with_words=True)
    assert abs(model.ngrams.get("garment", 0.0)) < abs(model.ngrams["rude"]) / 4
    assert model.ngrams["friendly"] > 0 > model.ngrams["rude"]


def test_a_group_is_scored_by_models_that_have_not_seen_it():
    rows = examples(*[(GOOD, 1, "a", None), (BAD, 0, "a", None)] * 10)
    scored = held_out_scores(rows, with_words=True)
    assert min(scored[::2]) > 0 > max(scored[1::2])
    slope, _ = calibrated(scored, rows)
    assert slope > 0
