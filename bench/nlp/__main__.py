"""Every benchmark of understanding in one table, with the commit, the date and the command.

    python -m bench.nlp --data ../shared --out docs/benchmarks.md [TASK ...]

Without tasks all of them. The texts stay in DATA; only figures are written.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from bench.nlp.table import Row
from bench.report import commit, write

TASKS: Final = ("gold", "peers", "sentences", "recommends", "senses", "candidates", "aspects", "comparison")
"""Modules of this folder with `run(data) -> rows`, in the order of the table."""


def main() -> int:
    """Run, print and write. Returns 2 when the data is not there."""
    parser = argparse.ArgumentParser(description="Benchmarks of understanding.")
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if not (arguments.data / "bench").is_dir():
        print(f"{arguments.data}/bench: no such folder; give the benchmarks' folder with --data", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for task in arguments.tasks:
        started = time.monotonic()
        found = import_module(f"bench.nlp.{task}").run(arguments.data)
        print(f"{task}: {time.monotonic() - started:.0f} s", *found, sep="\n  ", flush=True)
        rows += found
    if arguments.out:
        write(arguments.out, "bench.nlp", _lines(rows))
    return 0


def _lines(rows: Iterable[Row]) -> list[str]:
    heads = ("task", "data", "baseline in the same run", "published", "goal", "aim", "ours")
    cells = [(row.task, row.data, row.baseline, row.published, row.goal, row.aim, row.ours) for row in rows]
    return [
        "## Understanding",
        "",
        f"Commit `{commit()}`, {datetime.now(UTC):%Y-%m-%d}, by `make bench-nlp`. Cross-validated on the parts that",
        "may be tuned on; every baseline is trained and asked in the same run, on the same folds.",
        "",
        *("| " + " | ".join(line) + " |" for line in (heads, ("---",) * len(heads), *cells)),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
