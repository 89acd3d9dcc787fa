"""Days of runs: UTC dates, none of them later than today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def today() -> date:
    """The UTC date of now."""
    return datetime.now(UTC).date()


def yesterday() -> date:
    """The newest UTC date that is over."""
    return today() - timedelta(days=1)


def not_begun(day: date, newest: date) -> str | None:
    """Why a day after `newest` is refused: a night of it would be the newest for ever, every table of "now" empty."""
    return f"{day} has not begun yet (UTC)" if day > newest else None
