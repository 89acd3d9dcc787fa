"""What every table and column means: from the records, brands.yml's tables and the headers of the SQL files.

A column keeps its sentence along the way: a model's column has its own only when it means something else, or something
new. The published file's comments, `data_dictionary` and docs/tables.md all come from here.
"""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
from duckdb import DuckDBPyConnection

from ouidire import arrow
from ouidire.records import KEPT, TABLES
from warehouse.models import Model, ModelError, in_order, macros
from warehouse.reference import REFERENCE, TITLES


@dataclass(frozen=True)
class ColumnDoc:
    """One column: its type in the lake and its sentence."""

    name: str
    type: str
    sentence: str


@dataclass(frozen=True)
class TableDoc:
    """One table: where it comes from, its sentence, its columns in order."""

    name: str
    layer: str
    """records, brands, core, marts or views."""
    sentence: str
    columns: tuple[ColumnDoc, ...]


def describe(models: Iterable[Model]) -> dict[str, TableDoc]:
    """Every table by name, inputs before what reads them. Raises ModelError for a column that nothing explains."""
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute("set variable timezone = 'UTC'")
        con.execute("set variable lookback = 0")
        con.execute("set variable from_date = ?", [date(2000, 1, 1)])
        con.execute("set variable to_date = ?", [date(2000, 1, 1)])
        con.execute(macros())
        docs = {doc.name: doc for doc in (*_records(con), *_references(con))}
        for model, inputs in in_order(con, models):
            docs[model.name] = _model(con, model, [docs[name] for name in sorted(inputs) if name in docs])
    return docs


def _records(con: DuckDBPyConnection) -> list[TableDoc]:
    docs = []
    for name, record in {**TABLES, **KEPT}.items():
        con.execute(arrow.create_table(name, record))
        sentences = {column.name: column.comment for column in arrow.columns(record)}
        docs.append(TableDoc(name, "records", " ".join((record.__doc__ or "").split()), _columns(con, name, sentences)))
    return docs


def _references(con: DuckDBPyConnection) -> list[TableDoc]:
    docs = []
    for name, columns in REFERENCE.items():
        con.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, (kind, _) in columns.items())})")
        sentences = {column: sentence for column, (_, sentence) in columns.items()}
        docs.append(TableDoc(name, "brands", TITLES[name], _columns(con, name, sentences)))
    return docs


def _model(con: DuckDBPyConnection, model: Model, inputs: list[TableDoc]) -> TableDoc:
    try:
        con.execute(f"create table {model.name} as select * from ({model.sql}\n) as model limit 0")
    except duckdb.Error as error:
        raise ModelError(f"{model.path}: {error}") from error
    types = _types(con, model.name)
    stray = [name for name in (*model.columns, *model.key) if name not in types]
    if stray:
        raise ModelError(f"{model.path}: its header names column {stray[0]!r}, which the SELECT does not return")
    sentences = {name: _sentence(model, name, inputs) for name in types}
    question = f"{model.question} One row = {model.grain}."
    return TableDoc(model.name, model.layer, question, _columns(con, model.name, sentences))


def _sentence(model: Model, name: str, inputs: list[TableDoc]) -> str:
    if name in model.columns:
        return model.columns[name]
    found = {column.sentence for table in inputs for column in table.columns if column.name == name}
    if len(found) != 1:
        why = f"means several things in what it reads: {sorted(found)}" if found else "is explained by nothing it reads"
        raise ModelError(f"{model.path}: column {name!r} {why}; add `-- column {name}: <sentence>`")
    return found.pop()


def _columns(con: DuckDBPyConnection, name: str, sentences: dict[str, str]) -> tuple[ColumnDoc, ...]:
    return tuple(ColumnDoc(column, kind, sentences[column]) for column, kind in _types(con, name).items())


def _types(con: DuckDBPyConnection, name: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in con.execute(f"describe {name}").fetchall()}


def published_type(kind: str) -> str:
    """Type of a column in the published file: instants are plain TIMESTAMPs in UTC, which no extension has to read."""
    return re.sub(r"^TIMESTAMP WITH TIME ZONE", "TIMESTAMP", kind)
