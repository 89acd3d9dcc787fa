"""Asking the published file: full-text search, the cookbook's headers, results as files."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from ouidire.brands import load_brands
from warehouse.connect import WarehouseError
from warehouse.cookbook import load_queries, run_query
from warehouse.export import export
from warehouse.forget import forget
from warehouse.publish import publish
from warehouse.search import index, search

POSTS = [
    ("fr1", "fr", "Les gourdes isothermes que je préfère ne fuient jamais."),
    ("fr2", "fr", "Rien à voir avec le sujet."),
    ("en1", "en", "These bottles never leaked, I recommended them."),
    ("xx", "pl", "gourde"),
]


@pytest.fixture
def home(built_home):
    day = {"run_date": date(2026, 10, 2), "source": "blog", "created_at": datetime(2026, 10, 2, 9, tzinfo=UTC)}
    rows = {
        "posts": [{"post_id": name, "text": text, **day} for name, _, text in POSTS],
        "readings": [{"post_id": name, "lang": lang} for name, lang, _ in POSTS],
    }
    settings = built_home("search", rows)
    publish(settings, load_brands(settings.brands))
    return settings


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gourde", {"fr1", "xx"}),
        ("PREFERE", {"fr1"}),
        ("bottle leak", {"en1"}),
        ("recommend", {"en1"}),
        ("inconnu", set()),
    ],
)
def test_search_knows_endings_case_and_accents(home, words, found) -> None:
    assert {hit["post_id"] for hit in search(home, words)} == found


def test_search_forgets_with_the_published_file(home) -> None:
    kept = index(home)
    forget(home, post_id="fr1")
    assert not kept.exists()
    assert {hit["post_id"] for hit in search(home, "gourde")} == {"xx"}
    assert search(home, "gourde", since="2026-10-03") == []
    with pytest.raises(WarehouseError, match="holds no word"):
        search(home, "?!")


RESULT = """select 1 as n, 'a;"é"' as words, [1, 2] as ids, timestamp '2026-10-02 09:00:00' as at_, null as nothing,
    '=1+1' as formula, chr(7) || 'bell' as control"""


def test_a_result_becomes_the_file_that_its_name_says(tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "jsonl", "xlsx"):
        with duckdb.connect() as con:
            con.execute(RESULT)
            assert export(con, tmp_path / "out" / f"result.{ending}") == 1
    with (tmp_path / "out" / "result.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["words"], row["ids"], row["nothing"]) == ('a;"é"', "[1, 2]", "")
    assert pq.read_table(tmp_path / "out" / "result.parquet").to_pylist()[0]["ids"] == [1, 2]
    assert json.loads((tmp_path / "out" / "result.jsonl").read_text(encoding="utf-8"))["words"] == 'a;"é"'
    sheet = openpyxl.load_workbook(tmp_path / "out" / "result.xlsx").active
    head, cells = list(sheet.iter_rows())
    values = dict(zip((cell.value for cell in head), cells, strict=True))
    assert values["formula"].data_type == "s"
    assert (values["n"].value, values["control"].value, values["formula"].value) == (1, " bell", "=1+1")
    assert values["at_"].value == datetime(2026, 10, 2, 9)  # noqa: DTZ001 (a sheet knows no zones)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with duckdb.connect() as con, pytest.raises(WarehouseError, match="unknown ending"):
        export(con.execute("select 1"), tmp_path / "result.doc")


def test_a_query_takes_its_parameters_and_refuses_others(tmp_path: Path) -> None:
    (tmp_path / "who.sql").write_text(
        "-- question: Who?\n-- reads: one row\n-- param days: how many = 7\n-- param brand: which = NULL\n"
        "select $days::integer as days, $brand as brand\n",
        encoding="utf-8",
    )
    query = load_queries(tmp_path)["who"]
    with duckdb.connect() as con:
        assert run_query(con, query, {}).fetchall() == [(7, None)]
        assert run_query(con, query, {"days": "9", "brand": "acme"}).fetchall() == [(9, "acme")]
        with pytest.raises(WarehouseError, match="it has: days, brand"):
            run_query(con, query, {"day": "9"})
        with pytest.raises(WarehouseError, match="query 'who'"):
            run_query(con, query, {"days": "many"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-- question: Who?\nselect 1", "no `-- reads:` line"),
        ("-- question: Who?\n-- reads: x\nselect $days", r"\$days stands in the header or in the SELECT"),
        ("-- question: Who?\n-- reads: x\n-- param days: n = 1\nselect 1", r"\$days stands"),
    ],
)
def test_a_query_without_its_header_is_refused(tmp_path: Path, text, words) -> None:
    (tmp_path / "who.sql").write_text(text, encoding="utf-8")
    with pytest.raises(WarehouseError, match=words):
        load_queries(tmp_path)
