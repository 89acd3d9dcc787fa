"""Asking the published file: full-text search, the cookbook's headers, results as files."""

from __future__ import annotations

import csv
import errno
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
from warehouse.parameters import read_param
from warehouse.publish import publish
from warehouse.search import index, search

POSTS = [
    ("fr1", "fr", "Les gourdes isothermes que je préfère ne fuient jamais."),
    ("fr2", "fr", "Rien à voir avec le sujet."),
    ("fr5", "fr", "Vous êtes, êtes."),
    ("en1", "en", "These bottles never leaked, I recommended them."),
    ("xx", "pl", "gourde"),
    ("fr3", "fr", "L’épisode de l'été, c'est qu’on n'a pas d’eau jusqu'ici."),
    ("fr4", "fr", "N’achetez surtout rien."),
    ("en2", "en", "Don't buy it: the lid's loose, I've a Model 500."),
    ("en3", "en", "Don Quixote s t ve do"),
    ("ru", "ru", "Кружка отличная"),
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
        ("l'été", {"fr3", "fr5"}),
        ("L’ÉTÉ", {"fr3", "fr5"}),
        ("ete", {"fr3", "fr5"}),
        ("n'achetez", {"fr4"}),
        ("s'acheter", {"fr4"}),
        ("jusqu’ici", {"fr3"}),
        ("don't buy", {"en2"}),
        ("lid’s", {"en2"}),
        ("we've lids", {"en2"}),
        ("500", {"en2"}),
        ("кружка", {"ru"}),
    ],
)
def test_search_knows_endings_case_and_accents(home, words, found) -> None:
    assert {hit["post_id"] for hit in search(home, words)} == found


@pytest.mark.parametrize(
    ("words", "first"),
    [("été", "fr3"), ("L’ÉTÉ", "fr3"), ("e\u0301te\u0301", "fr3"), ("êtes", "fr5"), ("ete", "fr5")],
)
def test_who_writes_an_accent_means_it(home, words, first) -> None:
    assert next(hit["post_id"] for hit in search(home, words)) == first


def test_search_forgets_with_the_published_file(home) -> None:
    kept = index(home)
    forget(home, post_id="fr1")
    assert not kept.exists()
    assert {hit["post_id"] for hit in search(home, "gourde")} == {"xx"}
    assert search(home, "gourde", since="2026-10-03") == []
    for nothing in ("?!", "l'", "don’t"):
        with pytest.raises(WarehouseError, match="holds no word to look for"):
            search(home, nothing)


def _not_yours(*_):
    raise PermissionError(errno.EACCES, "Permission denied")


def test_who_may_only_read_searches_an_index_that_is_there(home, monkeypatch) -> None:
    kept = index(home)
    monkeypatch.setattr("warehouse.search.exclusive", _not_yours)
    assert {hit["post_id"] for hit in search(home, "gourde")} == {"fr1", "xx"}
    kept.unlink()
    with pytest.raises(WarehouseError, match=r"search\.duckdb: there is no index .*let its owner run `ouidire search`"):
        search(home, "gourde")


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
        "-- question: Who?\n-- reads: one row\n-- param days: how many (whole number from 1 to 90) = 7\n"
        "-- param brand: which; NULL for all (any words) = NULL\nselect $days::integer as days, $brand as brand\n",
        encoding="utf-8",
    )
    query = load_queries(tmp_path)["who"]
    with duckdb.connect() as con:
        assert run_query(con, query, {}).fetchall() == [(7, None)]
        assert run_query(con, query, {"days": "9", "brand": "acme"}).fetchall() == [(9, "acme")]
        assert run_query(con, query, {"brand": ""}).fetchall() == [(7, None)]
        with pytest.raises(WarehouseError, match="it has: days, brand"):
            run_query(con, query, {"day": "9"})


@pytest.mark.parametrize(
    ("allowed", "good", "bad", "words"),
    [
        ("1, 4 or 13", ["1", "13"], ["3", "", "1, 4"], "write 1, 4 or 13"),
        ("whole number from 1 to 90", ["1", "90"], ["0", "91", "-3", "abc", "1.5", "", "9" * 40], "a whole number"),
        ("date", ["2026-10-30"], ["2026-13-01", "yesterday", ""], "write a date such as"),
        ("code of a language", ["fr"], ["french", "FR", ""], "such as fr or en"),
        ("any words", ["a|b"], [""], "write a value"),
        ("brands.brand_id", ["acme", "bolt"], ["acne", "ACME", ""], "write one of acme, bolt"),
        ("brands.brand_id where is_rival", ["bolt"], ["acme"], "write one of bolt"),
        ("brands.brand_id where not is_rival", ["acme"], ["bolt"], "write one of acme"),
        ("brands.category_id", [], ["mugs"], "brands has no category_id to choose from yet"),
        ("many.id", ["id_7"], ["id_777"], "write one of 50, such as id_7, "),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_those_that_can(allowed, good, bad, words) -> None:
    param = read_param("who.sql", f"-- param it: what it means ({allowed}) = x")
    with duckdb.connect() as con:
        con.execute("create table brands as from (values ('acme', false), ('bolt', true)) as b(brand_id, is_rival)")
        con.execute("alter table brands add column category_id varchar")
        con.execute("create table many as select 'id_' || range as id from range(50)")
        assert [param.check(con, value) for value in good] == good
        for value in bad:
            with pytest.raises(WarehouseError) as refused:
                param.check(con, value)
            assert f"parameter it: {value!r}; " in str(refused.value)
            assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-- question: Who?\nselect 1", "no `-- reads:` line"),
        ("-- question: Who?\n-- reads: x\nselect $days", r"\$days stands in the header or in the SELECT"),
        ("-- question: Who?\n-- reads: x\n-- param days: n (any words) = 1\nselect 1", r"\$days stands"),
        ("-- question: Who?\n-- reads: x\n-- param days: n = 1\nselect $days", "write `-- param name: "),
        ("-- question: Who?\n-- reads: x\n-- param days: n (few) = 1\nselect $days", r"days: \(few\); write values"),
    ],
)
def test_a_query_without_its_header_is_refused(tmp_path: Path, text, words) -> None:
    (tmp_path / "who.sql").write_text(text, encoding="utf-8")
    with pytest.raises(WarehouseError, match=words):
        load_queries(tmp_path)
