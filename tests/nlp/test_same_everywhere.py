"""A reading depends on its post alone: not on batch, order, neighbours or process. Real posts, when they are here."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from nlp.pipeline import Reader
from nlp.understand import run_stream, understand_post
from ouidire.brands import load_brands

ROOT = Path(__file__).resolve().parents[2]
BRANDS = ROOT / "sample" / "brands.yml"
POSTS = 1_000
"""Of each corpus."""


def read(lines: Iterable[str]) -> list[str]:
    out, err = io.StringIO(), io.StringIO()
    assert run_stream(lines, out, err, load_brands(BRANDS)) == 0, err.getvalue()
    return out.getvalue().splitlines()


def in_a_process(lines: list[str], seed: int) -> list[str]:
    """By the command, in a process that orders its sets in a way of its own."""
    command = [sys.executable, "-c", "from ouidire.cli import main; main()", "understand", "--brands", str(BRANDS)]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, cwd=ROOT, check=True,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
    )  # fmt: skip
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[str]:
    """2,000 posts, French and English in turn, so that each has neighbours of another language."""
    found: list[list[str]] = []
    for corpus in ("reviews_fr_dev", "changelog_podcasts_en"):
        with gzip.open(shared / "corpora" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as rows:
            posts = map(json.loads, itertools.islice(rows, POSTS))
            found.append([json.dumps({key: post[key] for key in ("id", "text", "lang")}) for post in posts])
    return [line for pair in zip(*found, strict=True) for line in pair]


@pytest.fixture(scope="module")
def together(lines: list[str]) -> list[str]:
    return read(lines)


def test_one_by_one(lines: list[str], together: list[str]):
    brands = load_brands(BRANDS)
    alone = [json.dumps(understand_post(json.loads(line), Reader(brands)), ensure_ascii=False) for line in lines]
    assert alone == together


def test_in_batches(lines: list[str], together: list[str]):
    batches = (lines[start : start + 256] for start in range(0, len(lines), 256))
    assert [found for batch in batches for found in read(batch)] == together


def test_reversed(lines: list[str], together: list[str]):
    assert read(lines[::-1])[::-1] == together


def test_in_other_processes(lines: list[str], together: list[str]):
    half = len(lines) // 2
    assert in_a_process(lines[:half], 1) + in_a_process(lines[half:], 2) == together
