"""Partitions are replaced whole, all or nothing, and the days to look at again are marked."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime

import duckdb
import pytest

from ouidire import lake, records
from warehouse.commit import commit, ensure_tables, replace_partitions
from warehouse.connect import WarehouseError, connect

DAY, NEXT = date(2026, 10, 1), date(2026, 10, 2)


def post(post_id: str, run_date: date, at: datetime, text: str = "Acme One", **more) -> dict:
    return {"post_id": post_id, "run_date": run_date, "source": "blog", "created_at": at, "text": text} | more


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


@pytest.fixture
def replace(memory_lake, settings, stage):
    """Stage rows and commit them in memory; returns the days marked."""
    return lambda rows: replace_partitions(memory_lake, settings, stage(rows), "Europe/Paris")


def test_committing_twice_gives_the_same_rows_in_the_lake(settings, stage) -> None:
    partitions = stage(
        {
            "posts": [post("p", DAY, at(1)), post("q", NEXT, at(2), source="tags")],
            "mentions": [{"post_id": "p", "text": "Acme One", "product_id": "acme_one"}],
            "readings": [{"post_id": "p"}],
        }
    )
    assert commit(settings, partitions) == {DAY, NEXT}
    with connect(settings, read_only=True) as con:
        once = {table: con.execute(f"from {table} order by all").fetchall() for table in records.TABLES}
    assert commit(settings, partitions[::-1]) == {DAY, NEXT}
    with connect(settings, read_only=True) as con:
        assert {table: con.execute(f"from {table} order by all").fetchall() for table in records.TABLES} == once
        marked = con.execute("select distinct created_date from dirty order by all").fetchall()
        nullable = dict(con.execute("select column_name, is_nullable from information_schema.columns").fetchall())
    assert marked == [(DAY,), (NEXT,)]
    assert [len(once[table]) for table in ("posts", "mentions", "readings")] == [2, 1, 1]
    assert (nullable["post_id"], nullable["deleted_at"]) == ("NO", "YES")


def test_what_a_new_night_only_saw_again_is_told_apart(replace, memory_lake) -> None:
    replace({"posts": [post("p", DAY, at(1))]})
    memory_lake.execute("delete from dirty")
    assert replace({"posts": [post("p", NEXT, at(1))]}) == {DAY}
    assert memory_lake.execute("from dirty order by all").fetchall() == [(DAY, True), (NEXT, False)]
    assert replace({"posts": [post("p", NEXT, at(1))]}) == {DAY}
    assert memory_lake.execute("from dirty order by all").fetchall() == [(DAY, False), (DAY, True), (NEXT, False)]


def test_a_missing_file_is_no_rows(settings, stage, memory_lake) -> None:
    partitions = stage({"posts": [post("p", DAY, at(1))], "readings": [{"post_id": "p"}]})
    replace_partitions(memory_lake, settings, partitions, "UTC")
    lake.staged(settings, DAY, "blog", "readings").unlink()
    replace_partitions(memory_lake, settings, partitions, "UTC")
    assert memory_lake.execute("select count(*) from readings").fetchall() == [(0,)]
    assert memory_lake.execute("select count(*) from posts").fetchall() == [(1,)]


def test_days_are_local_and_those_of_old_and_new_rows(replace) -> None:
    assert replace({"posts": [post("p", DAY, at(1, 23))]}) == {NEXT}
    assert replace({"posts": [post("p", DAY, at(5))]}) == {NEXT, date(2026, 10, 5)}


def test_a_moved_post_marks_the_day_of_its_other_version(replace) -> None:
    replace({"posts": [post("p", DAY, at(1))]})
    assert replace({"posts": [post("p", NEXT, at(7))]}) == {DAY, date(2026, 10, 7)}


def test_a_new_name_marks_the_days_of_its_author(replace) -> None:
    known = {"run_date": DAY, "source": "blog", "author_id": "ann", "handle": "ann"}
    replace({"posts": [post("p", DAY, at(1), author_id="ann")], "identities": [known]})
    again = {"outcomes": [{"run_date": NEXT, "source": "blog"}], "identities": [known | {"run_date": NEXT}]}
    assert replace(again) == set()
    again["identities"][0]["name"] = "Ann B"
    assert replace(again) == {DAY}


def test_a_row_in_the_wrong_file_is_refused(settings, stage, memory_lake) -> None:
    stage({"posts": [post("p", DAY, at(1))]})
    right, wrong = (lake.staged(settings, day, "blog", "posts") for day in (DAY, NEXT))
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(right.read_bytes())
    with pytest.raises(WarehouseError, match=r"run_date=2026-10-02/source=blog/posts.parquet: holds rows of .*10-01"):
        replace_partitions(memory_lake, settings, [(NEXT, "blog")], "UTC")


def test_a_table_gains_the_columns_that_its_record_gained(memory_lake) -> None:
    ensure_tables(memory_lake)
    memory_lake.execute("alter table posts drop column licence")
    ensure_tables(memory_lake)
    assert ("licence",) in memory_lake.execute("select column_name from (describe posts)").fetchall()


def test_a_commit_that_fails_leaves_the_lake_as_it_was(settings, stage, monkeypatch) -> None:
    partitions = stage({"posts": [post("p", DAY, at(1))]})
    commit(settings, partitions)
    stage({"posts": [post("other", DAY, at(1))]})
    monkeypatch.setattr("warehouse.commit.save_marks", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        commit(settings, partitions)
    with connect(settings, read_only=True) as con:
        assert con.execute("select post_id from posts").fetchall() == [("p",)]


def test_null_is_refused_where_the_record_has_none(memory_lake) -> None:
    ensure_tables(memory_lake)
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        memory_lake.execute("insert into dirty values (null, false)")
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        memory_lake.execute("insert into engagement (run_date, source) values (date '2026-10-01', 'blog')")


def _commit_day(settings, day: date) -> None:
    commit(settings, [(day, "blog")])


@pytest.mark.slow
def test_writers_in_several_processes_wait_for_each_other(settings, stage) -> None:
    days = [date(2026, 10, day) for day in range(1, 9)]
    stage({"posts": [post(f"p{day}", day, at(day.day)) for day in days]})
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(_commit_day, [(settings, day) for day in days])
    with connect(settings, read_only=True) as con:
        assert con.execute("select count(*), count(distinct run_date) from posts").fetchall() == [(8, 8)]
