"""Which people that brands.yml names were never heard: a name misspelt there finds nobody, without a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from duckdb import DuckDBPyConnection

from ouidire.settings import Settings
from warehouse.connect import connect, has_table
from warehouse.models import macros

LIKENESS: Final = 0.85
"""Jaro-Winkler similarity, 0 to 1, from which a name may be meant: a letter or two apart."""

_SHOWN: Final = """
    create or replace temp table shown as
    select distinct shown, folded(shown) as words
    from (
        select unnest([handle, split_part(ltrim(handle, '@'), '@', 1), name]) as shown from lake.identities
    )
    where words <> ''
"""
"""Handles and displayed names, compared as core_creators compares them."""


def never_heard(settings: Settings, names: Sequence[str]) -> dict[str, list[str]]:
    """Those of the names that no account has as its handle or displayed name, each with at most three that are like it.

    Empty where nobody was heard yet. Raises WarehouseError when nothing was committed.
    """
    with connect(settings, read_only=True) as con:
        if not has_table(con, "identities"):
            return {}
        con.execute(macros())
        con.execute(_SHOWN)
        if not con.execute("from shown limit 1").fetchone():
            return {}
        return {name: _like(con, name) for name in dict.fromkeys(names) if not _is_heard(con, name)}


def _is_heard(con: DuckDBPyConnection, name: str) -> bool:
    return bool(con.execute("select 1 from shown where words = folded($name) limit 1", {"name": name}).fetchone())


def _like(con: DuckDBPyConnection, name: str) -> list[str]:
    rows = con.execute(
        "select arg_min(shown, shown), max(jaro_winkler_similarity(words, folded($name))) as likeness from shown "
        "group by words having likeness >= $least order by likeness desc, words limit 3",
        {"name": name, "least": LIKENESS},
    )
    return [str(shown) for shown, _ in rows.fetchall()]
