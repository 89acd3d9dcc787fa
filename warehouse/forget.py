"""Erase a person or a post: from the suppression list on, through captures, staging and lake, to the published file."""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from ouidire import arrow, lake, ledger
from ouidire.brands import Brands, load_brands
from ouidire.records import KEPT, TABLES
from ouidire.settings import Settings
from warehouse.build import build, drop_built
from warehouse.commit import ensure_tables, mark_posts, save_marks, start_marks
from warehouse.connect import WarehouseError, connect, exclusive, has_table, transaction
from warehouse.publish import publish
from warehouse.redact import Redactor

_RECORDS: Final = {**TABLES, **KEPT}
_COLUMNS: Final = {name: {column.name for column in arrow.columns(record)} for name, record in _RECORDS.items()}
_KEYS: Final = ("author_id", "post_id")
_HEARD: Final = ("posts", "identities", "author_observations")
"""Tables that tell whether an id was ever heard."""
DUE: Final = "erasing"
"""Folder of `home` with a file for each erasure that has begun and not ended."""


@dataclass
class Erased:
    """Who and what is to go, with the words by which it is found in raw captures."""

    authors: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def ids(self, key: str) -> set[str]:
        """Ids of that kind."""
        return self.authors if key == "author_id" else self.posts


def forget(settings: Settings, *, author_id: str | None = None, post_id: str | None = None) -> dict[str, int]:
    """Erase an author with all posts, or one post, everywhere under `settings.home` and in the lake, for good.

    It goes on the suppression list first, so that no replay brings it back; then its words are struck out of captures,
    its rows leave staging and lake, marts are built and published again, and old snapshots and their files are removed.
    Doing it twice is safe. Returns what was erased, by place. What other people wrote about the person stays theirs.

    Raises WarehouseError when the marts cannot be built again: then what was built before is gone too, the published
    file and the page beside it with it.
    """
    if (author_id is None) == (post_id is None):
        raise ValueError("forget: give either author_id or post_id")
    erased = Erased(authors={author_id} if author_id else set(), posts={post_id} if post_id else set())
    brands = load_brands(settings.brands)
    was_heard = is_known(settings, author_id=author_id, post_id=post_id)
    _look_up(settings, erased)
    counts = Counter(suppressed=_suppress(settings, erased))
    if not was_heard:
        return dict(counts)
    failure = None
    with _until_done(settings, {"author_id": author_id} if author_id else {"post_id": post_id}):
        counts.update(_from_captures(settings, erased))
        counts.update(_from_staging(settings, erased))
        settings.published.with_name("digest.html").unlink(missing_ok=True)  # it quotes; the digest writes it again
        if has_lake(settings):
            counts.update(_from_lake(settings, brands, erased))
            failure = _show_the_rest(settings, brands)
            counts.update(purge(settings))
    if failure:
        raise WarehouseError(
            f"it is erased; nothing is published until `ouidire build` succeeds: {failure}"
        ) from failure
    if erased.posts:
        counts["posts"] = len(erased.posts)
    return dict(counts)


def is_known(settings: Settings, *, author_id: str | None = None, post_id: str | None = None) -> bool:
    """Whether anything of the author or post was ever heard here, erased since or not."""
    key, name = ("author_id", author_id) if author_id else ("post_id", post_id)
    if any(entry.get(key) == name for entry in ledger.read(settings.home)):
        return True
    tables = [table for table in _HEARD if key in _COLUMNS[table]]
    if any(name in rows[key].to_pylist() for table in tables for rows in _staged(settings, table)):
        return True
    return has_lake(settings) and _is_in_lake(settings, tables, key, name)


def _is_in_lake(settings: Settings, tables: Iterable[str], key: str, name: str | None) -> bool:
    with connect(settings, read_only=True) as con:
        held = [table for table in tables if has_table(con, table)]
        return any(con.execute(f"select 1 from {table} where {key} = ? limit 1", [name]).fetchone() for table in held)


def unfinished(settings: Settings) -> list[tuple[str, str]]:
    """Kind of id, and id, of erasures that began and were interrupted."""
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in (settings.home / DUE).glob("*.json")]
    return [(key, name) for entry in entries for key, name in entry.items()]


@contextlib.contextmanager
def _until_done(settings: Settings, entry: dict[str, str | None]) -> Iterator[None]:
    """Remember an erasure on disk while it goes on: once its rows are gone, nothing else tells that it is not done."""
    words = json.dumps(entry)
    path = settings.home / DUE / f"{hashlib.sha256(words.encode()).hexdigest()[:20]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    fresh.write_text(words, encoding="utf-8")
    fresh.replace(path)
    yield
    path.unlink(missing_ok=True)


def _show_the_rest(settings: Settings, brands: Brands) -> WarehouseError | None:
    """Build and publish without what was erased. Where that fails, nothing of what was built before is left."""
    is_shown = False
    try:
        build(settings, brands)
        if settings.published.exists():
            publish(settings, brands)
        is_shown = True
    except WarehouseError as error:
        return error
    finally:
        if not is_shown:
            _remove_built(settings)
    return None


def _remove_built(settings: Settings) -> None:
    with connect(settings) as con:
        transaction(con, "forget what was built", lambda: drop_built(con))
    for name in (settings.published.name, f"{settings.published.name}.wal", "search.duckdb"):
        settings.published.with_name(name).unlink(missing_ok=True)
    purge(settings)


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


