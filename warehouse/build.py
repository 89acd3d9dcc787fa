"""From the lake's records to `sql/core` and `sql/marts`: only the days that changed, checked, in one transaction.

A model is computed for the days that something it reads has changed, compared with what the lake holds, and written
only where it differs. The days that differ are what the models that read it look at next. So the rows are those of a
full rebuild, whatever the order in which days arrive.
"""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from ouidire import arrow
from ouidire.brands import Brands
from ouidire.records import KEPT, TABLES
from ouidire.settings import Settings
from warehouse.commit import ensure_tables
from warehouse.connect import WarehouseError, connect, empty_tables, has_table, tables, transaction
from warehouse.models import SQL, Model, ModelError, in_order, load_models, macros
from warehouse.reference import REFERENCE, reference_rows, replace_reference
from warehouse.slices import Ranges, Slices, within

RECORDS: Final = {*TABLES, *KEPT}
FIRST: Final = date(1, 1, 1)
LAST: Final = date(9999, 12, 31)
EVERY_DAY: Final = [(FIRST, LAST)]
MOST_RANGES: Final = 4
"""Of more stretches of days than this the nearest are computed as one: reading a little more beats running often."""
MANY_DAYS: Final = 20
"""Of fewer days than this none are ever taken for the whole; of more, where they are most of those that have posts."""
NEAR: Final = timedelta(3)
"""So near to each other, stretches of days are always computed as one."""

Days = set[date]


class CheckError(WarehouseError):
    """A check of sql/checks/ returned rows: nothing was built, the last good tables stay."""


@dataclass(frozen=True)
class ModelReport:
    """What a build did to one table."""

    name: str
    changed_days: int | None
    """Days whose rows differ from before; None: the table was replaced whole."""
    rows: int
    """Rows written."""
    seconds: float


@dataclass
class BuildReport:
    """What a build did."""

    is_full: bool
    """Whether everything was computed from scratch: asked for, or sql/, brands.yml, the records, most days changed."""
    dirty_dates: Days
    """created_dates that commits had marked."""
    models: list[ModelReport] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    """Names of the checks that passed."""
    seconds: float = 0.0


def build(settings: Settings, brands: Brands, *, full: bool = False, sql: Path = SQL) -> BuildReport:
    """Bring core tables and marts up to date with what was committed, and empty the list of dirty days.

    All or nothing. Raises CheckError naming the check and its first rows, ModelError naming the SQL file.
    """
    start = time.perf_counter()
    with connect(settings) as con:
        report = transaction(con, "build", lambda: build_in(con, brands, sql, full=full))
    report.seconds = time.perf_counter() - start
    return report


