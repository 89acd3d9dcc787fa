"""Raw captures: every answer as it came, landed before anything depends on it.

The captures are the checkpoint. A job that was killed is resumed by walking its requests from the seed again: an answer
that landed is read from disk, any other is asked from the network. So there is no moment between landing and checkpoint
at which something can be lost or doubled. The checkpoint file adds what captures cannot tell: whether the walk came to
its end, and which generation (the first fetch, then one for each refetch) it belongs to.
"""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.source import Query, Request, Response
from ouidire import lake
from ouidire.settings import Settings

USABLE: Final = frozenset({200, 203, 304})
"""Statuses of captures that hold something to parse."""

OBSERVED: Final = "observed"
"""Name of the journal that holds answers about posts of earlier nights (extractors/observe.py)."""

EXPIRED: Final = "expired"
"""Name of the file that says of a partition that its captures were removed for their age (warehouse/maintain.py)."""

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
    is_observed: bool = False
    """About posts of earlier nights."""

    def response(self, query: Query) -> Response:
        """The answer as a source's `parse` takes it."""
        status = 200 if self.status == 304 else self.status
        return Response(
            url=self.url, status=status, headers=self.headers, body=self.body, fetched_at=self.fetched_at, query=query
        )


@dataclass(kw_only=True)
class Checkpoint:
    """How far a job came."""

    query: str = ""
    generation: int = 1
    valid_from: int = 1
    """Captures of older generations are no longer read (an imported file replaced by a newer one)."""
    is_walked: bool = False
    """Nothing is left to ask in this generation."""
    is_done: bool = False
    """Walked, and the day was over when it was asked: a rerun replays."""
    outcome: dict[str, Any] = field(default_factory=dict)
    content: str = ""
    """Hash of an imported file."""


class Journal:
    """The captures of one job: what landed, and what is about to. Not for two writers at once: see `alone`."""

    def __init__(
        self,
        settings: Settings,
        job: Job,
        on_landed: Callable[[Capture, str], None] | None = None,
        name: str | None = None,
    ) -> None:
        self.job = job
        self._on_landed = on_landed
        self.folder = lake.partition_dir(settings.captures, job.day, job.source_id)
        self.name = name or _name(job)
        self.checkpoint = self._read_checkpoint()
        self._landed: dict[str, tuple[Path, int]] = {}
        self._fresh: dict[str, Capture] = {}
        self._size = 0
        self._flushed_at = time.monotonic()
        self._open: tuple[Path, list[dict[str, Any]]] | None = None
        self._index()

    @property
    def checkpoint_path(self) -> Path:
        """The job's checkpoint file."""
        return self.folder / f"{self.name}.json"

    @property
    def is_full(self) -> bool:
        """Whether enough has gathered to be worth a file, or has waited long enough."""
        return len(self._fresh) >= 32 or self._size > 4_000_000 or time.monotonic() - self._flushed_at > 10

    @property
    def is_begun(self) -> bool:
        """Whether the job was ever started; its checkpoint may have been deleted since."""
        return self.checkpoint_path.exists() or self._sequences > 0

    def begin(self, *, is_replacing: bool = False) -> None:
        """Open the next generation: what landed before is kept, and asked again."""
        if self.is_begun:
            self.checkpoint.generation += 1
        if is_replacing:
            self.checkpoint.valid_from = self.checkpoint.generation
        self.save()
        self._index()

    def get(self, request: Request) -> Capture | None:
        """The newest capture of a request in this generation, if it landed or is about to."""
        if request.key in self._fresh:
            return self._fresh[request.key]
        if request.key not in self._landed:
            return None
        path, row = self._landed[request.key]
        return capture_of(self._rows(path)[row])

    def add(  # noqa: PLR0917 the fields of a capture
        self,
        request: Request,
        url: str,
        status: int,
        headers: dict[str, str],
        body: bytes,
        wire_bytes: int,
        at: datetime,
    ) -> Capture:
        """Take an answer in; it lands with the next flush, which this starts when enough has gathered."""
        self._sequences += 1
        capture = Capture(
            query=self.job.query, generation=self.checkpoint.generation, sequence=self._sequences, key=request.key,
            request=request, url=url, status=status, headers=headers, body=body, wire_bytes=wire_bytes, fetched_at=at,
        )  # fmt: skip
        self._fresh[request.key] = capture
        self._size += len(body)
        if self.is_full:
            self.flush()
        return capture

    def flush(self) -> None:
        """Land what has gathered, in a file that no later write touches."""
        if self._fresh:
            rows = [_row(self.job, capture) for capture in self._fresh.values()]
            last = rows[-1]["sequence"]
            path = self.folder / f"{self.name}-{self.checkpoint.generation:04d}-{last:06d}.parquet"
            lake.write_parquet(path, pa.Table.from_pylist(rows, schema=_SCHEMA))
            for row, capture in enumerate(self._fresh.values()):
                self._landed[capture.key] = (path, row)
                if self._on_landed:
                    self._on_landed(capture, f"{path}#{row}")
        self._fresh, self._size, self._flushed_at = {}, 0, time.monotonic()

    def save(self, *, is_walked: bool = False, is_done: bool = False, outcome: dict[str, Any] | None = None) -> None:
        """Land, then write the checkpoint."""
        self.flush()
        self.checkpoint.is_walked, self.checkpoint.is_done = is_walked, is_done
        self.checkpoint.outcome = outcome or {}
        write_text(self.checkpoint_path, json.dumps(dataclasses.asdict(self.checkpoint)))

    def _index(self) -> None:
        """Find what landed in this generation. Later rows of a key win."""
        self._landed, self._fresh, self._open = {}, {}, None
        self._sequences = 0
        for path in sorted(self.folder.glob(f"{self.name}-{self.checkpoint.generation:04d}-*.parquet")):
            with pq.ParquetFile(path) as file:
                rows = file.read(columns=["key", "sequence"]).to_pylist()
            for number, row in enumerate(rows):
                self._sequences = max(self._sequences, row["sequence"])
                self._landed[row["key"]] = (path, number)

    def _rows(self, path: Path) -> list[dict[str, Any]]:
        if self._open is None or self._open[0] != path:
            self._open = (path, read_rows(path))
        return self._open[1]

    def _read_checkpoint(self) -> Checkpoint:
        landed = [int(path.stem.split("-")[1]) for path in self.folder.glob(f"{self.name}-*.parquet")]
        found = read_checkpoint(self.checkpoint_path)
        return found or Checkpoint(query=self.job.query, generation=max(landed, default=1))


