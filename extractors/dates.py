"""Dates as forums and shops print them: absolute, by day's name, relative; read against an instant and a zone.

French and English are read in full, month names of a few more languages too; the rest is left to dateparser.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from extractors.date_words import DAY, DAYS_AGO, MINUTE, MONTHS, UNITS, WEEKDAYS

Order = Literal["DMY", "MDY"]

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLOCK = (
    r"(?P<hour>\d{1,2})\s?(?:[:h]|\.(?=\d\d\b))\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s?(?P<half>[ap]\.?m\b\.?)?|(?P<round_hour>\d{1,2})\s?(?P<round_half>[ap]m\b|[ap]\.m\.|h\b|uhr\b)"
)
_GAP = r"(?:[\s,\-–—|:•·@]{0,5}(?:\b(?:à|at|às|a las|um|om|alle|ore)\s+)?)"
_ZONE = r"(?:\s?(?:UTC|GMT)?\s?(?P<offset>[+-]\d{2}:?\d{2})\b|\s?(?P<zone>UTC\b|GMT\b|Z\b)(?!\s?[+-]\d))?"
_TIME = rf"(?:{_GAP}(?:{_CLOCK}){_ZONE})?"
_ISO = re.compile(
    r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z\b|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_WORDED = re.compile(
    rf"(?<![\w/.:#])(?:(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.|º)?[\s\-]+(?:(?:of|de)\s+)?(?P<month>{_MONTH})(?!\w)\.?"
    rf"|(?P<month_first>{_MONTH})\.?[\s\-]+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?)(?![\w:])"
    r"(?:,?[\s\-]*(?:del?\s+)?(?P<year>\d{4})(?![\d:])|,?[\s\-]+['’](?P<short_year>\d{2})\b)?" + _TIME,
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\w/.:\-])(?P<first>\d{1,2})(?P<mark>[/.\-])(?P<next>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?![\d/.\-]\d)"
    + _TIME,
    re.IGNORECASE,
)
_BIG_ENDIAN = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<mark>[/.\-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)" + _TIME, re.IGNORECASE
)
_NAMED = re.compile(
    r"(?<!\w)(?P<name>today|yesterday|aujourd['’`]?hui|hier|heute|gestern|hoy|ayer)(?!\w)" + _TIME, re.IGNORECASE
)
_WEEKDAY = re.compile(rf"(?<!\w)(?P<name>[^\W\d_]{{3,9}})\.?{_GAP}(?:{_CLOCK})", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?P<count>\d{1,4}|a few|a couple of|quelques|un[ea]?|one|an?|moins d['’]une)\s*(?P<unit>[^\W\d_]+)",
    re.IGNORECASE,
)
_IS_RELATIVE = re.compile(r"\bago\b|\bil y a\b|\bvor \d|\bhace \d", re.IGNORECASE)
_PREFIX = re.compile(r"\bil y a\b", re.IGNORECASE)
_NOW = re.compile(r"^\W*(?:just now|à l['’]instant|a moment ago|moments ago|right now|maintenant)\W*$", re.IGNORECASE)
_SHORT = re.compile(r"(?P<count>\d{1,3})\s?(?P<unit>mo|min|mn|[smhdwyj])", re.IGNORECASE)
EXACT: Final = timedelta(0)
"""Slack of an instant that is known to the minute at least."""
_YEARS = 60
_LONGEST = 200


class When(NamedTuple):
    """An instant (UTC), how well it is known, and by how much it may really be later."""

    at: datetime
    precision: str
    slack: timedelta


def read(
    words: str,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    languages: Sequence[str] = ("fr", "en"),
    order: Order | None = None,
) -> When | None:
    """The instant that a date names; None when it cannot be understood. A date without a zone is in `zone`.

    `order` decides 04/10/2026; unless given, it is day first in every language but English.
    """
    plain = _line(words)
    order = order or ("MDY" if languages and languages[0] == "en" else "DMY")
    if found := printed(plain, now=now, zone=zone, order=order):
        return found
    return _sane(_parsed(plain, now.astimezone(zone), tuple(languages) or ("fr", "en"), order), now)


def printed(words: str, *, now: datetime, zone: tzinfo = UTC, order: Order = "DMY") -> When | None:
    """What `read` understands by its own rules, soon enough to be asked of every line of a page."""
    plain = _line(words)
    if iso := _ISO.search(plain):
        return _sane(_iso(iso[0], zone), now)
    local = now.astimezone(zone)
    found = (
        _worded(plain, local) or _numeric(plain, order, zone) or _big_endian(plain, zone) or _named(plain, local)
        or _relative(plain, now) or _weekday(plain, local)
    )  # fmt: skip
    return _sane(found, now)


def _line(words: str) -> str:
    tail = words.rpartition("»")[2]
    return " ".join((tail if re.search(r"\d", tail) else words).replace("\u200e", "").split())[:_LONGEST]


def order_of(printed: Iterable[str], now: datetime | None = None) -> Order | None:
    """Day or month first, as a page's own numeric dates betray (13/04 or 04/13); None when they do not, or disagree.

    Given `now`, a date that one of the two orders would put into the future betrays the other one.
    """
    found = {_betrayed(match, now) for words in printed for match in _NUMERIC.finditer(words)} - {None}
    return found.pop() if len(found) == 1 else None


def _betrayed(found: re.Match[str], now: datetime | None = None) -> Order | None:
    first, second = int(found["first"]), int(found["next"])
    if first > 12 or second > 12 or now is None:
        return "DMY" if first > 12 >= second else "MDY" if second > 12 >= first else None
    year, ends = _full_year(found["year"]), (now + DAY).astimezone(UTC)
    is_late_dmy, is_late_mdy = (
        (year, month, day) > (ends.year, ends.month, ends.day) for month, day in ((second, first), (first, second))
    )
    return None if is_late_dmy == is_late_mdy else "MDY" if is_late_dmy else "DMY"


def _sane(when: When | None, now: datetime) -> When | None:
    return when if when and abs(now.year - when.at.year) <= _YEARS else None


def _iso(stamp: str, zone: tzinfo) -> When | None:
    try:
        found = datetime.fromisoformat(stamp.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    if len(stamp) == 10:
        return When(aware.astimezone(UTC), "day", DAY)
    return When(aware.astimezone(UTC), "second" if stamp.count(":") >= 2 else "minute", timedelta(0))


def _worded(words: str, local: datetime) -> When | None:
    """Day, month's name and year in either order, perhaps with a time; without a year, the last such day."""
    if found := _WORDED.search(words):
        month = MONTHS[(found["month"] or found["month_first"]).casefold()]
        day = int(found["day"] or found["day_after"])
        if found["year"] or found["short_year"]:
            return _when(found, _full_year(found["year"] or found["short_year"]), month, day, local.tzinfo)
        year = local.year - ((month, day) > (local.month, local.day))
        return _when(found, year, month, day, local.tzinfo)
    return None


