"""What a person corrects in the reading of a post: kept in the lake beside what the rules found, which it wins over.

A correction names words of the post, not a span of the rules: so it holds whatever the rules find next time. Undone,
the rules speak again.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from duckdb import DuckDBPyConnection

from ouidire import arrow
from ouidire.brands import Brands
from ouidire.records import Correction
from ouidire.settings import Settings
from warehouse.commit import ensure_tables, mark_posts, save_marks, start_marks
from warehouse.connect import WarehouseError, connect, has_table, transaction
from warehouse.models import macros

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "stance": ("for", "against", "mixed", "none"),
    "experience": ("claimed", "none"),
    "purchase": ("bought", "intends", "none"),
    "is_seeking_advice": ("true", "false"),
    "influenced_by": (),
    "commercial": ("organic", "disclosed", "probable"),
    "umot": ("positive", "negative", "none"),
}
"""Columns of readings that may be set, and to what; () is any words of the post, '' for nobody."""

POLARITIES: Final = ("for", "against")
MODALITIES: Final = ("asserted", "conditional", "asked", "reported", "received")
KINDS: Final = (
    "purchase", "intent", "experience", "advice_sought", "influence", "disclosure", "affiliate_link", "promo_code",
    "gifted", "own_product", "tip", "suggestion", "complaint", "reason", "thanks", "comparison", "switch", "giveaway",
    "unboxing", "haul", "tutorial", "test", "when", "adviser", "candidate",
)  # fmt: skip
"""What a cue may prove: the kinds that rules find, so that marts know what to do with a corrected one."""


_DONE_ALREADY: Final = """
    with newest as (
        from posts where post_id = $post_id and text is not null order by seen_at desc limit 1
    ),
    known as (
        select corrections.*, quote_start(text, quote, start) as first, first + length(quote) as last
        from corrections join newest using (post_id)
        where corrected = 'acts' and contains(text, quote)
    ),
    meant as (
        select acts.start, acts."end", bool_or(coalesce(first < acts."end" and acts.start < last, false)) as is_done
        from acts join newest using (post_id, run_date, source) left join known on true
        where acts.start < $end and $start < acts."end"
        group by all
    )
    select correction_id, action, quote
    from known
    where (
            (first < $end and $start < last)
            or exists (select 1 from meant where known.first < meant."end" and meant.start < known.last)
        )
        and not exists (select 1 from meant where not is_done)
    order by corrected_at, correction_id
    limit 1
"""
"""Of acts that words stand in, in the newest text of their post: a correction that leaves none of them as it was."""


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
        _check(row, brands)
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


def _check(row: Correction, brands: Brands) -> None:
    """Raises WarehouseError for a value that no reading can have."""
    if row.action == "set":
        allowed = VALUES.get(row.field or "")
        if allowed is None:
            raise WarehouseError(f"{row.field!r} cannot be corrected; known: {', '.join(VALUES)}")
        if allowed and row.value not in allowed:
            raise WarehouseError(f"{row.field}: {row.value!r}; write one of {', '.join(allowed)}")
    elif not (row.quote or "").strip():
        raise WarehouseError(f"post {row.post_id}: name the words of the {row.corrected} exactly as the post has them")
    if row.corrected == "cues" and row.kind not in KINDS:
        raise WarehouseError(f"kind {row.kind!r} of {row.quote!r} is no kind of cue; write one of {', '.join(KINDS)}")
    if row.polarity not in (None, *POLARITIES) or row.modality not in (None, *MODALITIES):
        raise WarehouseError(
            f"{row.polarity}, {row.modality}: write one of {', '.join(POLARITIES)}, and one of {', '.join(MODALITIES)}"
        )
    products = {product.id for brand in brands.all_brands for product in brand.products}
    known = {"product_id": products, "brand_id": {brand.id for brand in brands.all_brands}}
    for name, ids in known.items():
        value = getattr(row, name)
        if value is not None and value not in ids:
            raise WarehouseError(f"{name} {value!r} is not in brands.yml; known: {', '.join(sorted(ids))}")


def write_corrections(con: DuckDBPyConnection, brands: Brands, corrections: Sequence[Correction]) -> list[Correction]:
    """What `correct` does inside its transaction."""
    ensure_tables(con)
    placed = [_placed(con, row) for row in corrections]
    for row in placed:
        _expect_act(con, row, placed)
        _expect_something_to_drop(con, row)
    staged = arrow.table(Correction, placed)  # noqa: F841 (DuckDB reads the variable by its name)
    con.execute("insert into corrections by name from staged")
    _mark(con, brands, [row.post_id for row in placed])
    return placed


def _placed(con: DuckDBPyConnection, row: Correction) -> Correction:
    """The correction with the offsets of its words, in the newest version of the post."""
    found = con.execute(
        "select text from posts where post_id = ? and text is not null order by seen_at desc limit 1", [row.post_id]
    ).fetchone()
    if found is None:
        raise WarehouseError(f"post {row.post_id!r} is not in the lake; ids: column post_id of listening_feed")
    words = row.value if row.field == "influenced_by" else row.quote
    if not words:
        return row
    start = str(found[0]).find(words)
    if start < 0:
        raise WarehouseError(f"post {row.post_id} does not hold {words!r}; copy the words exactly as it has them")
    return row if row.quote is None else dataclasses.replace(row, start=start, end=start + len(words))


def _expect_act(con: DuckDBPyConnection, row: Correction, others: Sequence[Correction]) -> None:
    """A UMOT is an act of the author: where neither rules nor person found one, the person has to say where."""
    if row.field != "umot" or row.value == "none":
        return
    polarity = {"positive": "for", "negative": "against"}[str(row.value)]
    own = ("asserted", "conditional")
    if any(o.post_id == row.post_id and o.action == "add" and o.polarity == polarity for o in others):
        return
    found = con.execute(
        "select 1 from acts where post_id = ? and polarity = ? and modality in (?, ?) union all "
        "select 1 from corrections where post_id = ? and action = 'add' and polarity = ? and modality in (?, ?)",
        [row.post_id, polarity, *own, row.post_id, polarity, *own],
    ).fetchone()
    if found is None:
        raise WarehouseError(f"post {row.post_id}: umot {row.value}, but no act {polarity} is known: add --act 'words'")


def _expect_something_to_drop(con: DuckDBPyConnection, row: Correction) -> None:
    """An act is taken out once: a second correction of it would change nothing, and seem to have done."""
    if row.corrected != "acts" or row.action != "drop":
        return
    con.execute(macros())
    found = con.execute(_DONE_ALREADY, {"post_id": row.post_id, "start": row.start, "end": row.end}).fetchone()
    if found is not None:
        raise WarehouseError(
            f"post {row.post_id}: no act of the rules is left in {row.quote!r}: correction {found[0]} stands there "
            f"({found[1]} {found[2]!r}); `ouidire correct --undo {found[0]}` takes it back"
        )


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
