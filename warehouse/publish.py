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
from warehouse.connect import WarehouseError, connect, empty_tables, exclusive, quoted
from warehouse.dictionary import ColumnDoc, TableDoc, describe, published_type
from warehouse.models import SQL, Model, load_models, load_views

RECORDS: Final = ("outcomes", "quarantine", "corrections", "changes")
"""Committed tables that are published as they are; every other reaches analysts through sql/ only, captures never."""

INTERNAL: Final = frozenset(
    {
        "core_versions", "core_paragraphs", "core_bands", "core_bylines", "core_umot_words",
        "edges_stated", "edges_named", "edges_addressed", "edges_codes", "edges_answers", "edges_quoted",
        "edges_similar",
    }
)  # fmt: skip
"""Models that stay in the lake: steps on the way to core_posts and edges, which say all that analysts need of them, and
names of people, which `author_names` publishes only when brands.yml says so."""

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
_IDENTITIES = TableDoc(
    "identities",
    "records",
    "What author_names reads: read that one. One row = one author. Only where brands.yml says publish_identities.",
    _NAMES.columns,
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
_METRICS = TableDoc(
    "metric_versions",
    "marts",
    "How every figure is defined, since when. One row = one version of one definition.",
    (
        ColumnDoc("metric", "VARCHAR", "the figure"),
        ColumnDoc("version", "INTEGER", "1 for the first definition; the highest is in use"),
        ColumnDoc("since_date", "DATE", "day from which builds use it"),
        ColumnDoc("definition", "VARCHAR", "what is counted, over what, and when it is withheld"),
        ColumnDoc("table_name", "VARCHAR", "table that holds the figure"),
    ),
)
VIEWS: Final = (_NAMES, _DICTIONARY, _METRICS)
"""What the published file has beside the tables of the lake and the views of sql/views/."""


def publish(settings: Settings, brands: Brands, *, sql: Path = SQL) -> Path:
    """Write the published file anew and rename it into place; readers keep the old one until they open it again.

    Holds the tables of sql/, of brands.yml and the outcomes as one snapshot of the lake saw them. Raises WarehouseError
    when the lake was not built with the sql/ and brands.yml of now.
    """
    models = load_models(sql)
    views = load_views(sql)
    docs = describe([*models, *views])
    tables = [docs[name] for name in (*_reference_names(docs), *RECORDS, *published_models(models))]
    with exclusive(settings.home / "publish.lock"), connect(settings, read_only=True) as con:
        _sweep(settings.published)
        fresh = settings.published.with_name(f".{settings.published.name}.{uuid.uuid4().hex}")
        try:
            con.execute(f"attach {quoted(str(fresh))} as published (storage_version 'v1.2.0')")
            con.execute("begin")
            if not is_built(con, brands, models, sql):
                raise WarehouseError("brands.yml or sql/ changed since the last build: run `ouidire build` first")
            _fill(con, tables, with_names=brands.settings.publish_identities)
            _add_views(con, [*tables, *(docs[view.name] for view in views)], models, views)
            con.execute("commit")
            con.execute("detach published")
            _rename(fresh, settings)
        finally:
            fresh.unlink(missing_ok=True)
    return settings.published


def published_models(models: Iterable[Model]) -> list[str]:
    """Names of the models that analysts get."""
    return [model.name for model in models if model.name not in INTERNAL]


def _fill(con: DuckDBPyConnection, tables: Iterable[TableDoc], *, with_names: bool) -> None:
    empty = empty_tables(con)
    for table in tables:
        _copy(con, table, is_empty=table.name in empty)
    if with_names:
        _copy_names(con)


def _add_views(con: DuckDBPyConnection, docs: list[TableDoc], models: Iterable[Model], views: Iterable[Model]) -> None:
    """The views, the dictionary of everything, and the comments."""
    con.execute("use published")  # a view keeps the names that it was made with
    for view in views:
        con.execute(f"create view published.{view.name} as {view.sql}")
    has_names = con.execute("select 1 from duckdb_views() where view_name = 'author_names'").fetchone()
    documented = [*docs, *([_IDENTITIES, _NAMES] if has_names else []), _DICTIONARY, _METRICS]
    _write_metrics(con, models)
    _write_dictionary(con, documented)
    for table in documented:
        _comment(con, table)
    con.execute("use lake")


def _copy(con: DuckDBPyConnection, table: TableDoc, *, is_empty: bool) -> None:
    if is_empty:  # to read it would cost a tenth of a second, see empty_tables
        columns = ", ".join(f'"{c.name}" {published_type(c.type)}' for c in table.columns)
        con.execute(f"create table published.{table.name} ({columns})")
        return
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
    con.execute("create view published.author_names as select author_id, handle, name, profile_url from identities")


def _write_metrics(con: DuckDBPyConnection, models: Iterable[Model]) -> None:
    values = ", ".join(
        f"({quoted(m.name)}, {m.version}, date '{m.since}', {quoted(m.definition)}, {quoted(model.name)})"
        for model in models
        for m in model.metrics
    )
    columns = ", ".join(column.name for column in _METRICS.columns)
    nothing = "('', 0, date '2000-01-01', '', '')"
    con.execute(
        f"create view published.metric_versions as select * from (values {values or nothing}) as entries({columns}) "
        "where version > 0 order by metric, version"
    )


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
    kind = "view" if table in VIEWS or table.layer == "views" else "table"
    comments = [f"comment on {kind} published.{table.name} is {quoted(table.sentence)}"]
    comments += [
        f'comment on column published.{table.name}."{column.name}" is {quoted(column.sentence)}'
        for column in table.columns
    ]
    con.execute("; ".join(comments))


def _reference_names(docs: dict[str, TableDoc]) -> list[str]:
    return [doc.name for doc in docs.values() if doc.layer == "brands"]


def _rename(fresh: Path, settings: Settings) -> None:
    published = settings.published
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(published)
    # An analyst who wrote into the old file may have left its log, which would spoil the new one.
    published.with_name(published.name + ".wal").unlink(missing_ok=True)
    # What search made of the old file may hold what was erased since; it is made anew when somebody searches.
    settings.search_index.unlink(missing_ok=True)


def _sweep(published: Path) -> None:
    """Remove what a killed publish left behind."""
    for stale in published.parent.glob(f".{published.name}.*"):
        stale.unlink(missing_ok=True)
