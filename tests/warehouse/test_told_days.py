"""What a cue of kind `when` tells of a post's day: `told_day` of sql/macros.sql, on the values of nlp/times.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from warehouse.models import SQL

WEDNESDAY = "2026-10-21"


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text(encoding="utf-8"))
        yield con


@pytest.mark.parametrize(
    ("value", "day", "latest"),
    [
        ("P0D", WEDNESDAY, "2026-10-21"),
        ("P1D", "2026-03-01", "2026-02-28"),
        ("P1D", "2024-03-01", "2024-02-29"),
        ("P2W", WEDNESDAY, "2026-10-07"),
        ("P3M", "2024-05-31", "2024-03-08"),
        ("P1Y", "2024-02-29", "2023-03-01"),
        ("W-0", WEDNESDAY, "2026-10-21"),
        ("W-1", WEDNESDAY, "2026-10-18"),
        ("W-1", "2026-10-18", "2026-10-11"),
        ("M-0", WEDNESDAY, "2026-10-21"),
        ("M-1", "2026-03-31", "2026-02-28"),
        ("M-1", "2024-03-31", "2024-02-29"),
        ("M-1", "2026-01-01", "2025-12-31"),
        ("Y-0", WEDNESDAY, "2026-10-21"),
        ("Y-1", WEDNESDAY, "2025-12-31"),
        ("-W-2", WEDNESDAY, "2026-10-20"),
        ("-W-3", WEDNESDAY, "2026-10-21"),
        ("-W-4", WEDNESDAY, "2026-10-15"),
        ("--09", WEDNESDAY, "2026-09-30"),
        ("--10", WEDNESDAY, "2026-10-21"),
        ("--12", WEDNESDAY, "2025-12-31"),
        ("--02", "2024-03-01", "2024-02-29"),
        ("--10-21", WEDNESDAY, "2026-10-21"),
        ("--10-22", WEDNESDAY, "2025-10-22"),
        ("--02-29", WEDNESDAY, "2024-02-29"),
        ("--02-29", "2024-02-29", "2024-02-29"),
        ("--02-29", "2104-02-28", "2096-02-29"),
        ("2025", WEDNESDAY, "2025-12-31"),
        ("2026", WEDNESDAY, "2026-10-21"),
        ("2024-02", WEDNESDAY, "2024-02-29"),
        ("2026-10", WEDNESDAY, "2026-10-21"),
        ("2025-09-12", WEDNESDAY, "2025-09-12"),
        ("--SU", WEDNESDAY, "2026-09-22"),
        ("--SU", "2026-07-14", "2026-07-14"),
        ("--SU", "2026-05-31", "2025-09-22"),
        ("--WI", WEDNESDAY, "2026-03-22"),
        ("2024-SU", WEDNESDAY, "2024-09-22"),
        ("2027", WEDNESDAY, None),
        ("2026-11", WEDNESDAY, None),
        ("2026-10-22", WEDNESDAY, None),
        ("2025-13", WEDNESDAY, None),
        ("--02-30", WEDNESDAY, None),
        ("-W-8", WEDNESDAY, None),
        ("-", WEDNESDAY, None),
        ("last week", WEDNESDAY, None),
        ("", WEDNESDAY, None),
        (None, WEDNESDAY, None),
    ],
)
def test_latest_day(macros: duckdb.DuckDBPyConnection, value: str | None, day: str, latest: str | None):
    (got,) = macros.execute("select told_day(?::varchar, ?::date)", [value, day]).fetchall()[0]
    assert got == (latest and date.fromisoformat(latest))
