"""Items without a date: dated by when they were first seen, and only by a night that can know."""

from __future__ import annotations

from datetime import datetime, timedelta

from extractors.source import Window


def first_seen(fetched_at: datetime, window: Window) -> datetime:
    """When an item without a date was seen, as `created_at` with precision "fetched"; within the window.

    A day is collected in the night after it: what is listed then counts as the day's last second. The item is listed
    again on later nights, and `core_versions` keeps the earliest of these dates. Raises ValueError when the answer came
    more than a day after the window: a backfill cannot tell when the item appeared.
    """
    if fetched_at >= window.end_at + timedelta(days=1):
        raise ValueError(f"no date, and asked too long after {window.day} to tell whether it appeared then")
    return min(fetched_at, window.end_at - timedelta(seconds=1))
