"""What the reports of all benchmarks share: the commit that was measured, and their place in a document."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


def commit() -> str:
    """The commit measured; "+" when the tree held changes. "unknown" outside a checkout."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603
    return done.stdout.strip() or "unknown"


def write(path: Path, name: str, lines: Iterable[str], *, title: str = "Benchmarks") -> None:
    """Put lines between the marks of a measure in a file, or at its end; what else stands there stays.

    `title` is that of a file which is not there yet.
    """
    begin, end = f"<!-- {name}: from here on written by the command -->", f"<!-- {name}: up to here -->"
    before, _, rest = (path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n").partition(begin)
    after = rest.partition(end)[2].strip("\n")
    block = "\n".join([begin, *lines, end])
    path.write_text(f"{before.rstrip()}\n\n{block}\n" + (f"\n{after}\n" if after else ""), encoding="utf-8")
