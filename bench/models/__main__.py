"""How long the models take: a full rebuild, one more day on lakes of several lengths, publishing, and asking.

    python -m bench.models --posts 1000000 --days 90 --out docs/benchmarks-models.md

Writes a generated lake under --scratch (about 6 GB for a million posts), measures, and takes it away again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.models.generate import generate
from bench.models.phases import Measured, alone, asked, built, committed, published
from bench.report import commit
from warehouse.models import SQL

SHOWN = 12
"""Models in the table of the slowest."""


def main() -> int:
    """Generate, measure, print, write."""
    parser = argparse.ArgumentParser(description="Benchmark of the models.")
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--sql", type=Path, default=SQL, help="folder of models to measure")
    parser.add_argument("--scratch", type=Path, help="where to work; default: a temporary folder, removed at the end")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    scratch = arguments.scratch or Path(tempfile.mkdtemp(prefix="bench-models-"))
    try:
        lines = _measure(arguments, scratch)
    finally:
        if arguments.scratch is None:
            shutil.rmtree(scratch)
    print(*lines, sep="\n")
    if arguments.out:
        arguments.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return 0


def _measure(arguments: argparse.Namespace, scratch: Path) -> list[str]:
    per_day, days, sql = arguments.posts // arguments.days, arguments.days, arguments.sql
    staging = scratch / "staging"
    generate(staging, per_day, days + 1)
    lengths = sorted({length for length in (10, 30) if length < days})
    short = {length: _one_more_day(scratch, staging, length, sql) for length in lengths}
    home = _home(scratch, staging, days)
    alone(committed, home, 0, days - 1)
    full = alone(built, home, sql, True)
    commit_day, day = alone(committed, home, days, days), alone(built, home, sql, False)
    again, file, answers = alone(built, home, sql, True), alone(published, home, sql), alone(asked, home, sql)
    return [
        "# Benchmarks of the models",
        "",
        f"`python -m bench.models --posts {arguments.posts} --days {days}`, {datetime.now(UTC):%Y-%m-%d}, commit "
        f"`{commit()}`, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} at the end.",
        f"{per_day * days:,} generated posts over {days} days; every day is committed with a tenth of the posts of "
        "1, 3, 7 and 30 days before, seen again.",
        "",
        "| what | seconds | peak GB |",
        "| --- | --- | --- |",
        _row(f"full rebuild, {days} days", full),
        *(_row(f"one more day after {length} days", measured) for length, measured in short.items()),
        _row(f"one more day after {days} days", day),
        _row("its commit", commit_day),
        _row("the same day by the same SQL from scratch", again),
        _row(f"publish ({file['gigabytes']:.2f} GB)", file),
        "",
        f"From scratch each day costs {again['seconds'] / day['seconds']:.1f} times the incremental build.",
        *_slowest("full rebuild", full),
        *_slowest("one more day", day),
        *_queries(answers),
    ]


def _one_more_day(scratch: Path, staging: Path, length: int, sql: Path) -> Measured:
    home = _home(scratch, staging, length)
    alone(committed, home, 0, length - 1)
    alone(built, home, sql, True)
    alone(committed, home, length, length)
    measured = alone(built, home, sql, False)
    shutil.rmtree(home)
    return measured


def _home(scratch: Path, staging: Path, length: int) -> Path:
    home = scratch / f"lake{length}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / "staging").symlink_to(staging.resolve())
    return home


def _row(what: str, measured: Measured) -> str:
    return f"| {what} | {measured['seconds']:.1f} | {measured['peak_gb']:.2f} |"


def _slowest(what: str, measured: Measured) -> list[str]:
    rows = [f"| {name} | {seconds:.2f} | {rows:,} |" for name, seconds, rows in measured["models"][:SHOWN]]
    return ["", f"## Slowest of the {what}", "", "| model | seconds | rows written |", "| --- | --- | --- |", *rows]


def _queries(answers: Measured) -> list[str]:
    found = sorted(answers["queries"].items(), key=lambda query: -query[1])
    rows = [f"| {name} | {milliseconds:.0f} |" for name, milliseconds in found]
    return ["", "## Named queries on the published file, warm", "", "| query | ms |", "| --- | --- |", *rows]


if __name__ == "__main__":
    raise SystemExit(main())
