"""Words that a source says are gone leave captures, staging and lake; what stays is that there was a post.

The ledger has them already (extractors/suppressions.py), so that no replay brings them back: what is done here can be
done again, and is, when it was interrupted.
"""

# ruff: noqa: S608 (the names that statements are built from are ours: records; values are bound)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from ouidire import arrow, lake, ledger
from ouidire.brands import load_brands
from ouidire.records import KEPT, TABLES, Post, content_hash
from ouidire.settings import Settings
from warehouse.commit import ensure_tables, mark_posts, save_marks, start_marks
from warehouse.connect import connect, has_lake, transaction
from warehouse.purge import purge
from warehouse.redact import LEAST, WINDOW, Redactor, redact_captures

_WORDLESS: Final = {"text": None, "title": None, "quoted_url": None, "rating": None, "content_hash": content_hash("")}
"""Columns of posts that hold what was said, and what they hold once it is gone."""
_KEEPING: Final = ("posts", "engagement")
"""Tables that keep a deleted post: that it was there, and what the public had done with it."""
_SPOKEN: Final = tuple(
    name for name, record in {**TABLES, **KEPT}.items()
    if name not in _KEEPING and "post_id" in {column.name for column in arrow.columns(record)}
)  # fmt: skip
_COMMON: Final = 2 * WINDOW
"""A text of fewer words is looked for in one piece: where others said the same, their words stay."""


def strike(settings: Settings, sources: Iterable[str]) -> dict[str, int]:
    """Take the words of deleted posts of some sources out of captures and staging. Returns what was done, by place."""
    entries = ledger.read(settings.home)
    done = {entry["post_id"] for entry in entries if entry.get("kind") == "struck"}
    counts: Counter[str] = Counter()
    for source in sorted(set(sources)):
        gone = {
            entry["post_id"]: datetime.fromisoformat(entry["deleted_at"]) for entry in reversed(entries)
            if entry.get("kind") == "deleted" and entry["source"] == source and entry["post_id"] not in done
        }  # fmt: skip
        if gone:
            counts.update(_strike(settings, source, gone))
            ledger.append(settings.home, ({"post_id": post_id, "kind": "struck"} for post_id in sorted(gone)))
    return dict(counts)


def apply(settings: Settings) -> set[date]:
    """Take the words of deleted posts out of the committed tables. Returns the created_dates to build again."""
    entries = ledger.read(settings.home)
    done = {entry["post_id"] for entry in entries if entry.get("kind") == "removed"}
    gone = [(e["post_id"], e["deleted_at"]) for e in entries if e.get("kind") == "deleted" and e["post_id"] not in done]
    if not gone or not has_lake(settings):
        return set()
    timezone = load_brands(settings.brands).settings.timezone
    with connect(settings) as con:
        touched = transaction(con, "take out deleted words", lambda: _apply(con, gone, timezone))
    ledger.append(settings.home, ({"post_id": post_id, "kind": "removed"} for post_id, _ in gone))
    return touched


def settle(settings: Settings) -> int:
    """Once core and marts are built without the words: remove old snapshots and their files. Returns files removed."""
    entries = ledger.read(settings.home)
    done = {entry["post_id"] for entry in entries if entry.get("kind") == "purged"}
    gone = [e["post_id"] for e in entries if e.get("kind") == "removed" and e["post_id"] not in done]
    if not gone:
        return 0
    removed = purge(settings)["files_removed"]
    ledger.append(settings.home, ({"post_id": post_id, "kind": "purged"} for post_id in gone))
    return removed


def _strike(settings: Settings, source: str, gone: dict[str, datetime]) -> Iterator[str]:
    lake.drop_spools(settings, source)
    folders = [path.parent for path in sorted(settings.staging.glob(f"run_date=*/source={source}/posts.parquet"))]
    held = [folder for folder in folders if _posts(folder, gone).num_rows]
    words = {word for folder in held for word in _words(_posts(folder, gone))}
    others = [text for folder in held for text in _texts(folder, gone)]
    redactor = Redactor(_own(words, others), [], kept=others)
    paths = sorted(settings.captures.glob(f"run_date=*/source={source}/*.parquet"))
    first = min((folder.parent.name for folder in held), default="")
    yield from redact_captures((path for path in paths if held and path.parent.parent.name >= first), redactor)
    for folder in held:  # last: until then, an interrupted run finds the words here again
        yield from _strip(folder, gone)


