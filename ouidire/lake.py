"""Partitions on disk between the stages: where they are, and how they are replaced whole.

A partition is (run_date, source). `collect` and `parse` write its posts, `understand` its spans, `commit` reads all.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from ouidire import arrow
from ouidire.records import TABLES, Partitioned
from ouidire.settings import Settings

Row = TypeVar("Row", bound=Partitioned)

BATCH = 2000
"""Rows held in memory at a time."""


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


def read_rows(settings: Settings, run_date: date, source: str, record: type[Row], table: str) -> Iterator[Row]:
    """Rows of one table of one partition, a batch in memory at a time; an absent file is no rows."""
    path = staged(settings, run_date, source, table)
    if not path.exists():
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from (record(**row) for row in batch.to_pylist())


class TableWriter:
    """Replaces one table of one partition, a batch of rows at a time; the old file stays until all is written.

    Use as a context manager: on an error nothing is replaced.
    """

    def __init__(self, settings: Settings, run_date: date, source: str, table: str) -> None:
        self.path = staged(settings, run_date, source, table)
        self.count = 0
        self._record = TABLES[table]
        self._rows: list[Partitioned] = []
        self._fresh = _fresh_name(self.path)

    def __enter__(self) -> TableWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = pq.ParquetWriter(self._fresh, arrow.schema(self._record), compression="zstd")
        return self

    def write(self, rows: Iterable[Partitioned]) -> None:
        """Add rows."""
        self._rows.extend(rows)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        self._file.write_table(arrow.table(self._record, self._rows))
        self.count += len(self._rows)
        self._rows = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._file.close()
        if kind is None:
            self._fresh.replace(self.path)
        else:
            self._fresh.unlink()


def write_parquet(path: Path, content: pa.Table) -> None:
    """Write a file whole or not at all (temporary name, then rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _fresh_name(path)
    pq.write_table(content, fresh, compression="zstd")
    fresh.replace(path)


def _fresh_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}")
