"""The pace at which a host is asked, and one at a time, held across processes by small files a host."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pace:
    """`folder` holds, for each host, the moment from which it may be asked again, and the lock of who asks it now."""

    folder: Path
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def wait(self, host: str, delay: float) -> None:
        """Return when the host may be asked, and book the next `delay` seconds. Two processes never share a slot.

        Call it inside the `turn`: then the time is that of the request, and not that of queueing for it.
        """
        if delay <= 0:
            return
        with self._made(host, "").open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            free_at = float(file.read() or 0)
            now = self.now()
            turn_at = min(max(now, free_at), now + 3600)  # a clock that jumped must not stop us for ever
            file.truncate(0)
            file.write(repr(turn_at + delay))
        if turn_at > now:
            self.sleep(turn_at - now)

    @contextmanager
    def turn(self, host: str, delay: float) -> Iterator[None]:
        """Ask alone: while one process asks a host, another waits. A host without a pace (`delay` 0) is our own."""
        if delay <= 0:
            yield
            return
        with self._made(host, ".lock").open("a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask the host for that long: it said so."""
        until = max(self.now() + seconds, self._held_until(host))
        path = self._made(host, ".hold")
        fresh = path.with_name(f"{path.name}.{time.monotonic_ns():x}")
        fresh.write_text(repr(until), encoding="ascii")
        fresh.replace(path)

    def held(self, host: str) -> float:
        """Seconds for which the host is still not to be asked; at most a day, whatever the clock did."""
        return min(max(0.0, self._held_until(host) - self.now()), 86_400.0)

    def _held_until(self, host: str) -> float:
        try:
            return float(self._path(host, ".hold").read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0.0

    def _made(self, host: str, suffix: str) -> Path:
        """The path, in a folder that is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self._path(host, suffix)

    def _path(self, host: str, suffix: str) -> Path:
        return self.folder / (hashlib.sha256(host.encode()).hexdigest()[:16] + suffix)
