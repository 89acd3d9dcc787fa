"""Partitions on disk between the stages: where they are, and how they are replaced whole.

A partition is (run_date, source). `collect` and `parse` write its posts, `understand` its spans, `commit` reads all.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from ouidire import arrow
from ouidire.records import TABLES, Partitioned
from ouidire.settings import Settings

Row = TypeVar("Row", bound=Partitioned)


def partition_dir(root: Path, run_date: date, source: str) -> Path:
    """Folder of a partition under `root` (captures or staging)."""
    return root / f"run_date={run_date.isoformat()}" / f"source={source}"


def staged(settings: Settings, run_date: date, source: str, table: str) -> Path:
    """The Parquet file of one table of one partition."""
    return partition_dir(settings.staging, run_date, source) / f"{table}.parquet"


def write_rows(settings: Settings, run_date: date, source: str, table: str, rows: Iterable[Partitioned]) -> int:
    """Replace one table of one partition; readers see the old file or the new one. Returns the number of rows."""
    content = arrow.table(TABLES[table], rows)
    write_parquet(staged(settings, run_date, source, table), content)
    return int(content.num_rows)


def read_rows(settings: Settings, run_date: date, source: str, record: type[Row], table: str) -> list[Row]:
    """Rows of one table of one partition; an absent file is no rows."""
    path = staged(settings, run_date, source, table)
    if not path.exists():
        return []
    return [record(**row) for row in pq.read_table(path, partitioning=None).to_pylist()]


def write_parquet(path: Path, content: pa.Table) -> None:
    """Write a file whole or not at all (temporary name, then rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    pq.write_table(content, fresh, compression="zstd")
    fresh.replace(path)
