"""What a build has at hand of the lake's tables: the days that it looks at, or all that it has just made.

Opening a table of the lake costs a question to its catalog each time, tens of milliseconds, and tens of small models
read the same few days of the same few tables. Nor does the planner know how large a table is that the open transaction
has made, and joins then begin with the wrong pairs. An incremental build reads slices for models without a look-back
only: a window of many days is cheaper read from the lake, column by column.
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
    empty: set[str] = field(default_factory=set)
    """Tables of the lake known to hold no row: to read a slice of one costs nothing."""
    held: dict[str, Ranges | None] = field(default_factory=dict)
    dated: dict[str, bool] = field(default_factory=dict)

    def over(self, names: Iterable[str], ranges: Ranges) -> str:
        """A WITH clause under which a SELECT finds these days of the tables `names` in memory; "" without names."""
        parts = []
        for name in sorted(names):
            self._hold(name, ranges)
            parts.append(f"{name} as not materialized (from slice_{name})")
        return f"with {', '.join(parts)} " if parts else ""

    def keep(self, name: str) -> None:
        """Keep the temporary table `fresh`, which was written to the lake whole, as the slice of that name."""
        self.con.execute(f"drop table if exists slice_{name}")
        self.con.execute(f"alter table fresh rename to slice_{name}")
        self.held[name] = None

    def drop(self, name: str) -> None:
        """Give the memory back: no model that is still to come reads the table."""
        if name in self.held:
            del self.held[name]
            self.con.execute(f"drop table slice_{name}")

    def _hold(self, name: str, ranges: Ranges) -> None:
        held = self.held.get(name, [])
        if held is None or all(any(a <= first and last <= b for a, b in held) for first, last in ranges):
            return
        wanted = sorted({*held, *ranges})
        where = f" where {within(wanted)}" if self._is_dated(name) else ""
        only = " limit 0" if name in self.empty else where
        self.con.execute(f"create or replace temp table slice_{name} as from {name}{only}")
        self.held[name] = wanted if where else None

    def _is_dated(self, name: str) -> bool:
        if name not in self.dated:
            found = self.con.execute(f"select 1 from (describe {name}) where column_name = 'created_date'").fetchone()
            self.dated[name] = found is not None
        return self.dated[name]
