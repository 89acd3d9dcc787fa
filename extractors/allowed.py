"""What an option of brands.yml may be beyond its kind. A check says what to write instead, None when all is well."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias
from zoneinfo import available_timezones

Check: TypeAlias = Callable[[Any], str | None]


def within(least: float, most: float = math.inf) -> Check:
    """A number, both ends included."""
    words = f"a number of {least} or more" if most == math.inf else f"a number from {least} to {most}"
    return lambda value: None if least <= value <= most else words


def one_of(names: Iterable[str]) -> Check:
    """One of some words."""
    known = sorted(names)
    return lambda value: None if value in known else f"one of {', '.join(known)}"


def time_zone(value: Any) -> str | None:
    """A time zone by its name."""
    return None if value in available_timezones() else "a time zone such as Europe/Paris or UTC"


DAYS: Final = within(0, 36_500)
"""Days back: a hundred years, where calendars and servers still follow."""
COUNT: Final = within(1)
COUNT_OR_NONE: Final = within(0)
"""Of what can be left out altogether."""
RATE: Final = within(0.0001, 1000)
"""Requests per second: one in three hours at least, for what waits longer has stopped."""
