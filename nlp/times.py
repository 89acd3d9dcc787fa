"""Words of time to a value that depends on neither the language nor the post: `lang/<code>/times.yml` and its digits.

A value is the smallest that tells a latest day once the day of the post is known (`told_day` in `sql/macros.sql`).
After ISO 8601 and, for what it leaves open, XML Schema (`--09`) and TIMEX3 (`SU`):

    P0D  P1D  P2W  P3M  P1Y         that long before the post, or longer: days, weeks, months, years; P0D is today
    W-1  M-0  Y-1                   the calendar week, month or year that lies so many before that of the post
    2025  2025-09  2025-09-12       a year, a month, a day
    --09  --09-12                   a month, a day of the year: the last that had come
    -W-1                            a day of the week, 1 Monday to 7 Sunday: the last that had come
    --SU  2025-SU                   a northern season: SP, SU, FA or WI
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MONTHS: Final = ("month", "month_number", "month_digits", "season", "feast")
DAYS: Final = ("month_day", "ordinal", "late_day")
"""Tables that tell the part of a date below the year, and below the month; a feast tells both."""

_SLOT: Final = re.compile(r"\{(\w+)\}")

DIGITS: Final[Mapping[str, Mapping[str, str]]] = {
    "count": {str(n): str(n) for n in range(1, 100)} | {f"{n} {n + 1}": str(n) for n in range(1, 13)},
    "month_day": {form: f"{n:02}" for n in range(1, 32) for form in (str(n), f"{n:02}")},
    "late_day": {str(n): str(n) for n in range(13, 32)},
    "month_number": {form: f"{n:02}" for n in range(1, 13) for form in (str(n), f"{n:02}")},
    "month_digits": {f"{n:02}": f"{n:02}" for n in range(1, 13)},
    "year": {str(n): str(n) for n in range(1990, 2050)},
}
"""Tables that need no language. "2-3 weeks" is two at least; a day after the 12th cannot be taken for a month."""


def time_tables(raw: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Table -> word as the rules see it -> what it says; of `times.yml` (table -> what it says -> words) and DIGITS."""
    tables = {name: dict(table) for name, table in DIGITS.items()}
    for name, table in raw.items():
        said = ((word.replace("_", " "), value) for value, words in table.items() for word in words.split())
        tables.setdefault(name, {}).update(said)
    return tables


def time_value(template: str | None, said: Mapping[str, str]) -> str | None:
    """The value of a rule's template, or the date that its tables tell; None for one that they leave empty."""
    if template is not None:
        return template.format_map(said)
    if "weekday" in said and not any(name in said for name in MONTHS):
        return f"-W-{said['weekday']}"
    month = next((said[name] for name in MONTHS if name in said), None)
    day = next((said[name] for name in DAYS if name in said), None)
    if month is None:
        return said.get("year")
    return "-".join(filter(None, (said.get("year", "-"), month, day)))


def unfilled(template: str | None, pattern: str) -> list[str]:
    """The tables that a template names and a pattern does not always hold."""
    return [name for name in _SLOT.findall(template or "") if f"{{{name}}}" not in pattern.split()]