def run_checks(con: DuckDBPyConnection, checks: Path) -> list[str]:
    """Run every check; each says in its first comment line what must hold, and returns the rows that break it."""
    passed = []
    for path in sorted(checks.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        cursor = con.execute(f"select * from ({sql}) as offending limit 5")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            must = sql.splitlines()[0].removeprefix("--").strip()
            raise CheckError(f"check {path.stem}: {must} Broken by: {rows}")
        passed.append(path.stem)
    return passed


def is_built(con: DuckDBPyConnection, brands: Brands, models: Iterable[Model], sql: Path) -> bool:
    """Whether the last build used these models and this brands.yml."""
    return has_table(con, "build_state") and con.execute("from build_state").fetchall() == [
        (_fingerprint(brands, models, sql),)
    ]


def build_in(con: DuckDBPyConnection, brands: Brands, sql: Path, *, full: bool) -> BuildReport:
    """What `build` does inside its transaction."""
    models = load_models(sql)
    ensure_tables(con)
    con.execute("set variable timezone = ?", [brands.settings.timezone])
    con.execute(macros(sql))
    plan = in_order(con, models)
    dirty, more_than_seen = _dirty(con)
    is_full = full or not is_built(con, brands, models, sql) or _are_most(con, dirty)
    if is_full:
        drop_built(con)
    replace_reference(con, brands)
    report = BuildReport(is_full, dirty)
    report.models, changed = _run_models(con, plan, dirty, more_than_seen, is_full=is_full)
    _tell_rebuilt(con, changed)
    report.checks = run_checks(con, sql / "checks")
    con.execute("delete from dirty")
    if is_full:
        _remember(con, _fingerprint(brands, models, sql))
    return report


def _dirty(con: DuckDBPyConnection) -> tuple[Days, Days]:
    """The days that commits marked, and those of them on which more changed than what a new night saw."""
    marks = con.execute("select created_date, is_seen_only from dirty").fetchall()
    return {day for day, _ in marks}, {day for day, is_seen_only in marks if not is_seen_only}


def _are_most(con: DuckDBPyConnection, dirty: Days) -> bool:
    """Whether so many days are to be looked at again that to compute every table anew is the shorter way."""
    return len(dirty) >= MANY_DAYS and len(dirty) * 2 > _count(con, "(select distinct created_date from core_versions)")


def _tell_rebuilt(con: DuckDBPyConnection, changed: Mapping[str, Days | None]) -> None:
    """Let the macro is_rebuilt know which days of which tables were written; of a table not named, every day."""
    known = {name: sorted(days) for name, days in changed.items() if days is not None}
    con.execute("set variable rebuilt_days = map(?::varchar[], ?::date[][])", [list(known), list(known.values())])


def _run_models(
    con: DuckDBPyConnection, plan: list[tuple[Model, set[str]]], dirty: Days, more_than_seen: Days, *, is_full: bool
) -> tuple[list[ModelReport], dict[str, Days | None]]:
    """Refresh the models of the plan. Returns also the days that changed, by table; None: any day may have."""
    changed: dict[str, Days | None] = dict.fromkeys(RECORDS, dirty)
    changed |= {name: set() for name in REFERENCE}
    of_versions: dict[str, Days | None] = dict.fromkeys(RECORDS, more_than_seen)
    reports = []
    slices = Slices(con, empty=empty_tables(con) & RECORDS if is_full else empty_tables(con))
    for place, (model, inputs) in enumerate(plan):
        unknown = inputs - changed.keys()
        if unknown:
            raise ModelError(f"{model.path}: reads {sorted(unknown)[0]!r}, which is neither a record nor a model")
        changes = changed | of_versions if model.is_of_versions else changed
        ranges = EVERY_DAY if is_full else _ranges(model, {name: changes[name] for name in inputs})
        if not ranges:
            changed[model.name] = set()
            continue
        start = time.perf_counter()
        is_narrow = model.is_daily and not model.lookback and ranges != EVERY_DAY
        at_hand = inputs - RECORDS if is_full or is_narrow else set()
        reading = slices.over(at_hand | inputs & slices.empty, ranges)
        is_empty = model.name in slices.empty
        changed[model.name], rows = _refresh(con, model, ranges, reading, is_full=is_full, is_empty=is_empty)
        if rows:
            slices.empty.discard(model.name)
        days = changed[model.name]
        seconds = time.perf_counter() - start
        reports.append(ModelReport(model.name, None if days is None else len(days), rows, seconds))
        if is_full:
            _hand_on(slices, model, inputs, still_read=set().union(*(more for _, more in plan[place + 1 :])))
    return reports, changed


def _hand_on(slices: Slices, model: Model, inputs: set[str], *, still_read: set[str]) -> None:
    """Of a full build: keep the table just made for the models that read it, and drop what none reads any more."""
    if model.name in still_read:
        slices.keep(model.name)
    for name in inputs - still_read:
        slices.drop(name)


def _ranges(model: Model, changes: Mapping[str, Days | None]) -> Ranges:
    """Stretches of days whose rows may differ once these inputs changed on these days; None is every day."""
    found: set[tuple[date, date]] = set()
    for name, days in changes.items():
        if days is None:
            return EVERY_DAY
        is_far = not model.looks_back_at or name in model.looks_back_at
        reach = timedelta(model.lookback if is_far else 0)
        found |= {(day, min(day, LAST - reach) + reach) for day in days}
    return _joined(sorted(found))


def _joined(ranges: Ranges) -> Ranges:
    """Stretches that overlap or are near as one, then the nearest, until they are few. `ranges` is sorted."""
    joined: Ranges = []
    for first, last in ranges:
        if joined and first <= joined[-1][1] + NEAR:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    while len(joined) > MOST_RANGES:
        nearest = min(range(1, len(joined)), key=lambda place: joined[place][0] - joined[place - 1][1])
        joined[nearest - 1 : nearest + 1] = [(joined[nearest - 1][0], joined[nearest][1])]
    return joined


def _refresh(
    con: DuckDBPyConnection, model: Model, ranges: Ranges, reading: str, *, is_full: bool, is_empty: bool
) -> tuple[Days | None, int]:
    """Compute a model and write what differs. Returns the days that differ (None: the whole) and the rows written."""
    _compute(con, model, ranges if model.is_daily else EVERY_DAY, reading)
    is_dated = bool(con.execute("select 1 from (describe fresh) where column_name = 'created_date'").fetchone())
    if model.is_daily and not is_dated:
        raise ModelError(f"{model.path}: refresh: created_date, but it has no such column; add it or write all")
    if is_full:
        con.execute(f"create table {model.name} as from fresh")
        return None, _count(con, "fresh")
    held = f"{model.name} as model where {within(ranges) if model.is_daily else 'true'}"
    changes = _changes(con, "fresh as model where false" if is_empty else held, is_dated)
    if not changes:
        return set(), 0
    where = "created_date in (select day from changed)" if is_dated else "true"
    if not is_empty:
        con.execute(f"delete from {model.name} where {where}")
    con.execute(f"insert into {model.name} from fresh where {where}")
    return changes if is_dated else None, _count(con, f"fresh where {where}")


def _changes(con: DuckDBPyConnection, held: str, is_dated: bool) -> Days:
    """Days whose rows in `fresh` are not those that are `held`; of a table without days, {None} when any is not."""
    day = "created_date" if is_dated else "null::date"
    prints = f"select {day} as day, count(*) as row_count, sum(hash(model)::hugeint) as print"
    con.execute(f"""
        create or replace temp table changed as
        with new_prints as ({prints} from fresh as model group by day),
        old_prints as ({prints} from {held} group by day)
        select day from ((from new_prints except from old_prints) union all (from old_prints except from new_prints))
    """)
    return {day for (day,) in con.execute("select distinct day from changed").fetchall()}


def _count(con: DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _compute(con: DuckDBPyConnection, model: Model, ranges: Ranges, reading: str) -> None:
    """Fill the temporary table `fresh`, and refuse two rows of one key."""
    try:
        _select(con, model, ranges, reading)
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        raise ModelError(f"{model.path}: {error}") from error
    key = ", ".join(model.key)
    twice = con.execute(f"select {key}, count(*) from fresh group by {key} having count(*) > 1 limit 3").fetchall()
    if twice:
        raise CheckError(f"{model.path}: grain is {model.grain!r}, but ({key}) occurs twice, with its count: {twice}")


def _select(con: DuckDBPyConnection, model: Model, ranges: Ranges, reading: str) -> None:
    con.execute("set variable lookback = ?", [model.lookback])
    for number, (first, last) in enumerate(ranges):
        con.execute("set variable from_date = ?", [first])
        con.execute("set variable to_date = ?", [last])
        verb = "insert into fresh" if number else "create or replace temp table fresh as"
        only = f" where {within([(first, last)])}" if model.is_daily else ""
        con.execute(f"{verb} {reading}select * from ({model.sql}\n) as model{only}")


def drop_built(con: DuckDBPyConnection) -> None:
    """Drop what a full build makes again, and tables of models that are gone; the next build is a full one."""
    for name in tables(con) - {*TABLES, *KEPT, "dirty"}:
        con.execute(f"drop table {name}")


def _fingerprint(brands: Brands, models: Iterable[Model], sql: Path) -> str:
    """What the tables were computed with: when it changes, every row may."""
    words: Mapping[str, object] = {
        "records": {name: [str(c) for c in arrow.columns(record)] for name, record in {**TABLES, **KEPT}.items()},
        "models": {model.name: model.sql for model in models},
        "macros": macros(sql),
        "brands": reference_rows(brands),
        "timezone": brands.settings.timezone,
    }
    return hashlib.sha256(repr(words).encode()).hexdigest()


def _remember(con: DuckDBPyConnection, fingerprint: str) -> None:
    con.execute("create or replace table build_state (fingerprint varchar not null)")
    con.execute("insert into build_state values (?)", [fingerprint])
