"""Golden cases of the SQL files: tests/sql/<model>/<case>.yaml.

A case gives `why`, rows by table (values that matter; a span is placed where its words stand), and `expect`: the rows
of the model, NULLs left out. `columns` limits the comparison to these columns, `where` to the rows that it holds for.
A view of sql/views is made over what it reads.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import yaml

from ouidire import arrow, records
from ouidire.settings import ROOT
from warehouse.build import build_in
from warehouse.commit import ensure_tables
from warehouse.dictionary import describe
from warehouse.models import load_models, load_views, tables_read

CASES = ROOT / "tests" / "sql"
PATHS = sorted(CASES.glob("*/*.yaml"))
VIEWS = {view.name: view for view in load_views()}


@pytest.mark.parametrize("path", PATHS, ids=[f"{path.parent.name}/{path.stem}" for path in PATHS])
def test_golden_case(path, memory_lake, brands, records_of, only) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    ensure_tables(memory_lake)
    every = {**records.TABLES, **records.KEPT}
    for table, rows in records_of({name: case.get(name, []) for name in every}).items():
        staged = arrow.table(every[table], rows)  # noqa: F841 (DuckDB reads the variable by its name)
        memory_lake.execute(f"insert into {table} by name from staged")
    name = path.parent.name
    view = VIEWS.get(name)
    read = tables_read(memory_lake, view.sql, view.path) & {model.name for model in load_models()} if view else {name}
    build_in(memory_lake, brands, only(*sorted(read)), full=True)
    if view:
        memory_lake.execute(f"create view {name} as {view.sql}")
    expected = [_plain(row) for row in case["expect"]]
    names = case.get("columns", "*")
    got = memory_lake.execute(f"select {', '.join(names)} from {name} where {case.get('where', 'true')}")
    columns = [column[0] for column in got.description or []]
    rows_got = [_plain(dict(zip(columns, row, strict=True))) for row in got.fetchall()]
    assert sorted(rows_got, key=repr) == sorted(expected, key=repr), case["why"]


def test_every_model_has_a_case() -> None:
    without = ({model.name for model in load_models()} | VIEWS.keys()) - {path.parent.name for path in PATHS}
    assert not without, f"write tests/sql/<model>/<case>.yaml for {sorted(without)}"


def test_every_case_has_a_model() -> None:
    assert {path.parent.name for path in PATHS} <= {model.name for model in load_models()} | VIEWS.keys()


def test_every_column_is_explained() -> None:
    docs = describe(load_models())
    assert not [(doc.name, column.name) for doc in docs.values() for column in doc.columns if not column.sentence]


def test_every_counting_mart_carries_coverage() -> None:
    counting = {
        doc.name: {column.name for column in doc.columns}
        for doc in describe(load_models()).values()
        if doc.layer == "marts" and "created_date" in doc.columns[0].name
    }
    assert counting
    assert not [name for name, columns in counting.items() if "coverage" not in columns]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in sorted(row.items()) if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    return [_value(item) for item in value] if isinstance(value, list) else value
