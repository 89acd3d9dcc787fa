"""What a benchmark hands to `docs/benchmarks.md`: rows of one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One task on one data set; every figure as it is printed."""

    task: str
    data: str
    baseline: str
    """Something plain, measured in the same run."""
    published: str
    goal: str
    aim: str
    ours: str
