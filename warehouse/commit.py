"""From staging to the lake: one transaction replaces whole partitions in every table and marks the days to rebuild."""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from typing import Final

from duckdb import DuckDBPyConnection

from ouidire import arrow, lake
from ouidire.brands import load_brands
from ouidire.records import KEPT, TABLES
from ouidire.settings import Settings
from warehouse.changes import append_changes
from warehouse.connect import WarehouseError, connect, has_table, transaction

DIRTY_DDL: Final = "create table if not exists dirty (created_date date not null, is_seen_only boolean)"
"""Days to rebuild; of those that are `is_seen_only`, what a night that is new to the lake saw is all that changed."""
_POST_TABLES: Final = tuple(
    name for name, record in TABLES.items() if "post_id" in {column.name for column in arrow.columns(record)}
)


def commit(settings: Settings, partitions: Sequence[tuple[date, str]]) -> set[date]:
    """Replace each (run_date, source) in every table by what lies in staging; an absent file is no rows.

    All or nothing, and the same rows when done twice. Returns the created_dates (reporting time zone of brands.yml)
    that `build` has to look at again: those of the posts replaced and of the new ones, in all their versions. What
    is read differently now, in words that are the same, is written to the table `changes`.
    """
    timezone = load_brands(settings.brands).settings.timezone
    wanted = sorted(set(partitions))
    with connect(settings) as con:
        work = functools.partial(replace_partitions, con, settings, wanted, timezone)
        return transaction(con, _message(wanted), work)


def ensure_tables(con: DuckDBPyConnection) -> None:
    """Create what is missing of the committed tables, with NOT NULL, and the columns that the records gained."""
    for name, record in {**TABLES, **KEPT}.items():
        if not has_table(con, name):
            con.execute(arrow.create_table(name, record))
        else:
            _add_columns(con, name, arrow.create_table(f"model_of_{name}", record))
    con.execute(DIRTY_DDL)
    if "is_seen_only" not in _columns(con, "dirty"):  # a lake of before
        con.execute("alter table dirty add column is_seen_only boolean")


