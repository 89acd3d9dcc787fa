"""Dates as forums print them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from extractors import dates

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected", "precision"),
    [
        ("2026-10-04T19:31:51+00:00", "2026-10-04T19:31:51", "second"),
        ("2026-10-04 19:31", "2026-10-04T17:31:00", "minute"),
        ("2026-10-04", "2026-10-03T22:00:00", "day"),
        ("发表于 2026-10-4 10:00:00", "2026-10-04T08:00:00", "second"),
        ("Reply #1 - Oct 14th, 2026 at 10:00am", "2026-10-14T08:00:00", "minute"),
        ("mer. 14 oct. 2026 18:10", "2026-10-14T16:10:00", "minute"),
        ("par gaspard » mer. 14 oct. 2026 18:10", "2026-10-14T16:10:00", "minute"),
        ("Ven 13 Jan, 2012 10:22 am", "2012-01-13T09:22:00", "minute"),
        ("Oct 4, 2026, 7:31:51 PM UTC", "2026-10-04T19:31:51", "second"),
        ("5 févr. 2026 à 17h30", "2026-02-05T16:30:00", "minute"),
        ("March 3rd 2026 - 12:00 am", "2026-03-02T23:00:00", "minute"),
        ("1er mai 2026", "2026-04-30T22:00:00", "day"),
        ("Aujourd'hui à 14:05", "2026-11-21T13:05:00", "minute"),
        ("Hier, 09:12", "2026-11-20T08:12:00", "minute"),
        ("Yesterday at 3:15 PM", "2026-11-20T14:15:00", "minute"),
        ("04/10/2026 12:00", "2026-10-04T10:00:00", "minute"),
        ("il y a 5 minutes", "2026-11-21T19:55:00", "minute"),
        ("3 weeks ago", "2026-10-31T20:00:00", "day"),
        ("lun. 3 oct. 2016, 21:15", "2016-10-03T19:15:00", "minute"),
        ("hier à 14:02", "2026-11-20T13:02:00", "minute"),
        ("il y a 3 jours", "2026-11-18T20:00:00", "day"),
        ("il y a une heure", "2026-11-21T19:00:00", "day"),
        ("2 days, 5 hours ago", "2026-11-19T15:00:00", "day"),
        ("Yesterday, 10:22 am", "2026-11-20T09:22:00", "minute"),
        ("Monday at 3:15 PM", "2026-11-16T14:15:00", "minute"),
        ("03-19-2005, 07:32 AM", "2005-03-19T06:32:00", "minute"),  # 19 can only be a day
        ("28.02.2011, 15:48", "2011-02-28T14:48:00", "minute"),
        ("Jan 13 '12 at 10:22", "2012-01-13T09:22:00", "minute"),
        ("12 oct. à 14:05", "2026-10-12T12:05:00", "minute"),
        ("Dec 25", "2025-12-24T23:00:00", "day"),  # the last one
        ("« Reply #3 on: January 05, 2011, 09:14:22 PM »", "2011-01-05T20:14:22", "second"),
        ("Posted: Thu Jan 13, 2005 10:22 am Post subject: Mai 5", "2005-01-13T09:22:00", "minute"),
        ("Tue, 12 Oct 2010 14:02:33 -0500", "2010-10-12T19:02:33", "second"),
        ("3d", "2026-11-18T20:00:00", "day"),
    ],
)
def test_read(words, expected, precision):
    when = dates.read(words, now=NOW, zone=ZoneInfo("Europe/Paris"))
    assert when is not None
    assert (f"{when.at:%Y-%m-%dT%H:%M:%S}", when.precision) == (expected, precision)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "n'importe quoi",
        "31 févr. 2026 10:00",
        "99999999999999",
        "«»",
        "2026-13-45",
        "15 Comments",
        "Member since 2010",
        "June 2012",
        "#12",
        "10:22",
    ],
)
def test_not_a_date(words):
    assert dates.read(words, now=NOW) is None


def test_relative_dates_say_how_vague_they_are():
    when = dates.read("il y a 2 mois", now=NOW)
    assert when is not None
    assert when.slack == timedelta(days=31)


@pytest.mark.parametrize(
    ("printed", "order"),
    [
        (["03-04-2026", "03-19-2026"], "MDY"),
        (["03-04-2026", "19/03/2026, 10:00"], "DMY"),
        (["03-04-2026"], None),
        (["13/04/2026", "04/13/2026"], None),
    ],
)
def test_a_page_betrays_its_order(printed, order):
    assert dates.order_of(printed) == order


@pytest.mark.parametrize(
    ("printed", "order"),
    [
        (["11-12-2026"], "MDY"),
        (["12/11/2026 10:00"], "DMY"),
        (["03-04-2026"], None),
        (["11-12-2026", "12-11-2026"], None),
    ],
)
def test_a_date_of_the_future_betrays_the_other_order(printed, order):
    assert dates.order_of(printed, datetime(2026, 11, 22, tzinfo=UTC)) == order


def test_the_order_decides():
    read = {order: dates.read("03-04-2026 10:00", now=NOW, order=order).at.month for order in ("DMY", "MDY")}
    assert read == {"DMY": 4, "MDY": 3}


@pytest.mark.parametrize(
    ("words", "is_date"), [("hier à 14:02", True), ("3 réponses", False), ("vor zwei Stunden", False)]
)
def test_printed_reads_by_rules_alone(words, is_date):
    """Soon enough for every line of a page: what only dateparser understands is none of it."""
    assert (dates.printed(words, now=NOW) is not None) == is_date
