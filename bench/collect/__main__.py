"""Collection against a plain loop: posts per second and peak memory, each in its own process, against the same server.

    python -m bench.collect [--posts 50000] [--fewer 10000] [--runs 3] [--out bench/README.md]

The two take turns, so that a busy machine is busy for both. Time is that of the whole process: imports, requests,
parsing, files. Processor time is told beside it: it does not count what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
BEGIN: Final = "<!-- bench.collect: from here on written by the command -->"
END: Final = "<!-- bench.collect: up to here -->"
SIDES: Final = {"ours": "bench.collect.ours", "plain": "bench.collect.plain"}


@dataclass(frozen=True)
class Run:
    """One process, from its start to its end."""

    posts: int
    seconds: float
    processor_seconds: float
    peak_mib: float


def main() -> int:
    """Run, print and write. Returns 1 when a side lost posts."""
    parser = argparse.ArgumentParser(description="Collection against a plain loop of requests.")
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--fewer", type=int, default=10_000, help="posts of the second size, to see memory grow")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    told = parser.parse_args()
    found = {posts: measure(posts, told.runs) for posts in (told.fewer, told.posts)}
    lines = table(found)
    print(*lines, sep="\n")
    if told.out:
        command = f"python -m bench.collect --posts {told.posts} --fewer {told.fewer} --runs {told.runs}"
        write(told.out, [*lines, "", _where(command)])
    return int(any(run.posts != posts for posts, sides in found.items() for runs in sides.values() for run in runs))


def measure(posts: int, runs: int) -> dict[str, list[Run]]:
    """Runs of both sides, in turns, against one server."""
    found: dict[str, list[Run]] = {side: [] for side in SIDES}
    with serving(posts) as base:
        for _ in range(runs):
            for side, module in SIDES.items():
                with tempfile.TemporaryDirectory() as folder:
                    found[side].append(timed([sys.executable, "-m", module, base, folder]))
                print(f"{posts:,} posts, {side}: {found[side][-1]}", file=sys.stderr, flush=True)
    return found


@contextmanager
def serving(posts: int) -> Iterator[str]:
    """The server in a process of its own. Gives its address."""
    command = [sys.executable, "-m", "bench.collect.server", "--posts", str(posts)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.terminate()


def timed(command: list[str]) -> Run:
    """Run a command to its end. Raises CalledProcessError when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    words = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(json.loads(words)["posts"], seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def table(found: dict[int, dict[str, list[Run]]]) -> list[str]:
    """Medians, and ours over the plain loop's."""
    rows = ["| posts | | posts/s | seconds | processor seconds | peak MiB |", "|---|---|---|---|---|---|"]
    for posts, sides in found.items():
        middle = {side: [median(getattr(run, name) for run in runs) for name in Run.__annotations__ if name != "posts"]
                  for side, runs in sides.items()}  # fmt: skip
        for side, (seconds, processor, peak) in middle.items():
            rows.append(
                f"| {posts:,} | {side} | {posts / seconds:,.0f} | {seconds:.1f} | {processor:.1f} | {peak:.0f} |"
            )
        ratios = [ours / plain for ours, plain in zip(middle["ours"], middle["plain"], strict=True)]
        rows.append(f"| {posts:,} | ratio | | {ratios[0]:.2f} | {ratios[1]:.2f} | {ratios[2]:.2f} |")
    fewer, more = (median(run.peak_mib for run in sides["ours"]) for sides in found.values())
    grown = f"Memory of ours from {min(found):,} to {max(found):,} posts: {more - fewer:+.0f} MiB"
    return [*rows, "", f"{grown} ({(more - fewer) * 1024 / (max(found) - min(found)):.2f} KiB a post)."]


def _where(command: str) -> str:
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    load = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    return f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip()}, {load}. Medians."


def write(path: Path, lines: list[str]) -> None:
    """Put the lines between the marks of the file, or at its end; what else stands there stays."""
    before, _, rest = (path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n").partition(BEGIN)
    after = rest.partition(END)[2].strip("\n")
    words = "\n".join([BEGIN, *lines, END])
    path.write_text(f"{before.rstrip()}\n\n{words}\n" + (f"\n{after}\n" if after else ""), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
