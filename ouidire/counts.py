"""Counts in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`; `many` where the plural is not made with an s."""
    return f"{count} {noun(count, one, many)}"


def noun(count: int | None, one: str, many: str | None = None) -> str:
    """The word that goes with a count: its plural too where the count is not known."""
    return one if count == 1 else many or f"{one}s"
