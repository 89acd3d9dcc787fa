"""Who and what was erased or deleted: read at parse time, so that no replay brings the words back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from ouidire import ledger
from ouidire.settings import Settings


@dataclass(frozen=True)
class Suppressions:
    """Ids that never become rows again, and those that become rows without words."""

    authors: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    deleted: Mapping[str, datetime] = field(default_factory=dict)
    """post_id -> when the source first said that it is gone (UTC)."""

    @classmethod
    def load(cls, home: Path) -> Suppressions:
        """Read `suppressions.jsonl`. Raises ValueError on a damaged line: better no rows than erased ones."""
        entries = ledger.read(home)
        gone = [entry for entry in entries if entry.get("kind") == "deleted"]
        return cls(
            frozenset(entry["author_id"] for entry in entries if "author_id" in entry),
            frozenset(entry["post_id"] for entry in entries if "post_id" in entry and "kind" not in entry),
            {entry["post_id"]: datetime.fromisoformat(entry["deleted_at"]) for entry in reversed(gone)},
        )

    def hides(self, post_id: str, author_id: str | None) -> bool:
        """Whether the post, or anything by its author, was erased."""
        return post_id in self.posts or author_id in self.authors


def delete(home: Path, source_id: str, posts: Mapping[str, datetime]) -> int:
    """Write down that a source says of posts (post_id -> when) that they are gone. Returns how many are new."""
    return ledger.append(
        home,
        (
            {"post_id": post_id, "kind": "deleted", "source": source_id, "deleted_at": at.isoformat()}
            for post_id, at in sorted(posts.items())
        ),
    )


def delete_named(settings: Settings, source_id: str, named: Mapping[str, datetime]) -> None:
    """Write down deletions that a listing tells by native_id: of the posts that some night kept."""
    import pyarrow.compute as pc  # noqa: PLC0415 - slow to import, and rarely needed

    found = {}
    for path in sorted(settings.staging.glob(f"run_date=*/source={source_id}/posts.parquet")):
        content = pq.read_table(path, columns=["native_id", "post_id"], partitioning=None)
        for row in content.filter(pc.field("native_id").isin(list(named))).to_pylist():
            found[row["post_id"]] = named[row["native_id"]]
    delete(settings.home, source_id, found)
