"""Values as JSON interfaces give them: instants, counts, members that may be missing or of another type."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any


def instant(stamp: Any) -> datetime:
    """An ISO 8601 stamp (without a zone: UTC) or seconds since 1970, in UTC. Raises ValueError."""
    if not isinstance(stamp, str):
        if isinstance(stamp, int | float) and not isinstance(stamp, bool) and math.isfinite(stamp):
            return datetime.fromtimestamp(stamp, UTC)
        raise ValueError(f"{stamp!r} is no instant")
    found = datetime.fromisoformat(stamp)
    if found.tzinfo is UTC:
        return found
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def instant_or_none(stamp: Any) -> datetime | None:
    """The same; None where it cannot be read."""
    try:
        return instant(stamp)
    except (ValueError, OverflowError, OSError):
        return None


def count(item: Any, name: str) -> int | None:
    """A member that counts; None when it is missing, hidden (-1) or no whole number."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def member(item: Any, *names: str) -> Any:
    """What lies under these names, one in the other; None where one is missing or holds no members."""
    for name in names:
        if not isinstance(item, dict):
            return None
        item = item.get(name)
    return item


def words(value: Any) -> str:
    """A text that must be one, so that nothing else is ever read as somebody's words. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text was expected")
    return value


def listed(value: Any) -> list[Any]:
    """A list; an empty one where it is missing or something else."""
    return value if isinstance(value, list) else []


def words_or_none(value: Any) -> str | None:
    """A text; None where it is missing, empty or something else."""
    return value if isinstance(value, str) and value else None
