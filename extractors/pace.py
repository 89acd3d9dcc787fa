"""The pace at which a host is asked, held across processes by one small file a host."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pace:
    """`folder` holds, for each host, the moment from which it may be asked again."""

    folder: Path
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def wait(self, host: str, delay: float) -> None:
        """Return when the host may be asked, and book the next `delay` seconds. Two processes never share a slot."""
        if delay <= 0:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / hashlib.sha256(host.encode()).hexdigest()[:16]
        with path.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            free_at = float(file.read() or 0)
            now = self.now()
            turn_at = min(max(now, free_at), now + 3600)  # a clock that jumped must not stop us for ever
            file.truncate(0)
            file.write(repr(turn_at + delay))
        if turn_at > now:
            self.sleep(turn_at - now)
