"""From the lake to the one file that analysts open: a plain DuckDB file, replaced whole by a rename."""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from ouidire.brands import Brands
from ouidire.settings import Settings
from warehouse.build import is_built
from warehouse.connect import WarehouseError, connect, exclusive, quoted
from warehouse.dictionary import ColumnDoc, TableDoc, describe, published_type
from warehouse.models import SQL, load_models

RECORDS: Final = ("outcomes", "quarantine")
"""Committed tables that are published as they are; every other reaches analysts through sql/ only, captures never."""

_NAMES = TableDoc(
    "author_names",
    "core",
    "Who an author_id is. One row = one author. Only where brands.yml says publish_identities.",
    (
        ColumnDoc("author_id", "VARCHAR", "keyed hash of the author"),
        ColumnDoc("handle", "VARCHAR", "account name or printed name, as last seen"),
        ColumnDoc("name", "VARCHAR", "display name, as last seen"),
        ColumnDoc("profile_url", "VARCHAR", "public profile, as last seen"),
    ),
)
_DICTIONARY = TableDoc(
    "data_dictionary",
    "marts",
    "What every table and column means. One row = one table (column_name NULL) or one column.",
    (
        ColumnDoc("table_name", "VARCHAR", "table or view"),
        ColumnDoc("column_name", "VARCHAR", "column; NULL for the table itself"),
        ColumnDoc("type", "VARCHAR", "type of the column"),
        ColumnDoc("sentence", "VARCHAR", "what it means"),
        ColumnDoc("layer", "VARCHAR", "records, brands, core or marts"),
    ),
)
VIEWS: Final = (_NAMES, _DICTIONARY)
"""What the published file has beside the tables of the lake."""


def publish(settings: Settings, brands: Brands, *, sql: Path = SQL) -> Path:
    """Write the published file anew and rename it into place; readers keep the old one until they open it again.

    Holds the tables of sql/, of brands.yml and the outcomes as one snapshot of the lake saw them. Raises WarehouseError
    when the lake was not built with the sql/ and brands.yml of now.
    """
    models = load_models(sql)
    docs = describe(models)
    tables = [docs[name] for name in (*_reference_names(docs), *RECORDS, *(model.name for model in models))]
    with exclusive(settings.home / "publish.lock"), connect(settings, read_only=True) as con:
        _sweep(settings.published)
        fresh = settings.published.with_name(f".{settings.published.name}.{uuid.uuid4().hex}")
        try:
            con.execute(f"attach {quoted(str(fresh))} as published (storage_version 'v1.2.0')")
            con.execute("begin")
            if not is_built(con, brands, models):
                raise WarehouseError("brands.yml or sql/ changed since the last build: run `ouidire build` first")
            _fill(con, tables, with_names=brands.settings.publish_identities)
            con.execute("commit")
            con.execute("detach published")
            _rename(fresh, settings.published)
        finally:
            fresh.unlink(missing_ok=True)
    return settings.published


def _fill(con: DuckDBPyConnection, tables: Iterable[TableDoc], *, with_names: bool) -> None:
    documented = list(tables)
    for table in documented:
        _copy(con, table)
    if with_names:
        _copy_names(con)
        documented.append(_NAMES)
    documented.append(_DICTIONARY)
    _write_dictionary(con, documented)
    for table in documented:
        _comment(con, table)


def _copy(con: DuckDBPyConnection, table: TableDoc) -> None:
    columns = ", ".join(f'"{c.name}"::{published_type(c.type)} as "{c.name}"' for c in table.columns)
    names = {column.name for column in table.columns}
    order = "created_date" if "created_date" in names else f'"{table.columns[0].name}"'
    con.execute(f"create table published.{table.name} as select {columns} from lake.{table.name} order by {order}")


def _copy_names(con: DuckDBPyConnection) -> None:
    con.execute("""
        create table published.identities as
        select author_id, handle, name, profile_url
        from lake.identities
        qualify row_number() over (partition by author_id order by run_date desc, source desc, handle, name) = 1
        order by author_id
    """)
    con.execute("comment on table published.identities is 'Read author_names instead.'")
    con.execute("create view published.author_names as select author_id, handle, name, profile_url from identities")


def _write_dictionary(con: DuckDBPyConnection, tables: list[TableDoc]) -> None:
    """A view that holds its rows itself: it works under whatever name the file is attached."""
    rows: list[tuple[str | None, ...]] = []
    for table in tables:
        rows.append((table.name, None, None, table.sentence, table.layer))
        rows += [(table.name, c.name, published_type(c.type), c.sentence, table.layer) for c in table.columns]
    values = ", ".join(f"({', '.join('null' if v is None else quoted(v) for v in row)})" for row in rows)
    columns = ", ".join(column.name for column in _DICTIONARY.columns)
    con.execute(f"create view published.data_dictionary as select * from (values {values}) as entries({columns})")


def _comment(con: DuckDBPyConnection, table: TableDoc) -> None:
    kind = "view" if table in VIEWS else "table"
    con.execute(f"comment on {kind} published.{table.name} is {quoted(table.sentence)}")
    for column in table.columns:
        con.execute(f'comment on column published.{table.name}."{column.name}" is {quoted(column.sentence)}')


def _reference_names(docs: dict[str, TableDoc]) -> list[str]:
    return [doc.name for doc in docs.values() if doc.layer == "brands"]


def _rename(fresh: Path, published: Path) -> None:
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(published)
    # An analyst who wrote into the old file may have left its log, which would spoil the new one.
    published.with_name(published.name + ".wal").unlink(missing_ok=True)


def _sweep(published: Path) -> None:
    """Remove what a killed publish left behind."""
    for stale in published.parent.glob(f".{published.name}.*"):
        stale.unlink(missing_ok=True)
