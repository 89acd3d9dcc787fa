"""What a person corrects in the reading of a post: kept in the lake beside what the rules found, which it wins over.

A correction names words of the post, not a span of the rules: so it holds whatever the rules find next time. Undone,
the rules speak again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from ouidire import arrow
from ouidire.brands import Brands
from ouidire.records import Correction
from ouidire.settings import Settings
from warehouse.commit import ensure_tables, mark_posts, save_marks, start_marks
from warehouse.connect import WarehouseError, connect, has_table, transaction
from warehouse.correctable import check, expect_act, expect_something_to_drop, placed


def correction(post_id: str, corrected: str, action: str, **given: Any) -> Correction:
    """A correction of now; `given` holds the columns that matter."""
    blank: dict[str, Any] = {column.name: None for column in arrow.columns(Correction)}
    at = datetime.now(UTC)
    words = repr((post_id, corrected, action, sorted(given.items()), at))
    fields = {"post_id": post_id, "corrected": corrected, "action": action, "corrected_at": at}
    correction_id = hashlib.sha256(words.encode()).hexdigest()[:20]
    return Correction(**{**blank, **fields, **given, "correction_id": correction_id})


def correct(settings: Settings, brands: Brands, corrections: Sequence[Correction]) -> list[Correction]:
    """Write corrections, all or none, and mark their days for `build`. Returns them with the places of their words.

    Raises WarehouseError when a post is not there, its text does not hold the words, a value is not allowed, a product
    is unknown, a UMOT is claimed for a post in which no own act stands, or an act is taken out that is out already.
    """
    for row in corrections:
        check(row, brands)
    with connect(settings) as con:
        return transaction(con, "correct", lambda: write_corrections(con, brands, corrections))


def undo(settings: Settings, brands: Brands, correction_id: str) -> str:
    """Take a correction back, and mark its day. Returns the post_id. Raises WarehouseError when it is not there."""
    with connect(settings) as con:
        return transaction(con, "undo a correction", lambda: _undo(con, brands, correction_id))


def listed(settings: Settings) -> list[Correction]:
    """Every correction in force, oldest first."""
    with connect(settings, read_only=True) as con:
        if not has_table(con, "corrections"):
            return []
        names = [column.name for column in arrow.columns(Correction)]
        columns = ", ".join(f'"{name}"' for name in names)
        rows = con.execute(f"select {columns} from corrections order by corrected_at, correction_id")  # noqa: S608 (ours)
        return [Correction(**dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def gold(settings: Settings) -> list[dict[str, Any]]:
    """Corrected posts as gold: text, own and other acts, and the post's values, as `nlp.evaluate` reads them.

    Needs a build after the last correction.
    """
    with connect(settings, read_only=True) as con:
        posts = con.execute("""
            select posts.post_id as id, posts.text, posts.lang, readings.stance, readings.experience, readings.purchase,
                readings.is_seeking_advice as seeks_advice, readings.influenced_by, readings.umot,
                coalesce((
                    select list(struct_pack(
                        span := acts.text, start := acts.start, "end" := acts."end", polarity := acts.polarity,
                        modality := acts.modality, target := acts.target
                    ) order by acts.start)
                    from core_acts as acts where acts.post_id = posts.post_id
                ), []) as acts
            from core_posts as posts
            join core_readings as readings using (post_id)
            where posts.post_id in (select post_id from corrections)
            order by posts.post_id
        """)
        names = [column[0] for column in posts.description or []]
        return [dict(zip(names, row, strict=True)) for row in posts.fetchall()]


def write_corrections(con: DuckDBPyConnection, brands: Brands, corrections: Sequence[Correction]) -> list[Correction]:
    """What `correct` does inside its transaction."""
    ensure_tables(con)
    rows = [placed(con, row) for row in corrections]
    for row in rows:
        expect_act(con, row, rows)
        expect_something_to_drop(con, row)
    staged = arrow.table(Correction, rows)  # noqa: F841 (DuckDB reads the variable by its name)
    con.execute("insert into corrections by name from staged")
    _mark(con, brands, [row.post_id for row in rows])
    return rows


def _undo(con: DuckDBPyConnection, brands: Brands, correction_id: str) -> str:
    ensure_tables(con)
    found = con.execute("select post_id from corrections where correction_id = ?", [correction_id]).fetchone()
    if found is None:
        raise WarehouseError(f"no correction {correction_id!r}; `ouidire correct --list` shows them")
    con.execute("delete from corrections where correction_id = ?", [correction_id])
    _mark(con, brands, [str(found[0])])
    return str(found[0])


def _mark(con: DuckDBPyConnection, brands: Brands, post_ids: Sequence[str]) -> None:
    con.execute("set variable timezone = ?", [brands.settings.timezone])
    start_marks(con)
    con.execute("create or replace temp table corrected_posts (post_id varchar)")
    con.executemany("insert into corrected_posts values (?)", [[post_id] for post_id in sorted(set(post_ids))])
    mark_posts(con, "select post_id from corrected_posts")
    save_marks(con)
