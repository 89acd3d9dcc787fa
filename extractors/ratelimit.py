"""What the headers of an answer say about when to ask next: Retry-After, X-RateLimit-* and RateLimit-*."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_EPOCH: Final = 1_000_000_000
"""A larger number is an instant in Unix seconds (milliseconds beyond a thousand times that), a smaller one a wait."""


def asked_wait(status: int, headers: Mapping[str, str], fetched_at: datetime) -> float:
    """Seconds that a refusal asks to wait: Retry-After, and for a 429 the reset of its limit; 0 when it tells none."""
    found = _seconds(headers.get("retry-after", ""), fetched_at)
    return found or (_reset(headers, fetched_at) if status == 429 else 0.0)


def spent_wait(headers: Mapping[str, str], fetched_at: datetime) -> float:
    """Seconds until the limit begins anew, when an answer says that it was the last one of it; else 0."""
    left = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", "")).strip()
    is_spent = re.fullmatch(r"\d+(?:\.\d+)?", left) is not None and float(left) < 1
    return _reset(headers, fetched_at) if is_spent else 0.0


def _reset(headers: Mapping[str, str], fetched_at: datetime) -> float:
    return _seconds(headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", "")), fetched_at)


def _seconds(words: str, fetched_at: datetime) -> float:
    """From `fetched_at` on: a number of seconds, an instant in Unix time, an HTTP or an ISO date; 0 when unreadable."""
    words = words.strip()
    if re.fullmatch(r"\d{1,15}(?:\.\d+)?", words):
        number = float(words)
        if number < _EPOCH:
            return number
        return max(0.0, (number / 1000 if number > 1000 * _EPOCH else number) - fetched_at.timestamp())
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(words)
            aware = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
            return max(0.0, (aware - fetched_at).total_seconds())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return 0.0
