"""The calendar of coverage: marks under their weekdays, one for each thing that can happen, and the reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ouidire.commands.calendar import MARKS, Day, calendar


def lines(*days):
    return [line.plain for line in calendar(days)]


def day(number, coverage=1.0, states="complete 1", reasons="", source="cafe"):
    return Day(source, date(2026, 9, 28) + timedelta(days=number), coverage, states, reasons)


def test_marks_stand_under_their_weekdays():
    """28 September 2026 is a Monday; the month after begins on a Thursday."""
    found = lines(*(day(number) for number in range(9)))
    assert found[0] == "cafe: 100% of 9 days seen"
    assert found[1][9:16] == "MTWTFSS"
    september, october = found[2:4]
    assert (september[:9], september[9 + 8 * 4 :]) == ("2026-09  ", "███")
    assert october == "2026-10     ████ ██"


@pytest.mark.parametrize(
    ("coverage", "states", "what"),
    [
        (1.0, "complete 2", "complete"), (1.0, "blocked 1", "complete"), (0.5, "blocked 1, complete 1", "in part"),
        (0.0, "truncated 1", "truncated"), (0.0, "blocked 1", "blocked"), (0.0, "forbidden 1", "forbidden"),
        (0.0, "unreachable 3", "unreachable"), (0.0, "drifted 1, truncated 1", "drifted"),
        (0.0, "not_asked 1", "not asked"), (0.0, "not_asked 1, unreachable 1", "unreachable"),
    ],
)  # fmt: skip
def test_each_thing_has_its_mark(coverage, states, what):
    found = day(0, coverage, states)
    assert found.is_what == what
    assert lines(found)[2].endswith(MARKS[what][0])
    assert f"{MARKS[what][0]} {what}" in lines(found)[4]


def test_marks_are_all_different():
    assert len({mark for mark, _ in MARKS.values()}) == len(MARKS)


def test_reasons_that_last_are_told_once():
    wall = ("blocked 1", "answers 429")
    found = lines(day(0), day(1, 0.0, *wall), day(2, 0.0, *wall), day(3), day(4, 0.0, *wall), day(4, source="shop"))
    assert found[-2:] == [
        "cafe 2026-09-29 to 2026-09-30, 2 days: blocked: answers 429",
        "cafe 2026-10-02: blocked: answers 429",
    ]
    assert found[0] == "cafe: 40% of 5 days seen"


def test_a_day_that_nobody_planned_is_blank():
    assert lines(day(0), day(2))[2].endswith("█ █")
