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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.report import ROOT, commit, write
from bench.timing import Run, timed

SIDES: Final = {"ours": "bench.collect.ours", "plain": "bench.collect.plain"}


@dataclass(frozen=True)
class Collected:
    """One run of a side, and the posts that it wrote."""

    posts: int
    used: Run


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
        write(told.out, "bench.collect", [*lines, "", _where(command)])
    return int(any(run.posts != posts for posts, sides in found.items() for runs in sides.values() for run in runs))


def measure(posts: int, runs: int) -> dict[str, list[Collected]]:
    """Runs of both sides, in turns, against one server."""
    found: dict[str, list[Collected]] = {side: [] for side in SIDES}
    with serving(posts) as base:
        for _ in range(runs):
            for side, module in SIDES.items():
                with tempfile.TemporaryDirectory() as folder:
                    used, words = timed([sys.executable, "-m", module, base, folder])
                found[side].append(Collected(json.loads(words)["posts"], used))
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


def table(found: dict[int, dict[str, list[Collected]]]) -> list[str]:
    """Medians, and ours over the plain loop's."""
    rows = ["| posts | | posts/s | seconds | processor seconds | peak MiB |", "|---|---|---|---|---|---|"]
    for posts, sides in found.items():
        middle = {side: [median(getattr(run.used, name) for run in runs) for name in Run.__annotations__]
                  for side, runs in sides.items()}  # fmt: skip
        for side, (seconds, processor, peak) in middle.items():
            rows.append(
                f"| {posts:,} | {side} | {posts / seconds:,.0f} | {seconds:.1f} | {processor:.1f} | {peak:.0f} |"
            )
        ratios = [ours / plain for ours, plain in zip(middle["ours"], middle["plain"], strict=True)]
        rows.append(f"| {posts:,} | ratio | | {ratios[0]:.2f} | {ratios[1]:.2f} | {ratios[2]:.2f} |")
    fewer, more = (median(run.used.peak_mb for run in sides["ours"]) for sides in found.values())
    grown = f"Memory of ours from {min(found):,} to {max(found):,} posts: {more - fewer:+.0f} MiB"
    return [*rows, "", f"{grown} ({(more - fewer) * 1024 / (max(found) - min(found)):.2f} KiB a post)."]


def _where(command: str) -> str:
    load = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    return f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {load}. Medians."


if __name__ == "__main__":
    raise SystemExit(main())
