"""Dates as forums print them, in French and English: absolute, relative, with or without a zone."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

_UNITS: tuple[tuple[str, timedelta], ...] = (
    (r"second|seconde|instant|just now", timedelta(minutes=1)),
    (r"min(ute)?s?\b", timedelta(minutes=1)),
    (r"hours?|hrs?\b|heures?", timedelta(hours=1)),
    (r"days?\b|jours?", timedelta(days=1)),
    (r"weeks?|semaines?", timedelta(days=7)),
    (r"months?|mois", timedelta(days=31)),
    (r"years?|ans?\b|années?", timedelta(days=366)),
)
_RELATIVE = re.compile(r"\bago\b|\bil y a\b|\bjust now\b|à l['’]instant", re.IGNORECASE)
_NAMED_DAY = re.compile(r"\b(today|yesterday|aujourd['’]hui|hier)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}\s?[:h]\s?\d{2}|\d\s?[ap]m\b", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NOISE = re.compile(
    r"^\W*(?:par\s.*?»|by\s.*?»|posted(?: on)?|post[ée] le|publi[ée] le|le|on|»|\|)\s*:?\s*", re.IGNORECASE
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv", "february feb février févr fév fevrier fev", "march mar mars",
            "april apr avril avr", "may mai", "june jun juin", "july jul juillet juil", "august aug août aout",
            "september sept sep septembre", "october oct octobre", "november nov novembre", "december dec décembre déc",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_PLAIN = re.compile(
    r"(?:^|\s)(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th)?\s+(?P<month>[^\W\d_]{3,9})\.?|(?P<month_first>[^\W\d_]{3,9})\.?\s+"
    r"(?P<day_after>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>\d{4})(?:(?:\s+(?:à|at))?[\s,\-–|:à]{1,4}"
    r"(?P<hour>\d{1,2})\s?[:h]\s?(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s?(?P<half>[ap]m)?)?"
    r"(?P<zone>\s?(?:UTC|GMT|Z))?\s*$",
    re.IGNORECASE,
)
_DECADES = 60


class When(NamedTuple):
    """An instant (UTC), how well it is known, and by how much it may really be later."""

    at: datetime
    precision: str
    slack: timedelta


def read(words: str, *, now: datetime, zone: tzinfo = UTC, languages: Sequence[str] = ("fr", "en")) -> When | None:
    """The instant that a date names; None when it cannot be understood. A date without a zone is in `zone`."""
    plain = " ".join(words.replace("\u200e", "").split())
    if iso := _ISO.fullmatch(plain):
        return _iso(iso[0], zone)
    if plain_date := _plain_date(plain, zone):
        return plain_date
    slack = next((unit for name, unit in _UNITS if re.search(name, plain, re.IGNORECASE)), timedelta(days=1))
    is_relative = bool(_RELATIVE.search(plain))
    found = _parsed(
        _NOISE.sub("", plain), now=now.astimezone(zone), zone=zone, languages=tuple(languages) or ("fr", "en")
    )
    if found is None or abs(now.year - found.year) > _DECADES:
        return None
    has_clock = bool(_CLOCK.search(plain))
    if is_relative:
        return When(found, "minute" if slack <= timedelta(minutes=1) else "day", slack)
    return When(found, "minute" if has_clock else "day", timedelta(0) if has_clock else timedelta(days=1))


def _iso(stamp: str, zone: tzinfo) -> When | None:
    try:
        found = datetime.fromisoformat(stamp.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    if len(stamp) == 10:
        return When(aware.astimezone(UTC), "day", timedelta(days=1))
    return When(aware.astimezone(UTC), "second" if stamp.count(":") >= 2 else "minute", timedelta(0))


def _plain_date(words: str, zone: tzinfo) -> When | None:
    """The common case, without the heavy library: day, month's name and year, in either order, perhaps with a time."""
    found = _PLAIN.search(words)
    month = _MONTHS.get((found["month"] or found["month_first"]).casefold()) if found else None
    if not found or not month:
        return None
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        local = datetime(
            int(found["year"]), month, int(found["day"] or found["day_after"]), hour, int(found["minute"] or 0),
            int(found["second"] or 0), tzinfo=UTC if found["zone"] else zone,
        )  # fmt: skip
    except ValueError:
        return None
    if not found["hour"]:
        return When(local.astimezone(UTC), "day", timedelta(days=1))
    return When(local.astimezone(UTC), "second" if found["second"] else "minute", timedelta(0))


def _parsed(words: str, *, now: datetime, zone: tzinfo, languages: tuple[str, ...]) -> datetime | None:
    import dateparser  # noqa: PLC0415 - slow to import, and most forums give machine-readable dates

    settings = {
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY" if languages[0] != "en" else "MDY",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateparser's own, about formats without a year
        found = dateparser.parse(words[:80], languages=list(languages), settings=settings)
    if not isinstance(found, datetime):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
