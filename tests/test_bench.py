"""What benchmarks share: their place in a document, and the timing of a process."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from bench.report import write
from bench.timing import timed

BEGIN, END = "<!-- bench.x: from here on written by the command -->", "<!-- bench.x: up to here -->"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"# Title\n\n{BEGIN}\none\ntwo\n{END}\n"),
        ("# Mine\n\nWords.\n", f"# Mine\n\nWords.\n\n{BEGIN}\none\ntwo\n{END}\n"),
        (f"# Mine\n\n{BEGIN}\nold\n{END}\n", f"# Mine\n\n{BEGIN}\none\ntwo\n{END}\n"),
        (
            f"# Mine\n\n{BEGIN}\nold\n{END}\n\n## Below\n\nWords.\n",
            f"# Mine\n\n{BEGIN}\none\ntwo\n{END}\n\n## Below\n\nWords.\n",
        ),
        (
            f"# Mine\n\n{BEGIN.replace('x', 'y')}\nold\n{END.replace('x', 'y')}\n",
            f"# Mine\n\n{BEGIN.replace('x', 'y')}\nold\n{END.replace('x', 'y')}\n\n{BEGIN}\none\ntwo\n{END}\n",
        ),
    ],
    ids=["no file", "no marks", "again", "words below", "another measure"],
)
def test_only_what_stands_between_the_marks_is_replaced(tmp_path, before, after):
    path = tmp_path / "report.md"
    if before is not None:
        path.write_text(before, encoding="utf-8")
    for _ in range(2):  # the second time changes nothing
        write(path, "bench.x", ["one", "two"], title="Title")
        assert path.read_text(encoding="utf-8") == after


def test_a_process_is_timed_from_start_to_end():
    program = "import sys, time; time.sleep(0.2); b = bytearray(64 << 20); print(sys.stdin.read().upper(), end='')"
    run, words = timed([sys.executable, "-c", program], "déçue\n")
    assert words == "DÉÇUE\n"
    assert run.seconds >= 0.2
    assert 0 < run.cpu_seconds < 30
    assert 64 < run.peak_mb < 1_000 + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_process_that_fails_is_no_measure():
    with pytest.raises(subprocess.CalledProcessError):
        timed([sys.executable, "-c", "raise SystemExit(3)"])
