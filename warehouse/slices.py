"""The days of the lake that an incremental build looks at, read once into memory for all the models that ask for them.

Opening a table of the lake costs a question to its catalog each time, tens of milliseconds; tens of small models read
the same few days of the same few tables. Only models without a look-back read slices: a window of many days is cheaper
read from the lake, column by column.
"""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records)

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from duckdb import DuckDBPyConnection

Ranges = list[tuple[date, date]]


def within(ranges: Ranges) -> str:
    """The condition that a row's created_date lies in one of the stretches of days, both ends included."""
    return " or ".join(f"created_date between date '{first}' and date '{last}'" for first, last in ranges)


@dataclass
class Slices:
    """Tables `slice_<name>` of one connection, each with the stretches of days that it holds (None: every row)."""

    con: DuckDBPyConnection
    held: dict[str, Ranges | None] = field(default_factory=dict)
    dated: dict[str, bool] = field(default_factory=dict)

    def over(self, names: Iterable[str], ranges: Ranges) -> str:
        """A WITH clause under which a SELECT finds these days of the tables `names` in memory; "" without names."""
        parts = []
        for name in sorted(names):
            self._hold(name, ranges)
            parts.append(f"{name} as not materialized (from slice_{name})")
        return f"with {', '.join(parts)} " if parts else ""

    def _hold(self, name: str, ranges: Ranges) -> None:
        held = self.held.get(name, [])
        if held is None or all(any(a <= first and last <= b for a, b in held) for first, last in ranges):
            return
        wanted = sorted({*held, *ranges})
        where = f" where {within(wanted)}" if self._is_dated(name) else ""
        self.con.execute(f"create or replace temp table slice_{name} as from {name}{where}")
        self.held[name] = wanted if where else None

    def _is_dated(self, name: str) -> bool:
        if name not in self.dated:
            found = self.con.execute(f"select 1 from (describe {name}) where column_name = 'created_date'").fetchone()
            self.dated[name] = found is not None
        return self.dated[name]
