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

SPOOL = ".spool"
"""How the names of files end that hold, beside captures, what was read in them (extractors/spool.py)."""

EXPIRED = "expired"
"""Name of the file that says of a folder of captures that they were removed for their age (warehouse/maintain.py)."""


def partition_dir(root: Path, run_date: date, source: str) -> Path:
    """Folder of a partition under `root` (captures or staging)."""
    return root / f"run_date={run_date.isoformat()}" / f"source={source}"


def staged(settings: Settings, run_date: date, source: str, table: str) -> Path:
    """The Parquet file of one table of one partition."""
    return partition_dir(settings.staging, run_date, source) / f"{table}.parquet"


def write_rows(settings: Settings, run_date: date, source: str, table: str, rows: Iterable[Partitioned]) -> int:
    """Replace one table of one partition; readers see the old file or the new one. Returns the number of rows."""
    with TableWriter(settings, run_date, source, table) as writer:
        writer.write(rows)
    return writer.count


def read_rows(settings: Settings, run_date: date, source: str, record: type[Row], table: str) -> Iterator[Row]:
    """Rows of one table of one partition, a batch in memory at a time; an absent file is no rows."""
    path = staged(settings, run_date, source, table)
    if not path.exists():
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from (record(**row) for row in batch.to_pylist())


def count_rows(settings: Settings, run_date: date, source: str, table: str) -> int:
    """Rows of one table of one partition; an absent file is none."""
    path = staged(settings, run_date, source, table)
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0


class TableWriter:
    """Replaces one table of one partition, a batch of rows at a time; the old file stays until all is written.

    Use as a context manager: on an error nothing is replaced. A table without rows has no file: most tables of most
    partitions are empty, and a thousand empty files cost seconds.
    """

    def __init__(self, settings: Settings, run_date: date, source: str, table: str) -> None:
        self.path = staged(settings, run_date, source, table)
        self.count = 0
        self._record = TABLES[table]
        self._rows: list[Partitioned] = []
        self._fresh = _fresh_name(self.path)
        self._file: pq.ParquetWriter | None = None

    def __enter__(self) -> TableWriter:
        return self

    def write(self, rows: Iterable[Partitioned]) -> None:
        """Add rows."""
        for row in rows:
            self.add(row)

    def add(self, row: Partitioned) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) == BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        content = arrow.table(self._record, self._rows)
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = pq.ParquetWriter(self._fresh, content.schema, compression="zstd")
        self._file.write_table(content)
        self.count += len(self._rows)
        self._rows = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        if self._file is not None:
            self._file.close()
        if kind is not None:
            self._fresh.unlink(missing_ok=True)
        elif self._file is not None:
            self._fresh.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)


def drop_spools(settings: Settings, source: str = "*") -> None:
    """Remove what walks left for parsing, of one source or of all: captures are read instead."""
    for path in settings.captures.glob(f"run_date=*/source={source}/*{SPOOL}"):
        path.unlink(missing_ok=True)


def write_parquet(path: Path, content: pa.Table) -> None:
    """Write a file whole or not at all (temporary name, then rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _fresh_name(path)
    pq.write_table(content, fresh, compression="zstd")
    fresh.replace(path)


def _fresh_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}")
