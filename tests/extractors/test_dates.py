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
    ],
)
def test_read(words, expected, precision):
    when = dates.read(words, now=NOW, zone=ZoneInfo("Europe/Paris"))
    assert when is not None
    assert (f"{when.at:%Y-%m-%dT%H:%M:%S}", when.precision) == (expected, precision)


@pytest.mark.parametrize("words", ["", "n'importe quoi", "31 févr. 2026 10:00", "99999999999999", "«»", "2026-13-45"])
def test_not_a_date(words):
    assert dates.read(words, now=NOW) is None


def test_relative_dates_say_how_vague_they_are():
    when = dates.read("il y a 2 mois", now=NOW)
    assert when is not None
    assert when.slack == timedelta(days=31)