def _numeric(words: str, order: Order, zone: tzinfo) -> When | None:
    found = _NUMERIC.search(words)
    if not found:
        return None
    is_day_first = found["mark"] == "." or (_betrayed(found) or order) == "DMY"
    day, month = (found["first"], found["next"]) if is_day_first else (found["next"], found["first"])
    return _when(found, _full_year(found["year"]), int(month), int(day), zone)


def _big_endian(words: str, zone: tzinfo) -> When | None:
    found = _BIG_ENDIAN.search(words)
    return _when(found, int(found["year"]), int(found["month"]), int(found["day"]), zone) if found else None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= 70 else 2000)


def _named(words: str, local: datetime) -> When | None:
    found = _NAMED.search(words)
    if not found:
        return None
    day = local - DAY * DAYS_AGO[re.split(r"['’`]|hui", found["name"].casefold())[0]]
    return _when(found, day.year, day.month, day.day, local.tzinfo)


def _weekday(words: str, local: datetime) -> When | None:
    """'Monday at 3:15 PM', as some engines print the last seven days."""
    found = _WEEKDAY.search(words)
    number = WEEKDAYS.get(found["name"].casefold()) if found else None
    if found is None or number is None:
        return None
    day = local - DAY * ((local.weekday() - number) % 7)
    when = _when(found, day.year, day.month, day.day, local.tzinfo)
    return when if when is None or when.at <= local else when._replace(at=when.at - 7 * DAY)


def _relative(words: str, now: datetime) -> When | None:
    if _NOW.match(words):
        return When(now.astimezone(UTC), "minute", MINUTE)
    short = _SHORT.fullmatch(words)
    parts = [short] if short else _RELATIVE.finditer(_PREFIX.sub(" ", words)) if _IS_RELATIVE.search(words) else []
    spans = [(_count(part["count"]), span) for part in parts if (span := _span(part["unit"]))]
    if not spans:
        return None
    slack = max(spans[-1][1], MINUTE)
    at = now - sum((count * span for count, span in spans), timedelta(0))
    return When(at.astimezone(UTC), "minute" if slack == MINUTE else "day", slack)


def _count(words: str) -> int:
    return int(words) if words.isdecimal() else 1


def _span(unit: str) -> timedelta | None:
    return next((length for names, length in UNITS if names.fullmatch(unit)), None)


def _when(found: re.Match[str], year: int, month: int, day: int, zone: tzinfo | None) -> When | None:
    told = found.groupdict()
    hour = int(told.get("hour") or told.get("round_hour") or 0)
    half = (told.get("half") or told.get("round_half") or "").casefold()
    if half[:1] in ("a", "p"):
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    stated = datetime.strptime(told["offset"], "%z").tzinfo if told.get("offset") else UTC if told.get("zone") else zone
    try:
        local = datetime(
            year, month, day, hour, int(told.get("minute") or 0), int(told.get("second") or 0), tzinfo=stated
        )
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not (told.get("hour") or told.get("round_hour")):
        return When(at, "day", DAY)
    return When(at, "second" if told.get("second") else "minute", timedelta(0))


def _parsed(words: str, local: datetime, languages: tuple[str, ...], order: Order) -> When | None:
    """What dateparser makes of words that could be a date: short, with a number and a letter."""
    if len(words) > 60 or not re.search(r"\d", words) or not re.search(r"[^\W\d_]{3}", words):
        return None
    import dateparser  # noqa: PLC0415 - slow to import, and most forums give machine-readable dates

    settings = {"RELATIVE_BASE": local.replace(tzinfo=None), "PREFER_DATES_FROM": "past", "DATE_ORDER": order,
                "REQUIRE_PARTS": ["day", "month"]}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateparser's own, about formats without a year
        found = dateparser.parse(words, languages=list(languages), settings=settings)
    if not isinstance(found, datetime):
        return None
    at = (found if found.tzinfo else found.replace(tzinfo=local.tzinfo)).astimezone(UTC)
    has_clock = bool(re.search(r"\d\s?[:h]\s?\d{2}|\d\s?[ap]m\b", words, re.IGNORECASE))
    return When(at, "minute" if has_clock else "day", timedelta(0) if has_clock else DAY)
