"""The scores count what the guide counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp import evaluate as evaluation
from nlp.evaluate import baseline, evaluate, read_gold

GOLD = {
    "id": "1", "text": "Je recommande vivement ce mug", "stance": "for", "umot": "positive", "influenced_by": "Antoine",
    "acts": [{"start": 0, "end": 22, "polarity": "for", "modality": "asserted"}],
}  # fmt: skip


def act(start: int, end: int, polarity: str = "for", modality: str = "asserted") -> dict[str, object]:
    return {"start": start, "end": end, "polarity": polarity, "modality": modality}


def counts(predicted: dict[str, object]) -> tuple[int, int, int]:
    score = evaluate([GOLD], lambda _: predicted)["act"]
    return score.right, score.predicted, score.gold


def test_an_act_needs_overlap_polarity_and_its_own_name():
    assert counts({"acts": [act(0, 13)]}) == (1, 1, 1)
    assert counts({"acts": [act(0, 5)]}) == (0, 1, 1)
    assert counts({"acts": [act(0, 22, "against")]}) == (0, 1, 1)
    assert counts({"acts": [act(0, 22, modality="received")]}) == (0, 0, 1)
    assert counts({"acts": [act(0, 22), act(0, 20)]}) == (1, 2, 1)


def test_an_influencer_may_carry_a_few_more_words():
    names = {"d'Antoine": 1, "Antoine et de tous ses amis du club": 0, "Lou": 0}
    for name, right in names.items():
        assert evaluate([GOLD], lambda _, name=name: {"influenced_by": name})["influence"].right == right


def test_a_field_without_gold_is_not_scored():
    assert evaluate([GOLD], lambda _: {"experience": "claimed"})["experience"].predicted == 0
    found = evaluate(
        [{"commercial": []}], lambda _: {"acts": [act(0, 5)], "influenced_by": "Lou", "commercial": ["gifted"]}
    )
    assert [found[name].predicted for name in ("act", "influence", "commercial")] == [0, 0, 1]


def test_the_baseline_knows_simple_negation():
    assert baseline({"text": "Je ne recommande pas"})["stance"] == "against"
    assert baseline({"text": "I highly recommend it"})["umot"] == "positive"


def test_held_out_labels_are_a_set_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = [
        {"id": "1", "text": "Foncez", "acts": []},
        {"id": "2", "text": "Foncez", "acts": [], "corpus": "c"},
        {"id": "3", "text": "Foncez", "acts": [], "corpus": "c", "part": "held_out"},
        {"id": "4", "text": "Foncez", "acts": [], "corpus": "c", "part": "dev"},
        {"id": "5", "text": "Foncez", "commercial": [], "corpus": "c", "part": "commercial_held_out"},
    ]
    monkeypatch.setattr(evaluation, "LANG", tmp_path)
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    sets = {name: [row["id"] for row in kept] for name, kept in read_gold([tmp_path / "fr"]).items()}
    assert sets == {
        "fr pairs": ["1"], "fr labels": ["2", "4"], "fr held out": ["3"], "fr commercial held out": ["5"],
    }  # fmt: skip
