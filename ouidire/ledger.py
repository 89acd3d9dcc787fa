"""The suppression ledger, `suppressions.jsonl`: what never becomes words again, one JSON object a line, only appended.

{"author_id": A}, {"post_id": P}                                    erased: never a row again
{"post_id": P, "kind": "deleted", "source": S, "deleted_at": T}     deleted at the source: a row without words
{"post_id": P, "kind": "struck"}                                    its words are out of captures and staging
    {"post_id": P, "kind": "removed"}                                   and out of the lake's tables
    {"post_id": P, "kind": "purged"}                                    and out of its old snapshots and files
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path

Entry = dict[str, str]


def read(home: Path) -> list[Entry]:
    """All entries. Raises ValueError on a damaged line: better no rows than erased ones."""
    path = home / "suppressions.jsonl"
    if not path.exists():
        return []
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [_entry(path, number, line) for number, line in lines if line.strip()]


def append(home: Path, entries: Iterable[Entry]) -> int:
    """Add what is not there yet, safely on disk when this returns; two processes may do it at once. Returns how many.

    A post that was deleted is so from the first time on that its source said so.
    """
    path = home / "suppressions.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {_name(entry) for entry in read(home)}
        fresh: dict[tuple[str, str, str], Entry] = {}
        for entry in entries:
            if _name(entry) not in known:
                fresh.setdefault(_name(entry), entry)
        file.writelines(json.dumps(entry) + "\n" for entry in fresh.values())
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def _name(entry: Entry) -> tuple[str, str, str]:
    return entry.get("author_id", ""), entry.get("post_id", ""), entry.get("kind", "")


def _entry(path: Path, number: int, line: str) -> Entry:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not {"author_id", "post_id"} & entry.keys():
        raise ValueError(
            f'{path}:{number}: not {{"author_id": ...}} or {{"post_id": ...}}: {line[:80]!r}; mend the line'
        )
    return {str(name): str(value) for name, value in entry.items()}
