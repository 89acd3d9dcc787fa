"""The days that an export covers: those of its rows, without the dates that a tool got wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

_SILENCE: Final = timedelta(days=90)
"""Time without a row after which the few rows that are older are stray."""
_A_FEW: Final = 2
"""So many rows may be stray in any export."""
_ONE_IN: Final = 100
"""So may one row in this many of a large one."""
_NO_DATE: Final = 1970
"""Year that tools give a row whose date they do not know: none of the places that are listened to is as old."""


@dataclass
class _Day:
    """Rows of one UTC day: the earliest and the latest instant, and how many they are."""

    first_at: datetime
    last_at: datetime
    row_count: int = 0


@dataclass
class Covered:
    """The span (UTC) that the rows of one export tell of; it holds a few words a day, however many the rows."""

    _days: dict[date, _Day] = field(default_factory=dict)

    def add(self, at: datetime) -> None:
        """Count a row of that instant (UTC)."""
        if at.year <= _NO_DATE:
            return
        day = self._days.setdefault(at.date(), _Day(at, at))
        day.first_at, day.last_at = min(day.first_at, at), max(day.last_at, at)
        day.row_count += 1

    def span(self) -> tuple[datetime, datetime] | None:
        """Instants of the first and the last row, stray ones left out; None without any row.

        Stray are rows of 1970 and before, and what is older than a silence of more than `_SILENCE` where that is two
        rows at most, or one in a hundred of all, and less than half of them: earlier seasons are more.
        """
        if not self._days:
            return None
        days = [day for _, day in sorted(self._days.items())]
        row_count = sum(day.row_count for day in days)
        few = min(max(_A_FEW, row_count // _ONE_IN), (row_count - 1) // 2)
        start, older_count = 0, 0
        for place, (earlier, later) in enumerate(pairwise(days), 1):
            older_count += earlier.row_count
            if older_count > few:
                break
            if later.first_at - earlier.last_at > _SILENCE:
                start = place
        return days[start].first_at, days[-1].last_at
