"""From a record class to an Arrow schema, a DuckDB table and its comments: the schema is written once."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import pyarrow as pa

from ouidire.records import Record

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_DUCKDB = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMPTZ"}


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its Python type, whether it may be None, and its sentence in the documentation."""

    name: str
    python: type
    is_nullable: bool
    comment: str


def columns(record: type[Record]) -> list[Column]:
    """The columns of a record class, in order."""
    hints = typing.get_type_hints(record, include_extras=True)
    return [_column(field.name, hints[field.name]) for field in dataclasses.fields(record)]


def schema(record: type[Record]) -> pa.Schema:
    """The Arrow schema of a record class."""
    return pa.schema([pa.field(c.name, _ARROW[c.python], nullable=c.is_nullable) for c in columns(record)])


def table(record: type[Record], rows: Iterable[Record]) -> pa.Table:
    """Rows as an Arrow table.

    Raises pa.ArrowInvalid when a value does not fit its column, ValueError when a required one is missing.
    """
    shape = schema(record)
    columns = list(zip(*map(attrgetter(*shape.names), rows), strict=True)) or [()] * len(shape)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, shape, strict=True)]
    made = pa.Table.from_arrays(arrays, schema=shape)
    for field in made.schema:
        if not field.nullable and made.column(field.name).null_count:
            place = made.column(field.name).is_null().index(True).as_py()
            raise ValueError(f"{record.__name__}.{field.name} is missing in row {made.slice(place, 1).to_pylist()[0]}")
    return made


def create_table(name: str, record: type[Record]) -> str:
    """DDL that keeps NOT NULL, which `CREATE TABLE AS` from Arrow would drop."""
    lines = [f'"{c.name}" {_DUCKDB[c.python]}{"" if c.is_nullable else " NOT NULL"}' for c in columns(record)]
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(lines)})"


def _column(name: str, hint: Any) -> Column:
    python, comment = typing.get_args(hint)
    if isinstance(python, types.UnionType):
        python = next(option for option in typing.get_args(python) if option is not type(None))
        return Column(name, python, True, comment)
    return Column(name, python, False, comment)
