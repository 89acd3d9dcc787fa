"""What keeps the place in order: raw captures that are too old go, erasure that is due is finished, files are few.

Everything here can be interrupted and done again, at any moment.
"""

# ruff: noqa: S608 (the names that statements are built from are ours; values are bound)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from ouidire import lake, ledger
from ouidire.brands import Brands
from ouidire.settings import Settings
from warehouse.build import build
from warehouse.connect import connect, has_lake, has_table
from warehouse.deletions import apply, settle, strike
from warehouse.forget import forget, unfinished
from warehouse.publish import publish

GRACE: Final = timedelta(days=1)
"""Files that nothing needs any more stay so long: somebody may still read them."""


def retain(settings: Settings, brands: Brands, today: date | None = None) -> dict[str, int]:
    """Remove raw captures of nights older than `settings.keep_captures_days` of brands.yml. Returns what went.

    Posts and all that was read in them stay, and so do the checkpoints: such a night can be read again by new rules,
    and is not asked again unless `refetch` says so. Its answers can no longer be parsed again.
    """
    keep = brands.settings.keep_captures_days
    if keep is None:
        return {}
    counts: Counter[str] = Counter()
    oldest = (today or datetime.now(UTC).date()) - timedelta(days=keep)
    for folder in sorted(settings.captures.glob("run_date=*/source=*")):
        if date.fromisoformat(folder.parent.name.removeprefix("run_date=")) < oldest:
            counts.update(_expire(folder))
    return dict(counts)


def _expire(folder: Path) -> Iterator[str]:
    paths = sorted(folder.glob("*.parquet"))
    if paths:
        # First: without captures and this, a rerun finds no posts.
        (folder / lake.EXPIRED).write_text("", encoding="ascii")
        yield "nights_expired"
    for path in paths:
        path.unlink()
        yield "capture_files_removed"
    for path in folder.glob(f"*{lake.SPOOL}"):
        path.unlink()


def erase_due(settings: Settings, brands: Brands) -> dict[str, int]:
    """Finish what an interrupted erasure or deletion left. Returns what was done; nothing is due on most days."""
    counts: Counter[str] = Counter(strike(settings, (source.id for source in brands.sources)))
    for key, name in _left(settings):
        counts.update(forget(settings, **{key: name}))
    if has_lake(settings):
        if touched := apply(settings):
            counts["days_touched"] = len(touched)
            build(settings, brands)
            if settings.published.exists():
                publish(settings, brands)
        settle(settings)
    return dict(counts)


def _left(settings: Settings) -> list[tuple[str, str]]:
    """Erased authors and posts of whom something is still in staging or in the lake."""
    entries = [entry for entry in ledger.read(settings.home) if "kind" not in entry]
    erased = {key: {entry[key] for entry in entries if key in entry} for key in ("author_id", "post_id")}
    found = {(key, name) for key, name in _present(settings) if name in erased[key]} if entries else set()
    return sorted({*found, *unfinished(settings)})


def _present(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every author_id and post_id in staging and in the lake."""
    for path in sorted(settings.staging.glob("run_date=*/source=*/posts.parquet")):
        rows = pq.read_table(path, columns=["author_id", "post_id"], partitioning=None)
        yield from ((key, name) for key in rows.column_names for name in rows[key].to_pylist() if name)
    if has_lake(settings):
        with connect(settings, read_only=True) as con:
            if has_table(con, "posts"):
                for key in ("author_id", "post_id"):
                    found = con.execute(f"select distinct {key} from posts where {key} is not null").fetchall()
                    yield from ((key, name) for (name,) in found)


def compact(settings: Settings, brands: Brands, *, grace: timedelta = GRACE) -> dict[str, int]:
    """Make few files of many, forget snapshots older than `settings.keep_snapshots_days`, remove what none needs.

    A night replaces partitions and so leaves small files and deleted rows; they cost every query. Readers are not
    disturbed: files go `grace` after the last snapshot that needed them.
    """
    if not has_lake(settings):
        return {}
    keep = timedelta(days=brands.settings.keep_snapshots_days)
    with connect(settings) as con:
        rewritten = con.execute("call ducklake_rewrite_data_files('lake', delete_threshold => 0.1)").fetchall()
        merged = con.execute("call ducklake_merge_adjacent_files('lake')").fetchall()
        now = datetime.now(UTC)
        expired = con.execute("call ducklake_expire_snapshots('lake', older_than => ?)", [now - keep]).fetchall()
        removed = con.execute("call ducklake_cleanup_old_files('lake', older_than => ?)", [now - grace]).fetchall()
        return {
            "tables_compacted": len({row[1] for row in (*rewritten, *merged)}),
            "snapshots_expired": len(expired),
            "files_removed": len(removed),
        }
