"""Units that a source type may spend on a UTC day, counted before they are spent, across jobs and processes."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extractors.fetch import FetchError


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@dataclass(frozen=True)
class Quota:
    """One small locked file a source type: interfaces count by key, and a key serves every source of its type."""

    path: Path
    limit: int | None
    """None = no quota is known; the source may still say that it is spent."""
    today: Callable[[], str] = _today

    def spend(self, units: int) -> None:
        """Count units. Raises FetchError (blocked) when that would be more than the day's, and counts nothing then."""
        if self.limit is None and not self.path.exists():
            return
        spent = self._change(lambda told: min(told + units, self._most) if told + units <= self._most else told)
        if spent + units > self._most:
            told = f" ({spent:,} of {self.limit:,} units, {units} more wanted)" if self.limit is not None else ""
            raise FetchError(
                "blocked",
                f"the day's quota is spent{told}; run the day again after midnight UTC: it goes on where it stood",
            )

    def exhaust(self) -> None:
        """The source says that nothing more may be asked today."""
        self._change(lambda _: self._most)

    @property
    def _most(self) -> int:
        return self.limit if self.limit is not None else 1_000_000_000

    def _change(self, change: Callable[[int], int]) -> int:
        """Apply a change to what is spent today. Returns what was spent before it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            told = _read(file.read())
            before = told.get(self.today(), 0)
            file.truncate(0)
            file.write(json.dumps({self.today(): change(before)}))
            return before


def _read(words: str) -> dict[str, int]:
    """Units by day; a damaged one counts as a day that has just begun."""
    try:
        found = json.loads(words)
        return {str(day): int(spent) for day, spent in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
