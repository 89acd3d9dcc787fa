"""Erase a person or a post: from the suppression list on, through captures, staging and lake, to the published file."""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from ouidire import lake, ledger
from ouidire.brands import Brands, load_brands
from ouidire.settings import Settings
from warehouse.build import build, drop_built
from warehouse.commit import ensure_tables, mark_posts, save_marks, start_marks
from warehouse.connect import WarehouseError, connect, has_lake, transaction
from warehouse.publish import publish
from warehouse.purge import purge
from warehouse.redact import Redactor, redact_captures
from warehouse.traces import KEYED, KEYS, Erased, is_known, look_up

DUE: Final = "erasing"
"""Folder of `home` with a file for each erasure that has begun and not ended."""


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
    look_up(settings, erased)
    counts = Counter(suppressed=_suppress(settings, erased))
    if not was_heard:
        return dict(counts)
    failure = None
    with _until_done(settings, {"author_id": author_id} if author_id else {"post_id": post_id}):
        counts.update(_from_captures(settings, erased))
        counts.update(_from_staging(settings, erased))
        settings.digest_page.unlink(missing_ok=True)  # it quotes; the digest writes it again
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
    published = settings.published
    for path in (published, published.with_name(f"{published.name}.wal"), settings.search_index):
        path.unlink(missing_ok=True)
    purge(settings)


def _suppress(settings: Settings, erased: Erased) -> int:
    """Append what is not yet on the list, safely on disk before anything is deleted."""
    return ledger.append(settings.home, ({key: value} for key in KEYS for value in sorted(erased.ids(key))))


def _from_captures(settings: Settings, erased: Erased) -> Iterator[str]:
    """Strike the words out of every stored body; a row keeps its place in its file, which validators point to."""
    lake.drop_spools(settings)
    paths = sorted(settings.captures.glob("run_date=*/source=*/*.parquet"))
    yield from redact_captures(paths, Redactor(erased.texts, erased.names))
    yield from _from_plans(settings, erased)


def _from_plans(settings: Settings, erased: Erased) -> Iterator[str]:
    """What nights were to observe names posts by id and address."""
    for path in sorted(settings.captures.glob("run_date=*/source=*/*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = [json.loads(line) for line in lines]
        is_gone = [any(row.get(key) in erased.ids(key) for key in KEYS) for row in rows]
        if any(is_gone):
            fresh = path.with_suffix(".fresh")
            fresh.write_text("".join(line for line, gone in zip(lines, is_gone, strict=True) if not gone), "utf-8")
            fresh.replace(path)
        yield from ("plan_rows" for gone in is_gone if gone)


def _from_staging(settings: Settings, erased: Erased) -> Iterator[str]:
    for path in sorted(settings.staging.glob("run_date=*/source=*/*.parquet")):
        content = pq.read_table(path, partitioning=None)
        kept = content.filter(pc.invert(erased.mask(content)))
        if kept.num_rows < content.num_rows:
            lake.write_parquet(path, kept)
        yield from ("staging_rows" for _ in range(content.num_rows - kept.num_rows))


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
    for table in KEYED:
        where, parameters = erased.condition(table)
        (counts[f"lake_{table}"],) = con.execute(f"delete from {table} where {where}", parameters).fetchall()[0]
    save_marks(con)
    return counts
