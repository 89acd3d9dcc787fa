"""Where a person or a post is found: the rows of staging and lake that are theirs, and the words to look for."""

# ruff: noqa: S608 (the names that statements are built from are ours: records; values are bound)

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ouidire import ledger
from ouidire.records import KEPT, TABLES
from ouidire.settings import Settings
from warehouse.connect import connect, has_lake, has_table

KEYS: Final = ("author_id", "post_id")
KEYED: Final = {
    name: keys
    for name, record in {**TABLES, **KEPT}.items()
    if (keys := [column.name for column in fields(record) if column.name in KEYS])
}
"""Tables that name authors or posts, and by which columns."""
_HEARD: Final = ("posts", "identities", "author_observations")
"""Tables that tell whether an id was ever heard."""
_TOLD_BY: Final = ("posts", "identities")
"""Tables that hold a person's words and names."""


@dataclass
class Erased:
    """Who and what is to go, with the words by which it is found in raw captures."""

    authors: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def ids(self, key: str) -> set[str]:
        """Ids of that kind."""
        return self.authors if key == "author_id" else self.posts

    def condition(self, table: str) -> tuple[str, list[list[str]]]:
        """What holds for their rows of a table, in SQL, and its parameters."""
        keys = KEYED[table]
        return " or ".join(f"list_contains(?, {key})" for key in keys), [sorted(self.ids(key)) for key in keys]

    def mask(self, rows: pa.Table) -> Any:
        """True for the rows of an erased post or author, False for all others."""
        mask = pa.array([False] * rows.num_rows, pa.bool_())
        for key in KEYS:
            if key in rows.column_names:
                mask = pc.or_(mask, pc.is_in(rows[key], value_set=pa.array(sorted(self.ids(key)), pa.string())))
        return mask


def is_known(settings: Settings, *, author_id: str | None = None, post_id: str | None = None) -> bool:
    """Whether anything of the author or post was ever heard here, erased since or not."""
    key, name = ("author_id", author_id) if author_id else ("post_id", post_id)
    if any(entry.get(key) == name for entry in ledger.read(settings.home)):
        return True
    tables = [table for table in _HEARD if key in KEYED[table]]
    if any(name in rows[key].to_pylist() for table in tables for rows in _staged(settings, table)):
        return True
    return has_lake(settings) and _is_in_lake(settings, tables, key, name)


def look_up(settings: Settings, erased: Erased) -> None:
    """Find every post of the author, and the words and names to look for, in staging and in the lake."""
    for table in _TOLD_BY:
        for rows in _staged(settings, table):
            _learn(erased, table, rows.filter(erased.mask(rows)).to_pylist())
    if has_lake(settings):
        with connect(settings, read_only=True) as con:
            for table in (name for name in _TOLD_BY if has_table(con, name)):
                where, parameters = erased.condition(table)
                found = con.execute(f"select * from {table} where {where}", parameters)
                names = [column[0] for column in found.description or []]
                _learn(erased, table, [dict(zip(names, row, strict=True)) for row in found.fetchall()])


def _is_in_lake(settings: Settings, tables: Iterable[str], key: str, name: str | None) -> bool:
    with connect(settings, read_only=True) as con:
        held = [table for table in tables if has_table(con, table)]
        return any(con.execute(f"select 1 from {table} where {key} = ? limit 1", [name]).fetchone() for table in held)


def _learn(erased: Erased, table: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        if table == "posts":
            erased.posts.add(row["post_id"])
            erased.texts |= {row[name] for name in ("text", "title") if row[name]}
        else:
            erased.names |= {row[name] for name in ("handle", "name", "profile_url") if row[name]}


def _staged(settings: Settings, table: str) -> Iterator[pa.Table]:
    for path in settings.staging.glob(f"run_date=*/source=*/{table}.parquet"):
        yield pq.read_table(path, partitioning=None)