def _posts(folder: Path, gone: Iterable[str]) -> pa.Table:
    content = pq.read_table(folder / "posts.parquet", partitioning=None)
    return content.filter(pc.is_in(content["post_id"], value_set=pa.array(sorted(gone), pa.string())))


def _words(rows: pa.Table) -> Iterator[str]:
    yield from (word for name in ("text", "title") for word in rows[name].to_pylist() if word)


def _texts(folder: Path, gone: Iterable[str]) -> list[str]:
    """Texts of the partition's other posts."""
    content = pq.read_table(folder / "posts.parquet", columns=["post_id", "text"], partitioning=None)
    mask = pc.invert(pc.is_in(content["post_id"], value_set=pa.array(sorted(gone), pa.string())))
    return [text for text in content.filter(mask)["text"].to_pylist() if text]


def _own(words: Iterable[str], others: Iterable[str]) -> list[str]:
    """The texts that nobody else's post is, or, when they are short, holds: those words are still public."""
    plain = [f" {_plain(text)} " for text in others]
    whole = set(plain)
    return [
        text for text in words
        if len(_plain(text).split()) >= LEAST
        and f" {_plain(text)} " not in whole
        and not (len(_plain(text).split()) < _COMMON and any(f" {_plain(text)} " in other for other in plain))
    ]  # fmt: skip


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _strip(folder: Path, gone: dict[str, datetime]) -> Iterator[str]:
    """Rows of the posts without their words; the spans of them go."""
    for path in sorted(folder.glob("*.parquet")):
        if path.stem not in ("posts", *_SPOKEN):
            continue
        rows = pq.read_table(path, partitioning=None).to_pylist()
        concerned = [row for row in rows if row["post_id"] in gone]
        if not concerned:
            continue
        if path.stem == "posts":
            kept = [Post(**_wordless(row, gone)) for row in rows]
        else:
            kept = [TABLES[path.stem](**row) for row in rows if row["post_id"] not in gone]  # type: ignore[misc]
        lake.write_parquet(path, arrow.table(TABLES[path.stem], kept))
        yield from ("staging_rows" for _ in concerned)


def _wordless(row: dict[str, Any], gone: dict[str, datetime]) -> dict[str, Any]:
    own_title = {"thread_title": None} if row["thread_id"] in gone else {}
    deleted_at = gone.get(row["post_id"])
    return {**row, **own_title, **({**_WORDLESS, "deleted_at": deleted_at} if deleted_at else {})}


def _apply(con: DuckDBPyConnection, gone: list[tuple[str, str]], timezone: str) -> set[date]:
    ensure_tables(con)
    con.execute("set variable timezone = ?", [timezone])
    start_marks(con)
    con.execute("create or replace temp table gone (post_id varchar, deleted_at timestamptz)")
    con.executemany("insert into gone values (?, ?::timestamptz)", [list(row) for row in gone])
    con.execute(
        "create or replace temp table speaking as select distinct post_id, gone.deleted_at from posts "
        "join gone using (post_id) where posts.text is not null or posts.title is not null"
    )
    if not con.execute("select count(*) from speaking").fetchall()[0][0]:
        return set()
    mark_posts(con, "select post_id from speaking")
    columns = ", ".join(f"{name} = ?" for name in _WORDLESS)
    con.execute(
        f"update posts set {columns}, deleted_at = coalesce(posts.deleted_at, speaking.deleted_at) "
        "from speaking where posts.post_id = speaking.post_id",
        list(_WORDLESS.values()),
    )
    con.execute("update posts set thread_title = null where thread_id in (select post_id from speaking)")
    for name in _SPOKEN:
        con.execute(f"delete from {name} where post_id in (select post_id from speaking)")
    return save_marks(con)