def _look_up(settings: Settings, erased: Erased) -> None:
    """Find every post of the author, and the words and names to look for, in staging and in the lake."""
    for table in ("posts", "identities"):
        for rows in _staged(settings, table):
            _learn(erased, table, _matching(rows, erased).to_pylist())
    if has_lake(settings):
        with connect(settings, read_only=True) as con:
            for table in (name for name in ("posts", "identities") if has_table(con, name)):
                where = _where(table)
                found = con.execute(f"select * from {table} where {where}", _parameters(table, erased))
                names = [column[0] for column in found.description or []]
                _learn(erased, table, [dict(zip(names, row, strict=True)) for row in found.fetchall()])


def _learn(erased: Erased, table: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        if table == "posts":
            erased.posts.add(row["post_id"])
            erased.texts |= {row[name] for name in ("text", "title") if row[name]}
        else:
            erased.names |= {row[name] for name in ("handle", "name", "profile_url") if row[name]}


def _suppress(settings: Settings, erased: Erased) -> int:
    """Append what is not yet on the list, safely on disk before anything is deleted."""
    return ledger.append(settings.home, ({key: value} for key in _KEYS for value in sorted(erased.ids(key))))


def _from_captures(settings: Settings, erased: Erased) -> Iterator[str]:
    """Strike the words out of every stored body; a row keeps its place in its file, which validators point to."""
    lake.drop_spools(settings)
    paths = sorted(settings.captures.glob("run_date=*/source=*/*.parquet"))
    yield from redact_captures(paths, Redactor(erased.texts, erased.names))
    yield from _from_plans(settings, erased)


def redact_captures(paths: Iterable[Path], redactor: Redactor) -> Iterator[str]:
    """Strike words out of the bodies of some files of captures. Yields what was done, once for each body."""
    for path in paths:
        content = pq.read_table(path, partitioning=None)
        done = [redactor.redact(body) for body in content["body"].to_pylist()]
        if any(result.is_changed for result in done):
            bodies = pa.array([result.body for result in done], content.schema.field("body").type)
            place = content.schema.get_field_index("body")
            lake.write_parquet(path, content.set_column(place, content.schema.field("body"), bodies))
        yield from ("captures_redacted" for result in done if result.is_changed and not result.is_emptied)
        yield from ("captures_emptied" for result in done if result.is_emptied)


def _from_plans(settings: Settings, erased: Erased) -> Iterator[str]:
    """What nights were to observe names posts by id and address."""
    for path in sorted(settings.captures.glob("run_date=*/source=*/*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = [json.loads(line) for line in lines]
        is_gone = [any(row.get(key) in erased.ids(key) for key in _KEYS) for row in rows]
        if any(is_gone):
            fresh = path.with_suffix(".fresh")
            fresh.write_text("".join(line for line, gone in zip(lines, is_gone, strict=True) if not gone), "utf-8")
            fresh.replace(path)
        yield from ("plan_rows" for gone in is_gone if gone)


def _from_staging(settings: Settings, erased: Erased) -> Iterator[str]:
    for path in sorted(settings.staging.glob("run_date=*/source=*/*.parquet")):
        content = pq.read_table(path, partitioning=None)
        gone = _matching(content, erased)
        if gone.num_rows:
            kept = content.filter(pc.invert(_mask(content, erased)))
            lake.write_parquet(path, kept)
        yield from ("staging_rows" for _ in range(gone.num_rows))


def _from_lake(settings: Settings, brands: Brands, erased: Erased) -> dict[str, int]:
    with connect(settings) as con:
        return transaction(con, "forget", lambda: _delete(con, brands, erased))


def _delete(con: DuckDBPyConnection, brands: Brands, erased: Erased) -> dict[str, int]:
    """Delete every row of the posts and authors, and mark the days of the posts for `build`."""
    ensure_tables(con)
    con.execute("set variable timezone = ?", [brands.settings.timezone])
    start_marks(con)
    con.execute("create or replace temp table erased_posts (post_id varchar)")
    if erased.posts:
        con.executemany("insert into erased_posts values (?)", [[post_id] for post_id in sorted(erased.posts)])
    mark_posts(con, "select post_id from erased_posts")
    counts = {}
    for table in _RECORDS:
        where = _where(table)
        if where:
            (counts[f"lake_{table}"],) = con.execute(
                f"delete from {table} where {where}", _parameters(table, erased)
            ).fetchall()[0]
    save_marks(con)
    return counts


def _where(table: str) -> str:
    return " or ".join(f"list_contains(?, {key})" for key in _KEYS if key in _COLUMNS[table])


def _parameters(table: str, erased: Erased) -> list[list[str]]:
    return [sorted(erased.ids(key)) for key in _KEYS if key in _COLUMNS[table]]


def _staged(settings: Settings, table: str) -> Iterator[pa.Table]:
    for path in settings.staging.glob(f"run_date=*/source=*/{table}.parquet"):
        yield pq.read_table(path, partitioning=None)


def _matching(rows: pa.Table, erased: Erased) -> pa.Table:
    return rows.filter(_mask(rows, erased))


def _mask(rows: pa.Table, erased: Erased) -> Any:
    """True for the rows of an erased post or author, False for all others."""
    mask = pa.array([False] * rows.num_rows, pa.bool_())
    for key in _KEYS:
        if key in rows.column_names:
            mask = pc.or_(mask, pc.is_in(rows[key], value_set=pa.array(sorted(erased.ids(key)), pa.string())))
    return mask


def has_lake(settings: Settings) -> bool:
    """Whether anything was ever committed."""
    return not settings.catalog.startswith("sqlite:") or Path(settings.catalog.removeprefix("sqlite:")).exists()


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
