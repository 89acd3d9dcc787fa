"""Cases of the named queries: tests/queries/<name>.yaml, one or more a file.

A case gives `why`, rows by table as the golden cases of tests/sql do, `params`, and `expect`: the rows of the answer in
their order, NULLs left out. `columns` limits the comparison to these columns.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
import yaml
from duckdb import DuckDBPyConnection

from ouidire import arrow, records
from ouidire.settings import ROOT
from warehouse.build import build_in
from warehouse.commit import ensure_tables
from warehouse.connect import WarehouseError, open_published
from warehouse.cookbook import PARTS, QUERIES, NamedQuery, as_rows, load_queries, run_query
from warehouse.cookbook_page import PATH, page
from warehouse.dictionary import published_type
from warehouse.models import load_models, load_views, tables_read
from warehouse.parameters import Param, tables_of
from warehouse.reference import REFERENCE

CASES = ROOT / "tests" / "queries"
NAMED = load_queries()
GIVEN = [
    (path.stem, number, case)
    for path in sorted(CASES.glob("*.yaml"))
    for number, case in enumerate(yaml.safe_load_all(path.read_text(encoding="utf-8")))
]
NAMES_OF_AUTHORS = """
    create view published.author_names as
    select author_id, handle, name, profile_url
    from published.identities
    qualify row_number() over (partition by author_id order by run_date desc) = 1
"""
MOST_SECONDS = 1.0


@pytest.fixture
def publish_in(memory_lake, brands, records_of, only) -> Callable[[dict[str, Any], NamedQuery], DuckDBPyConnection]:
    """Commits a case's rows, builds what the query reads and no more, and casts it as publishing does."""

    def publish(case: dict[str, Any], query: NamedQuery) -> DuckDBPyConnection:
        every = {**records.TABLES, **records.KEPT}
        ensure_tables(memory_lake)
        for table, rows in records_of({name: case.get(name, []) for name in every}).items():
            staged = arrow.table(every[table], rows)  # noqa: F841 (DuckDB reads the variable by its name)
            memory_lake.execute(f"insert into {table} by name from staged")
        views = {view.name: view for view in load_views()}
        read = tables_read(memory_lake, query.sql, QUERIES / f"{query.name}.sql")
        shown = [views[name] for name in sorted(read & views.keys())]
        tables = read.union(*(tables_read(memory_lake, view.sql, view.path) for view in shown)) - views.keys()
        models = {model.name for model in load_models()}
        build_in(memory_lake, brands, only(*sorted(tables & models) or ["core_days"]), full=True)
        memory_lake.execute("attach ':memory:' as published")
        asked = set().union(*(tables_of(param) for param in query.params)) - views.keys()
        for table in sorted((tables | asked & REFERENCE.keys()) - {"author_names"} | {"identities"}):
            _cast(memory_lake, table)
        memory_lake.execute("use published")
        memory_lake.execute(NAMES_OF_AUTHORS)
        for view in shown:
            memory_lake.execute(f"create view {view.name} as {view.sql}")
        return memory_lake

    return publish


def _cast(con: DuckDBPyConnection, table: str) -> None:
    described = con.execute(f"describe {table}").fetchall()
    columns = ", ".join(f'"{name}"::{published_type(kind)} as "{name}"' for name, kind, *_ in described)
    con.execute(f"create table published.{table} as select {columns} from lake.{table}")


@pytest.mark.parametrize(("name", "number", "case"), GIVEN, ids=[f"{name}-{number}" for name, number, _ in GIVEN])
def test_answer(name, number, case, publish_in) -> None:
    query = NAMED[name]
    columns, rows = as_rows(run_query(publish_in(case, query), query, case.get("params", {})))
    wanted = case.get("columns", columns)
    assert not set(wanted) - set(columns)
    got = [{c: v for c, v in zip(columns, row, strict=True) if c in wanted} for row in rows]
    assert [_plain(row) for row in got] == [_plain(row) for row in case["expect"]], case["why"]


def test_every_query_has_a_case_and_every_case_a_query() -> None:
    assert {name for name, _, _ in GIVEN} == NAMED.keys()


@pytest.mark.parametrize("name", NAMED)
def test_the_header_says_what_an_asker_must_know(name) -> None:
    query = NAMED[name]
    assert query.part in PARTS
    assert query.question.endswith("?")
    assert len(query.reads.split()) >= 12, "say how to read the answer, and which double count it avoids"
    assert query.sql.rstrip().endswith((";", "*")) is False
    assert all(len(param.sentence.split()) >= 2 for param in query.params)


@pytest.mark.parametrize("name", NAMED)
def test_it_answers_on_the_sample_at_once(name, journey) -> None:
    with open_published(journey.settings.published) as con:
        run_query(con, NAMED[name], {}).fetchall()  # the first look reads from the disk
        start = time.perf_counter()
        columns, rows = as_rows(run_query(con, NAMED[name], {}))
        assert time.perf_counter() - start < MOST_SECONDS
    assert len(set(columns)) == len(columns)
    assert all(len(row) == len(columns) for row in rows)


def test_every_default_is_allowed_and_every_column_of_values_is_there(journey) -> None:
    with open_published(journey.settings.published) as con:
        for query in NAMED.values():
            for param in query.params:
                assert param.check(con, param.default or "") == param.default
                assert not param.allowed.count(".") or _reason(con, param)


def _reason(con: DuckDBPyConnection, param: Param) -> str:
    with pytest.raises(WarehouseError, match=f"parameter {param.name}: '\\?'") as refused:
        param.check(con, "?")
    return str(refused.value)


def test_queries_that_documents_name_exist() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = {name for path in pages for name in re.findall(r"ouidire query (\w+)", path.read_text(encoding="utf-8"))}
    assert named <= {*NAMED, "NAME"}


def test_without_published_names_people_are_shown_by_their_hash(tmp_path) -> None:
    (tmp_path / "who.sql").write_text(
        "-- question: Who?\n-- reads: one row\n"
        "select coalesce(name, 'c0ffee') from (select 'a' as author_id) left join author_names using (author_id)\n",
        encoding="utf-8",
    )
    with duckdb.connect() as con:
        for _ in range(2):
            assert run_query(con, load_queries(tmp_path)["who"], {}).fetchall() == [("c0ffee",)]


def test_an_unknown_part_is_refused(tmp_path) -> None:
    (tmp_path / "who.sql").write_text("-- part: x\n-- question: Who?\n-- reads: y\nselect 1", encoding="utf-8")
    with pytest.raises(WarehouseError, match="write one of listen, umot"):
        load_queries(tmp_path)


def test_the_page_shows_what_the_sample_answers(journey) -> None:
    """Mend it with `make run` and `make golden`."""
    assert page(journey.settings.published) == PATH.read_text(encoding="utf-8")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 3)
    return [_value(item) for item in value] if isinstance(value, list) else value