@contextmanager
def alone(settings: Settings, job: Job, name: str | None = None) -> Iterator[None]:
    """Be the only one who writes the job's journal: another process waits until this one is done with it, or dead.

    When a worker dies, the task that it watched may go on, beside its own next try.
    """
    folder = lake.partition_dir(settings.captures, job.day, job.source_id)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name or _name(job)}.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_checkpoint(path: Path) -> Checkpoint | None:
    """A checkpoint, None where there is none. Raises ValueError when the file is damaged."""
    try:
        return Checkpoint(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); delete it: the job is then resumed from its captures") from None


def newest(settings: Settings, day: date, source_id: str) -> Iterator[Capture]:
    """The newest usable capture of each request of a partition, newest first, one file in memory at a time."""
    folder = lake.partition_dir(settings.captures, day, source_id)
    seen: set[tuple[bool, str, str]] = set()
    oldest_valid = {
        path.stem: found.valid_from for path in folder.glob("*.json") if (found := read_checkpoint(path)) is not None
    }
    for path in sorted(folder.glob("*-*-*.parquet"), key=lambda p: p.stem.split("-")[1:], reverse=True):
        name, generation, _ = path.stem.split("-")
        if int(generation) < oldest_valid.get(name, 1):
            continue
        for row in reversed(read_rows(path)):
            capture = capture_of(row, is_observed=name == OBSERVED)
            place = (capture.is_observed, capture.query, capture.key)
            if capture.status in USABLE and place not in seen:
                seen.add(place)
                yield capture


def is_expired(settings: Settings, day: date, source_id: str) -> bool:
    """Whether the partition's captures were removed for their age, and not all of its jobs were asked anew since."""
    folder = lake.partition_dir(settings.captures, day, source_id)
    if not (folder / EXPIRED).exists():
        return False
    jobs = [(path.stem, read_checkpoint(path)) for path in folder.glob("*.json") if path.stem != OBSERVED]
    return not all(
        found and found.is_walked and any(folder.glob(f"{name}-{found.generation:04d}-*.parquet"))
        for name, found in jobs
    )


def checkpoints(settings: Settings, day: date, source_id: str) -> list[Checkpoint]:
    """Checkpoints of a partition's jobs; that of its observation is none of them."""
    folder = lake.partition_dir(settings.captures, day, source_id)
    paths = [path for path in sorted(folder.glob("*.json")) if path.stem != OBSERVED]
    return [found for path in paths if (found := read_checkpoint(path)) is not None]


def write_text(path: Path, words: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{time.monotonic_ns():x}")
    fresh.write_text(words, encoding="utf-8")
    fresh.replace(path)


def _name(job: Job) -> str:
    return hashlib.sha256(job.query.encode()).hexdigest()[:10]


def _row(job: Job, capture: Capture) -> dict[str, Any]:
    shared = {f.name: getattr(capture, f.name) for f in dataclasses.fields(capture)}
    request = {**dataclasses.asdict(capture.request), "context": dict(capture.request.context)}
    return {
        **shared,
        "run_date": job.day,
        "source": job.source_id,
        "request": json.dumps(request),
        "headers": json.dumps(capture.headers),
    }


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of one captures file."""
    with pq.ParquetFile(path) as file:
        return list(file.read().to_pylist())


def capture_of(row: dict[str, Any], *, is_observed: bool = False) -> Capture:
    """The capture that a row of a captures file holds."""
    request = json.loads(row["request"])
    names = {f.name for f in dataclasses.fields(Capture)}
    return Capture(
        **{
            **{name: value for name, value in row.items() if name in names},
            "request": Request(**{**request, "ends_on": tuple(request["ends_on"])}),
            "headers": json.loads(row["headers"]),
            "fetched_at": row["fetched_at"].astimezone(UTC),
            "is_observed": is_observed,
        }
    )