def _add_columns(con: DuckDBPyConnection, name: str, model_ddl: str) -> None:
    present = _columns(con, name)
    con.execute(model_ddl.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    for column, column_type, *_ in con.execute(f"describe model_of_{name}").fetchall():
        if column not in present:  # nullable: rows committed before have no value for it
            con.execute(f'alter table {name} add column "{column}" {column_type}')


def _columns(con: DuckDBPyConnection, name: str) -> set[str]:
    return {str(row[0]) for row in con.execute(f"describe {name}").fetchall()}


def _message(wanted: Sequence[tuple[date, str]]) -> str:
    names = [f"{day} {source}" for day, source in wanted]
    return "commit " + (", ".join(names) if len(names) < 4 else f"{len(names)} partitions, {names[0]} to {names[-1]}")


def replace_partitions(
    con: DuckDBPyConnection,
    settings: Settings,
    wanted: Sequence[tuple[date, str]],
    timezone: str,
) -> set[date]:
    """What `commit` does inside its transaction: `wanted` is sorted and holds each partition once."""
    ensure_tables(con)
    con.execute("create or replace temp table wanted (run_date date, source varchar)")
    start_marks(con)
    if not wanted:
        return set()
    con.executemany("insert into wanted values (?, ?)", [list(partition) for partition in wanted])
    _keep_new(con, wanted)
    con.execute("set variable timezone = ?", [timezone])
    for name in TABLES:
        _stage(con, settings, name, wanted)
    append_changes(con)
    _keep_names(con, "names_before")
    _mark_touched(con, "from wanted")
    for name in TABLES:
        _swap(con, name, wanted)
    _keep_names(con, "names_after")
    _mark_touched(con, "from wanted except from new_partitions")
    _mark_touched(con, "from new_partitions", is_seen_only=True)
    _mark_renamed(con)
    # Coverage changes on the day of the run, although no post of that day may.
    con.execute("insert into dirty select distinct run_date, false from wanted except from dirty")
    return save_marks(con)


def _keep_new(con: DuckDBPyConnection, wanted: Sequence[tuple[date, str]]) -> None:
    """Which of the wanted partitions the lake has no row of: no version of a post can be of them yet."""
    held = " union all by name ".join(
        f"select run_date, source from {name} where run_date between $first and $last" for name in TABLES
    )
    con.execute(
        f"create or replace temp table new_partitions as from wanted anti join ({held}) using (run_date, source)",
        {"first": wanted[0][0], "last": wanted[-1][0]},
    )


def _stage(con: DuckDBPyConnection, settings: Settings, name: str, wanted: Sequence[tuple[date, str]]) -> None:
    """Read the staged files of one table into `incoming_<name>`, refusing a row that lies in another's partition."""
    paths = [lake.staged(settings, day, source, name) for day, source in wanted]
    present = [str(path) for path in paths if path.exists()]
    con.execute(f"create or replace temp table incoming_{name} as select * from {name} limit 0")
    if not present:
        return
    con.execute(
        f"create or replace temp table incoming_{name} as "
        "select * from read_parquet(?, union_by_name = true, hive_partitioning = false, filename = true)",
        [present],
    )
    stray = con.execute(
        f"select filename, run_date || ' ' || source from incoming_{name} "
        "where not contains(filename, '/run_date=' || run_date || '/source=' || source || '/') limit 1"
    ).fetchone()
    if stray:
        raise WarehouseError(f"{stray[0]}: holds rows of partition {stray[1]}; run that day's collect again")
    con.execute(f"alter table incoming_{name} drop column filename")


def _swap(con: DuckDBPyConnection, name: str, wanted: Sequence[tuple[date, str]]) -> None:
    first, last = wanted[0][0], wanted[-1][0]
    con.execute(  # the range lets DuckLake skip files, which a list of pairs does not
        f"delete from {name} where run_date between ? and ? and (run_date, source) in (from wanted)", [first, last]
    )
    con.execute(f"insert into {name} by name from incoming_{name}")


def _mark_touched(con: DuckDBPyConnection, partitions: str, *, is_seen_only: bool = False) -> None:
    """Add to `marks` the days of the posts that some partitions touch.

    Called before the change and after it: a post that moved to another day leaves a mark on both.
    """
    touched = (f"select post_id from {name} where (run_date, source) in ({partitions})" for name in _POST_TABLES)
    mark_posts(con, " union ".join(touched), is_seen_only=is_seen_only)


def start_marks(con: DuckDBPyConnection) -> None:
    """Make the empty temporary table `marks`, for `mark_posts` to fill and `save_marks` to move into `dirty`."""
    con.execute("create or replace temp table marks (created_date date, is_seen_only boolean)")


def mark_posts(con: DuckDBPyConnection, touched: str, *, is_seen_only: bool = False) -> None:
    """Add to `marks` the days of every version of the posts that the query `touched` names."""
    con.execute(f"""
        insert into marks
        select distinct (created_at at time zone getvariable('timezone'))::date, {is_seen_only}
        from posts
        where post_id in ({touched})
    """)


def save_marks(con: DuckDBPyConnection) -> set[date]:
    """Move `marks` into the table `dirty`, which `build` empties. Returns their days."""
    con.execute("insert into dirty from marks except from dirty")
    return {day for (day,) in con.execute("select distinct created_date from marks").fetchall()}


def _keep_names(con: DuckDBPyConnection, name: str) -> None:
    """Who is called what: `edges` resolves names, so a new name of an old author touches that author's days."""
    con.execute(
        f"create or replace temp table {name} as select distinct author_id, handle, name from identities "
        "where author_id in (select author_id from identities where (run_date, source) in (from wanted) "
        "union all select author_id from incoming_identities)"
    )


def _mark_renamed(con: DuckDBPyConnection) -> None:
    con.execute("""
        insert into marks
        with renamed as (
            (from names_before except from names_after) union all (from names_after except from names_before)
        )
        select distinct (created_at at time zone getvariable('timezone'))::date, false
        from posts where author_id in (select author_id from renamed)
    """)
