"""Corrections of a person, and what reading a day again changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from nlp.rules import EMITS
from ouidire.brands import Brands
from ouidire.records import CUE_KINDS
from ouidire.settings import Settings
from warehouse.build import build
from warehouse.commit import commit
from warehouse.connect import WarehouseError, connect
from warehouse.corrections import correct, correction, gold, listed, undo

ROWS: dict[str, list[dict[str, Any]]] = {
    "posts": [
        {
            "post_id": "p", "run_date": date(2026, 10, 1), "source": "blog",
            "created_at": datetime(2026, 10, 1, 10, tzinfo=UTC),
            "author_id": "zoe", "text": "J'ai le Acme One. Je le recommande, foncez.", "lang": "fr",
        }
    ],
    "acts": [{"post_id": "p", "text": "Je le recommande", "product_id": "acme_one"}],
    "readings": [{"post_id": "p", "umot": "positive", "stance": "for", "experience": "claimed", "advocacy": 0.9}],
}  # fmt: skip


def asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with connect(settings, read_only=True) as con:
        return con.execute(query).fetchall()


@pytest.fixture
def lake(built_home):
    return built_home("corrections", ROWS)


def test_a_correction_outlives_a_rerun_and_its_undoing_brings_the_rules_back(lake, brands: Brands, stage) -> None:
    rows = correct(lake, brands, [correction("p", "readings", "set", field="umot", value="none", why="irony")])
    build(lake, brands)
    assert asked(lake, "select * from umots") == []
    commit(lake, stage(ROWS))
    build(lake, brands)
    assert asked(lake, "select umot from core_readings") == [("none",)]
    assert [row.why for row in listed(lake)] == ["irony"]
    undo(lake, brands, rows[0].correction_id)
    build(lake, brands)
    assert asked(lake, "select product_id, polarity from umots") == [("acme_one", "for")]


def test_a_post_whose_only_act_is_taken_out_contradicts_itself_nowhere(lake, brands: Brands, stage) -> None:
    (row,) = correct(lake, brands, [correction("p", "acts", "drop", quote="recommande")])
    build(lake, brands)
    told = "select stance, umot, advocacy, experience from listening_feed"
    assert asked(lake, told) == [("none", "none", None, "claimed")]
    assert asked(lake, "select * from umot_feed") == []
    commit(lake, stage(ROWS))
    build(lake, brands)
    assert asked(lake, told) == [("none", "none", None, "claimed")]
    undo(lake, brands, row.correction_id)
    build(lake, brands)
    assert asked(lake, told) == [("for", "positive", 0.9, "claimed")]


@pytest.mark.parametrize("first", [("drop", "Je le"), ("add", "le recommande, foncez")])
def test_an_act_is_taken_out_once(lake, brands: Brands, first) -> None:
    action, quote = first
    given = {"polarity": "against", "modality": "asserted"} if action == "add" else {}
    (row,) = correct(lake, brands, [correction("p", "acts", action, quote=quote, **given)])
    again = correction("p", "acts", "drop", quote="recommande")
    with pytest.raises(
        WarehouseError, match=rf"no act of the rules is left in 'recommande'.*--undo {row.correction_id}"
    ):
        correct(lake, brands, [again])
    assert listed(lake) == [row]
    undo(lake, brands, row.correction_id)
    assert correct(lake, brands, [again])
    assert correct(lake, brands, [correction("p", "acts", "drop", quote="J'ai le Acme One")])


def test_a_corrected_post_becomes_gold(lake, brands: Brands) -> None:
    correct(lake, brands, [
        correction("p", "acts", "add", quote="foncez", polarity="for", modality="asserted"),
        correction("p", "readings", "set", field="purchase", value="bought"),
    ])  # fmt: skip
    build(lake, brands)
    (row,) = gold(lake)
    assert [(act["span"], act["start"]) for act in row["acts"]] == [("Je le recommande", 18), ("foncez", 36)]
    assert (row["purchase"], row["umot"], row["text"]) == ("bought", "positive", ROWS["posts"][0]["text"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"post_id": "q", "corrected": "acts", "action": "drop", "quote": "foncez"}, "post 'q' is not in the lake"),
        ({"corrected": "acts", "action": "drop", "quote": "fonces"}, "post p does not hold 'fonces'"),
        ({"corrected": "acts", "action": "add", "quote": " "}, "name the words of the acts"),
        (
            {"corrected": "readings", "action": "set", "field": "umot", "value": "yes"},
            "write one of positive, negative",
        ),
        (
            {"corrected": "readings", "action": "set", "field": "mood", "value": "x"},
            "'mood' cannot be corrected; known",
        ),
        ({"corrected": "readings", "action": "set", "field": "umot", "value": "negative"}, "no act against is known"),
        ({"corrected": "mentions", "action": "add", "quote": "Acme", "product_id": "no"}, "'no' is not in brands.yml"),
        ({"corrected": "acts", "action": "add", "quote": "foncez", "polarity": "pour"}, "write one of for, against"),
        (
            {"corrected": "cues", "action": "add", "quote": "foncez", "kind": "bosse"},
            "kind 'bosse' of 'foncez' is no kind of cue; write one of purchase, intent",
        ),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_nothing_is_written(lake, brands: Brands, given, words) -> None:
    good = correction("p", "readings", "set", field="purchase", value="bought")
    with pytest.raises(WarehouseError) as refused:
        correct(lake, brands, [good, correction(**{"post_id": "p", **given})])
    assert words in str(refused.value)
    assert listed(lake) == []


def test_a_person_may_say_every_kind_of_cue_that_rules_do() -> None:
    assert set(CUE_KINDS) == {*EMITS, "candidate"} - {"act", "trap", "signal"}


def test_reading_again_says_what_changed_and_by_which_rule(lake, stage) -> None:
    newer = {
        **ROWS,
        "acts": [
            {"post_id": "p", "text": "foncez", "product_id": "acme_one", "rule_id": "fr.new", "rule_version": "2"}
        ],
        "readings": [{**ROWS["readings"][0], "umot": "none", "rule_version": "2"}],
    }
    commit(lake, stage(newer))
    assert asked(lake, "select changed, what, old_value, new_value, rule_id, to_version from changes order by all") == [
        ("acts", "for, asserted", "Je le recommande", None, "rule", "2"),
        ("acts", "for, asserted", None, "foncez", "fr.new", "2"),
        ("readings", "umot", "positive", "none", None, "2"),
    ]
    commit(lake, stage(newer))
    edited = {**ROWS, "posts": [{**ROWS["posts"][0], "text": f"{ROWS['posts'][0]['text']} (édité)"}]}
    commit(lake, stage(edited))
    assert asked(lake, "select count(*) from changes") == [(3,)]


def test_a_post_that_many_nights_saw_changes_once(lake, stage) -> None:
    nights = [date(2026, 10, day) for day in (1, 2, 3)]

    def seen(**changed: Any) -> dict[str, list[dict[str, Any]]]:
        rows = {**ROWS, **changed}
        return {name: [{**row, "run_date": night} for row in rows[name] for night in nights] for name in rows}

    commit(lake, stage(seen()))
    fresh = {"post_id": "p", "text": "foncez", "product_id": "acme_one", "rule_id": "fr.new", "rule_version": "2"}
    newer = [{**ROWS["readings"][0], "purchase": "bought", "rule_version": "2"}]
    commit(lake, stage(seen(acts=[*ROWS["acts"], fresh], readings=newer)))
    assert asked(lake, "select changed, what, new_value, rule_id from changes order by all") == [
        ("acts", "for, asserted", "foncez", "fr.new"),
        ("readings", "purchase", "bought", None),
    ]
