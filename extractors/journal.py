"""The captures of one job on their way to disk: what landed, what is about to, and which comes next.

The captures are the checkpoint. A job that was killed is resumed by walking its requests from the seed again: an answer
that landed is read from disk, any other is asked from the network. So there is no moment between landing and checkpoint
at which something can be lost or doubled.
"""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from extractors.captures import Capture, Job, capture_of, read_rows, write_captures
from extractors.checkpoints import Checkpoint, read_checkpoint, write_text
from extractors.source import Request
from ouidire import lake
from ouidire.settings import Settings


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
    def stem(self) -> str:
        """How the names of this generation's files begin."""
        return f"{self.name}-{self.checkpoint.generation:04d}"

    @property
    def is_full(self) -> bool:
        """Whether enough has gathered to be worth a file, or has waited long enough."""
        return len(self._fresh) >= 32 or self._size > 4_000_000 or time.monotonic() - self._flushed_at > 10

    @property
    def is_begun(self) -> bool:
        """Whether the job was ever started; its checkpoint may have been deleted since."""
        return self.checkpoint_path.exists() or self._sequences > 0

    def begin(self) -> None:
        """Open the next generation: what landed before is kept, and asked again."""
        if self.is_begun:
            self.checkpoint.generation += 1
        self.save()
        self._index()

    def begin_apart(self) -> None:
        """Open a generation that is read only once it is saved; until then what counted before does, as interrupted.

        With `valid_from` at it, it takes the place of that one. What a try before it left is removed.
        """
        known = self.checkpoint
        if not self.checkpoint_path.exists():  # without one, the newest that landed is what counted
            known.valid_from = known.generation if self.is_begun else 0
        known.generation = known.valid_from
        self.save()
        self._remove_tries()
        known.generation += 1
        self._index()

    def abandon(self) -> None:
        """Remove the generation that was begun apart: what counted before it does."""
        self._remove_tries()
        self.checkpoint.generation = self.checkpoint.valid_from
        self._index()

    def _remove_tries(self) -> None:
        for path in self.folder.glob(f"{self.name}-*.parquet"):
            if int(path.stem.split("-")[1]) > self.checkpoint.valid_from:
                path.unlink()

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
            captures = list(self._fresh.values())
            path = self.folder / f"{self.stem}-{captures[-1].sequence:06d}.parquet"
            write_captures(path, self.job, captures)
            for row, capture in enumerate(captures):
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
        for path in sorted(self.folder.glob(f"{self.stem}-*.parquet")):
            for number, row in enumerate(read_rows(path, ("key", "sequence"))):
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


def _name(job: Job) -> str:
    return hashlib.sha256(job.query.encode()).hexdigest()[:10]
