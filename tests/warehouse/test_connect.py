"""One place opens the lake: one writer at a time, whole transactions, errors that say what to do."""

from __future__ import annotations

import dataclasses

import duckdb
import pytest

from warehouse.connect import WarehouseError, connect, exclusive, transaction


@pytest.fixture
def con(settings):
    with connect(settings) as con:
        con.execute("create table numbers (n integer)")
        yield con


def test_a_transaction_is_whole_or_not_at_all(con) -> None:
    def fail() -> None:
        con.execute("insert into numbers values (1)")
        raise KeyError("half way")

    with pytest.raises(KeyError):
        transaction(con, "test", fail)
    assert transaction(con, "test", lambda: con.execute("from numbers").fetchall()) == []


def test_a_conflict_starts_the_whole_work_again(con) -> None:
    attempts = []

    def work() -> int:
        con.execute("insert into numbers values (1)")
        attempts.append(len(attempts))
        if len(attempts) < 3:
            raise duckdb.TransactionException("Transaction conflict - attempting to insert into a changed table")
        return len(attempts)

    assert transaction(con, "test", work) == 3
    assert con.execute("from numbers").fetchall() == [(1,)]


def test_a_conflict_that_lasts_is_raised(con) -> None:
    def work() -> None:
        raise duckdb.TransactionException("Transaction conflict")

    with pytest.raises(duckdb.TransactionException):
        transaction(con, "test", work, attempts=2)


def test_what_was_done_is_written_beside_the_snapshot(con) -> None:
    transaction(con, "commit 2026-10-01 blog", lambda: con.execute("insert into numbers values (1)"))
    messages = con.execute("select commit_message from ducklake_snapshots('lake') order by snapshot_id").fetchall()
    assert messages[-1] == ("commit 2026-10-01 blog",)


def test_where_few_rows_are_expected_an_asof_join_still_sorts(con) -> None:
    told = con.execute("explain select * from numbers as a asof join numbers as b on a.n >= b.n").fetchall()[0][1]
    assert "ASOF_JOIN" in told
    assert "NESTED_LOOP" not in told


def test_a_second_writer_waits_then_says_who_writes(tmp_path) -> None:
    path = tmp_path / "lake.lock"
    with exclusive(path), pytest.raises(WarehouseError, match=r"process \d+ is still writing"), exclusive(path, 0.2):
        pass
    with exclusive(path, 0.2):
        pass


def test_a_reader_reads_beside_a_writer_and_cannot_write(settings, con) -> None:
    transaction(con, "test", lambda: con.execute("insert into numbers values (1)"))
    con.execute("begin")
    con.execute("insert into numbers values (2)")
    with connect(settings, read_only=True) as reader:
        assert reader.execute("from numbers").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            reader.execute("insert into numbers values (3)")
    con.execute("rollback")


def test_a_reader_before_the_first_commit_is_told_so(settings) -> None:
    with pytest.raises(WarehouseError, match="nothing committed yet"), connect(settings, read_only=True):
        pass


def test_s3_without_a_secret_is_told_so(settings) -> None:
    remote = dataclasses.replace(settings, data="s3://bucket/lake/")
    with pytest.raises(WarehouseError, match="OUIDIRE_S3_SECRET is not set"), connect(remote):
        pass


def test_a_moved_home_still_opens(settings, con, tmp_path) -> None:
    transaction(con, "test", lambda: con.execute("insert into numbers values (1)"))
    con.close()
    home = settings.home.rename(tmp_path / "moved")
    moved = dataclasses.replace(settings, home=home, catalog=f"sqlite:{home}/lake.sqlite", data=f"{home}/lake/")
    with connect(moved, read_only=True) as reader:
        assert reader.execute("from numbers").fetchall() == [(1,)]
