"""Names that a server has for the posts it passes on: only with these can it be asked for them again.

Statuses and comments of federated networks are known here by their `uri`, the same on every server; each server numbers
them its own way. Parsing writes these numbers beside a partition's captures, a line a post, so that an erasure finds
them; they are none of a post's words, and are good for the server that gave them only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from extractors.checkpoints import write_text
from ouidire import lake
from ouidire.settings import Settings


def write(settings: Settings, day: date, source_id: str, host: str, names: Mapping[str, str]) -> None:
    """Replace the names of a partition's posts, by post_id. `host` is the server's host[:port]."""
    path = _path(settings, day, source_id)
    if names:
        told = json.dumps(host)  # once, and not as often as there are posts
        write_text(path, (
            f'{{"post_id": "{post}", "host": {told}, "alias": {json.dumps(name)}}}\n' for post, name in names.items()
        ))  # fmt: skip
    else:
        path.unlink(missing_ok=True)


def read(settings: Settings, day: date, source_id: str, host: str) -> dict[str, str]:
    """The names of a partition's posts, by post_id; {} where there are none, or another server's."""
    path = _path(settings, day, source_id)
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {row["post_id"]: row["alias"] for row in rows if row["host"] == host}


def _path(settings: Settings, day: date, source_id: str) -> Path:
    return lake.partition_dir(settings.captures, day, source_id) / "aliases.jsonl"
