"""Who and what was erased: read at parse time, so that no replay brings it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Suppressions:
    """Ids that never become rows again."""

    authors: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()

    @classmethod
    def load(cls, home: Path) -> Suppressions:
        """Read `suppressions.jsonl`. Raises ValueError on a damaged line: better no rows than erased ones."""
        path = home / "suppressions.jsonl"
        found: dict[str, set[str]] = {"author_id": set(), "post_id": set()}
        if path.exists():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if line.strip():
                    for name, value in _entry(path, number, line).items():
                        if name in found:
                            found[name].add(value)
        return cls(frozenset(found["author_id"]), frozenset(found["post_id"]))

    def hides(self, post_id: str, author_id: str | None) -> bool:
        """Whether the post, or anything by its author, was erased."""
        return post_id in self.posts or author_id in self.authors


def _entry(path: Path, number: int, line: str) -> dict[str, str]:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not {"author_id", "post_id"} & entry.keys():
        raise ValueError(
            f'{path}:{number}: not {{"author_id": ...}} or {{"post_id": ...}}: {line[:80]!r}; mend the line'
        )
    return {str(name): str(value) for name, value in entry.items()}
