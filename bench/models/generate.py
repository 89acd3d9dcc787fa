"""A world of posts, written as the partitions that nights leave in staging; any stretch comes out the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

from bench.models.tables import TABLES

HERE: Final = Path(__file__).parent
START: Final = date(2026, 8, 1)
"""First night of every lake."""
CHUNK: Final = 15
"""Nights generated at a time: bounds the memory."""


def generate(staging: Path, per_day: int, nights: int) -> None:
    """Write the first `nights` nights of a world in which `per_day` posts are published a day."""
    for first in range(0, nights, CHUNK):
        _nights(staging, per_day, START + timedelta(first), START + timedelta(min(first + CHUNK, nights) - 1))


def _nights(staging: Path, per_day: int, first: date, last: date) -> None:
    with duckdb.connect(config={"memory_limit": "5GB"}) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        con.execute("set preserve_insertion_order = false")
        for name, value in {"per_day": per_day, "start": START, "first_run": first, "last_run": last}.items():
            con.execute(f"set variable {name} = ?", [value])
        con.execute("set variable vocabulary = ?", [_vocabulary()])
        for name in ("macros", "world"):
            con.execute((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
        for name, select in TABLES.items():
            con.execute(
                f"copy ({select}) to '{staging}' (format parquet, compression zstd, partition_by (run_date, source), "
                f"write_partition_columns true, filename_pattern '{name}_', overwrite_or_ignore true)"
            )
    for path in staging.glob("run_date=*/source=*/*_0.parquet"):
        path.replace(path.with_name(path.name.replace("_0.parquet", ".parquet")))


def _vocabulary() -> list[str]:
    """4,000 words that nobody uses."""
    heads = ("ba", "ce", "di", "fo", "gu", "la", "mi", "no", "pe", "ru", "sa", "ti", "vo", "xa", "ze", "ko")
    middles = ("ra", "lin", "to", "ves", "mu", "da", "ril", "pon", "ge", "sku")
    tails = ("n", "te", "ris", "lo", "ma", "ne", "sol", "que", "der", "vi", "pa", "rent", "ti", "bus", "c", "ge")
    words = [head + middle + tail for head in heads for middle in middles for tail in tails]
    return words + [word + "s" for word in words][: 4000 - len(words)]
