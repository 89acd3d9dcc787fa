"""kill -9 at random moments, for real: the resumed run has the rows of a run that was left alone."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from extractors.parse import parse_partition
from ouidire import lake, sampleweb
from ouidire.brands import load_brands
from ouidire.records import Outcome, Post
from ouidire.settings import load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DAYS = [date(2026, 10, 10) + timedelta(days=n) for n in range(8)]
NIGHTS = """
import sys
from datetime import date, timedelta
from pathlib import Path
from extractors.collect import collect, plan
from ouidire.brands import load_brands
from ouidire.settings import load
settings, brands = load({"OUIDIRE_HOME": sys.argv[1]}), load_brands(Path(sys.argv[2]))
print("ready", flush=True)
for n in range(8):
    collect(settings, brands, plan(brands, date(2026, 10, 10) + timedelta(days=n)))
"""


def start(home, catalogue):
    command = [sys.executable, "-c", NIGHTS, str(home), str(catalogue)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def rows(home, catalogue):
    settings, brands = load({"OUIDIRE_HOME": str(home)}), load_brands(catalogue)
    posts, states = [], []
    for day in DAYS:
        for source in brands.sources:
            parse_partition(settings, brands, day, source.id)
            posts += [
                (p.run_date, p.post_id, p.parent_id, p.thread_id, p.text, p.created_at)
                for p in lake.read_rows(settings, day, source.id, Post, "posts")
            ]
            states += [
                (o.run_date, o.source, o.query, o.state)
                for o in lake.read_rows(settings, day, source.id, Outcome, "outcomes")
            ]
    return sorted(posts, key=str), sorted(states)


def test_ten_kills_change_nothing(tmp_path):
    dice = random.Random(7)
    with sampleweb.running(ROOT / "sample", port=0) as base:
        catalogue = tmp_path / "brands.yml"
        text = (ROOT / "sample" / "brands.yml").read_text(encoding="utf-8")
        catalogue.write_text(text.replace("127.0.0.1:8765", base.removeprefix("http://")), encoding="utf-8")
        killed = 0
        while killed < 10:
            with start(tmp_path / "killed", catalogue) as process:
                time.sleep(dice.uniform(0.02, 0.35))
                process.send_signal(signal.SIGKILL)
                killed += 1
        for home in ("killed", "whole"):
            with start(tmp_path / home, catalogue) as process:
                assert process.wait(120) == 0
    killed_posts, killed_states = rows(tmp_path / "killed", catalogue)
    whole_posts, whole_states = rows(tmp_path / "whole", catalogue)
    assert len(whole_posts) > 100
    assert killed_posts == whole_posts
    assert killed_states == whole_states
