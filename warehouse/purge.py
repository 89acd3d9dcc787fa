"""Deletion made real: a deleted row stays in old files, snapshots, statistics and free pages until then."""

# ruff: noqa: S608 (the names that statements are built from are ours)

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from duckdb import DuckDBPyConnection

from ouidire.settings import Settings
from warehouse.connect import connect, exclusive


def purge(settings: Settings) -> dict[str, int]:
    """Make deletion real: rewrite files that hold deleted rows, forget old snapshots, remove the files of both.

    Time travel ends here. Files that no snapshot knows are removed only when a day old: a running writer on another
    machine may just have written them. Returns the number of files removed.
    """
    with connect(settings) as con:
        con.execute("call ducklake_rewrite_data_files('lake', delete_threshold => 0)")
        con.execute("call ducklake_expire_snapshots('lake', older_than => now())")
        removed = con.execute("call ducklake_cleanup_old_files('lake', cleanup_all => true)").fetchall()
        orphans = con.execute(
            "call ducklake_delete_orphaned_files('lake', older_than => now() - interval 1 day)"
        ).fetchall()
        _scrub_statistics(con)
    if settings.catalog.startswith("sqlite:"):
        with exclusive(settings.home / "lake.lock"):
            _vacuum(Path(settings.catalog.removeprefix("sqlite:")))
    return {"files_removed": len(removed) + len(orphans)}


def _scrub_statistics(con: DuckDBPyConnection) -> None:
    """Least and greatest values of text columns, which the catalog keeps to skip files, may quote what was erased."""
    for table in ("ducklake_table_column_stats", "ducklake_file_column_stats"):
        con.execute(
            f"update __ducklake_metadata_lake.{table} set min_value = null, max_value = null "
            "where (table_id, column_id) in (select table_id, column_id "
            "from __ducklake_metadata_lake.ducklake_column where column_type = 'varchar')"
        )


def _vacuum(catalog: Path) -> None:
    """SQLite keeps deleted values in free pages and in its log until then."""
    with contextlib.closing(sqlite3.connect(catalog, timeout=10)) as con:
        con.execute("vacuum")
        con.execute("pragma wal_checkpoint(truncate)")
