"""Processes and ports of this machine, for the supervisor. Linux: reads /proc.

A component leads its own session: whatever it forks, and whatever process group that joins, stays in the session, so
all of it can be found and stopped even when both the component and its supervisor are gone.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path


def start_ticks(pid: int) -> int | None:
    """When a process started, in ticks since boot: tells it from a later one with the same pid. None when gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(rest[18])


def is_same(pid: int, ticks: int) -> bool:
    """Whether the process that started then is still there."""
    return start_ticks(pid) == ticks


def session_members(leader: int, ticks: int) -> list[int]:
    """Living processes of the session that a leader opened. None of a later session that got the leader's pid."""
    now = start_ticks(leader)
    if now is not None and now != ticks:
        return []
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [pid for pid in pids if _session(pid) == leader and start_ticks(pid) is not None]


def kill_session(leader: int, ticks: int, patience: float = 5) -> int:
    """Kill all of a session and wait until it is gone. Returns how many processes were left to kill."""
    found = session_members(leader, ticks)
    deadline = time.monotonic() + patience
    left = found
    while left and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        left = session_members(leader, ticks)
    return len(found)


def boot_id() -> str:
    """Changes when the machine restarts: pids from before mean nothing."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tail(path: Path, lines: int = 15) -> str:
    """The end of a text file."""
    if not path.exists():
        return "(no such file)"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None
