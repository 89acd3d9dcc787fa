"""The analyst's cookbook: named questions of `sql/queries/`, each one SELECT on the published file.

A file says `-- part:` which of PARTS it belongs to, `-- question:` in a marketer's words, `-- reads:` how to read the
answer (what a wrong join would double), and a line a parameter, with what may be given in brackets:
`-- param brand: which brand; NULL for all (brands.brand_id) = NULL`. In the SELECT a parameter is `$brand`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connect import WarehouseError
from warehouse.models import SQL
from warehouse.parameters import Param, read_param

QUERIES: Final = SQL / "queries"

PARTS: Final[Mapping[str, str]] = {
    "listen": "Listen",
    "umot": "Recommendations and warnings",
    "chains": "Chains of advice",
    "touchpoints": "Touchpoints",
    "people": "People",
    "campaigns": "Campaigns",
    "trust": "Trust",
}
"""Part of the cookbook and its title, in the order of the questions that Ouï-dire answers."""

_HEADER: Final = re.compile(r"-- (part|question|reads): +(\S.*)")
_NO_NAMES: Final = """
    create temp view author_names as
    select null::varchar as author_id, null::varchar as handle, null::varchar as name, null::varchar as profile_url
    where false
"""


@dataclass(frozen=True)
class NamedQuery:
    """One file of the cookbook."""

    name: str
    question: str
    reads: str
    params: tuple[Param, ...]
    sql: str
    part: str = ""
    """Key of PARTS; empty for a file that says none."""

    def values(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """Every parameter with its value. Raises WarehouseError naming one that the query does not have."""
        known = {param.name: param.default for param in self.params}
        unknown = sorted(given.keys() - known.keys())
        if unknown:
            raise WarehouseError(
                f"query {self.name!r} has no parameter {unknown[0]!r}; it has: {', '.join(known) or 'none'}"
            )
        return known | {name: value or None for name, value in given.items()}

    def checked(self, con: DuckDBPyConnection, given: Mapping[str, str]) -> dict[str, str | None]:
        """As `values`, of which those given are looked at. Raises WarehouseError: parameter, value, what is allowed."""
        allowed = {param.name: param for param in self.params}
        return self.values(given) | {name: allowed[name].check(con, value) for name, value in given.items()}


def load_queries(folder: Path = QUERIES) -> dict[str, NamedQuery]:
    """Every named query by name, part by part. Raises WarehouseError naming the file whose header misses something."""
    found = [_query(path) for path in sorted(folder.glob("*.sql"))]
    order = ["", *PARTS]
    return {query.name: query for query in sorted(found, key=lambda query: order.index(query.part))}


def find_query(name: str, folder: Path = QUERIES) -> NamedQuery:
    """The query of that name. Raises WarehouseError with those that exist."""
    queries = load_queries(folder)
    if name not in queries:
        raise WarehouseError(f"no query {name!r}; `ouidire query` lists those that exist: {', '.join(queries)}")
    return queries[name]


def run_query(con: DuckDBPyConnection, query: NamedQuery, given: Mapping[str, str]) -> DuckDBPyConnection:
    """Ask; the connection then holds the result. Raises WarehouseError for a value that cannot be, with those that can.

    Where brands.yml publishes no names, `author_names` is empty for the query, and people are shown by their hash.
    """
    try:
        if "author_names" in query.sql and not _is_there(con, "author_names"):
            con.execute(_NO_NAMES)
        return con.execute(query.sql, query.checked(con, given) or None)
    except duckdb.Error as error:
        raise WarehouseError(f"query {query.name!r}: {error}") from error


def _is_there(con: DuckDBPyConnection, view: str) -> bool:
    return bool(con.execute("select 1 from duckdb_views() where view_name = $view", {"view": view}).fetchone())


def _query(path: Path) -> NamedQuery:
    sql = path.read_text(encoding="utf-8")
    head = [line for line in sql.splitlines() if line.startswith("--")]
    header: dict[str, str] = {found[1]: found[2] for line in head if (found := _HEADER.fullmatch(line))}
    params = tuple(read_param(str(path), line) for line in head if line.startswith("-- param "))
    missing = [name for name in ("question", "reads") if name not in header]
    if missing:
        raise WarehouseError(f"{path}: its header has no `-- {missing[0]}:` line; add it")
    used = set(re.findall(r"\$([a-z_]\w*)", "\n".join(line for line in sql.splitlines() if line not in head)))
    stray = used ^ {param.name for param in params}
    if stray:
        raise WarehouseError(f"{path}: ${min(stray)} stands in the header or in the SELECT, not in both")
    part = header.get("part", "")
    if part and part not in PARTS:
        raise WarehouseError(f"{path}: part: {part!r}; write one of {', '.join(PARTS)}")
    return NamedQuery(path.stem, header["question"], header["reads"], params, sql, part)


def as_rows(con: DuckDBPyConnection) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of the result that the connection holds."""
    return [column[0] for column in con.description or []], con.fetchall()
