"""Floors on the real gold, pooled by language: a change of rules that costs quality fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.evaluate import evaluate, read_gold, rules
from nlp.pipeline import Reader

FLOORS = {
    "fr": {"act": 0.92, "stance": 0.92, "umot": 0.92, "experience": 0.92, "purchase": 0.82, "influence": 0.65},
    "en": {"act": 0.84, "stance": 0.88, "umot": 0.85, "experience": 0.88, "purchase": 0.88, "commercial": 0.75},
}


@pytest.mark.parametrize("code", sorted(FLOORS))
def test_floor(code: str, shared: Path):
    gold = [row for rows in read_gold([shared / "gold"]).values() for row in rows if row["lang"] == code]
    scores = evaluate(gold, rules(Reader(None)))
    below = {label: scores[label].f1 for label, floor in FLOORS[code].items() if scores[label].f1 < floor}
    assert not below
