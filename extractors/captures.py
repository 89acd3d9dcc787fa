"""Raw captures: every answer as it came, landed before anything depends on it, in files that no later write touches."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.checkpoints import OBSERVED, read_checkpoint
from extractors.source import Query, Request, Response
from ouidire import lake
from ouidire.settings import Settings

USABLE: Final = frozenset({200, 203, 304})
"""Statuses of captures that hold something to parse."""

_SCHEMA: Final = pa.schema(
    [
        pa.field("run_date", pa.date32(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("query", pa.string(), nullable=False),
        pa.field("generation", pa.int32(), nullable=False),
        pa.field("sequence", pa.int32(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("request", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("status", pa.int32(), nullable=False),
        pa.field("headers", pa.string(), nullable=False),
        pa.field("body", pa.large_binary(), nullable=False),
        pa.field("wire_bytes", pa.int64(), nullable=False),
        pa.field("fetched_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)
_LIGHT: Final = [name for name in _SCHEMA.names if name not in ("request", "headers", "body")]
_REQUEST: Final = tuple(field.name for field in dataclasses.fields(Request))


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one query of one source is to be asked about one day; plain JSON but for the day."""

    source_id: str
    query: str
    day: date


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One landed answer. A 304 carries the body that it stands for."""

    query: str
    generation: int
    sequence: int
    key: str
    request: Request
    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    wire_bytes: int
    fetched_at: datetime
    stem: str = ""
    """How the name of the file begins that it was read from."""
    is_observed: bool = False
    """About posts of earlier nights."""

    def response(self, query: Query) -> Response:
        """The answer as a source's `parse` takes it."""
        status = 200 if self.status == 304 else self.status
        return Response(
            url=self.url, status=status, headers=self.headers, body=self.body, fetched_at=self.fetched_at, query=query
        )


def newest(
    settings: Settings, day: date, source_id: str, is_read: Callable[[str, int], bool] = lambda stem, number: False
) -> Iterator[Capture]:
    """The newest usable capture of each request of a partition, newest first, one file in memory at a time.

    Where `is_read` knows all captures of a file by stem and number, they come without what they hold: an empty body, no
    headers, a request that only has the address.
    """
    folder = lake.partition_dir(settings.captures, day, source_id)
    seen: set[tuple[bool, str, str]] = set()
    known = {path.stem: found for path in folder.glob("*.json") if (found := read_checkpoint(path)) is not None}
    for path in sorted(folder.glob("*-*-*.parquet"), key=lambda p: p.stem.split("-")[1:], reverse=True):
        name, generation, _ = path.stem.split("-")
        if name in known and not known[name].valid_from <= int(generation) <= known[name].generation:
            continue
        stem, is_observed = path.stem.rpartition("-")[0], name == OBSERVED
        for row in reversed(_rows(path, partial(is_read, stem))):
            place = (is_observed, row["query"], row["key"])
            if row["status"] in USABLE and place not in seen:
                seen.add(place)
                yield capture_of(row, stem=stem, is_observed=is_observed)


def _rows(path: Path, is_read: Callable[[int], bool]) -> list[dict[str, Any]]:
    """Rows of a captures file; without the heavy columns when all were read already."""
    if not is_read(int(path.stem.rpartition("-")[2])):  # the last one of the file: cheap to ask before it is opened
        return read_rows(path)
    light = read_rows(path, _LIGHT)
    return light if all(is_read(row["sequence"]) for row in light if row["status"] in USABLE) else read_rows(path)


def write_captures(path: Path, job: Job, captures: Iterable[Capture]) -> None:
    """Land captures of a job in one file, whole or not at all."""
    lake.write_parquet(path, pa.Table.from_pylist([_row(job, capture) for capture in captures], schema=_SCHEMA))


def _row(job: Job, capture: Capture) -> dict[str, Any]:
    request = {name: getattr(capture.request, name) for name in _REQUEST}
    return {
        **vars(capture),
        "run_date": job.day,
        "source": job.source_id,
        "request": json.dumps({**request, "context": dict(capture.request.context)}),
        "headers": json.dumps(capture.headers),
    }


def read_rows(path: Path, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Rows of one captures file."""
    with pq.ParquetFile(path) as file:
        return list(file.read(columns).to_pylist())


def capture_of(row: dict[str, Any], *, stem: str = "", is_observed: bool = False) -> Capture:
    """The capture that a row of a captures file holds."""
    request = json.loads(row["request"]) if "request" in row else {"url": row["url"], "ends_on": ()}
    return Capture(
        query=row["query"], generation=row["generation"], sequence=row["sequence"], key=row["key"],
        request=Request(**{**request, "ends_on": tuple(request["ends_on"])}), url=row["url"], status=row["status"],
        headers=json.loads(row.get("headers", "{}")), body=row.get("body", b""), wire_bytes=row["wire_bytes"],
        fetched_at=row["fetched_at"].astimezone(UTC), stem=stem, is_observed=is_observed,
    )  # fmt: skip
