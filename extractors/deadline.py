"""One watch for a whole run: what is not finished in its time is cut, whatever it waits for."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadline:
    """Calls `cut` when what was begun is not over in time. One thing at a time; the thread starts with the first.

    A thread for each request would cost more than the request: this one sleeps on while deadlines only move away.
    """

    def __init__(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        self._changed = threading.Condition()
        self._ends_at: float | None = None
        self._wakes_at = math.inf
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[float]:
        """For as long as the block runs. Gives the moment (monotonic clock) at which it is cut."""
        ends_at = time.monotonic() + seconds
        with self._changed:
            self._ends_at = ends_at
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            if ends_at < self._wakes_at:
                self._changed.notify()
        try:
            yield ends_at
        finally:
            with self._changed:
                self._ends_at = None

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                if self._ends_at is not None and self._ends_at <= now:
                    self._ends_at = None
                    self._cut()
                self._wakes_at = math.inf if self._ends_at is None else self._ends_at
                self._changed.wait(None if self._ends_at is None else self._ends_at - now)
