"""One program from its start to its end: how long, how much processor time, how much memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.report import ROOT


@dataclass(frozen=True, slots=True)
class Run:
    """One program from start to end."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    """Mebibytes; at least what the process that started it held then, which Linux counts in."""


def timed(command: Sequence[str], text: str = "") -> tuple[Run, str]:
    """Run a command that reads `text`; what it used, and what it wrote. Raises CalledProcessError when it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stdin, tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        stdin.write(text)
        stdin.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=stdin, stdout=out, cwd=ROOT)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        out.seek(0)
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), out.read()
