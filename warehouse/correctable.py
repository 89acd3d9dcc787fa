"""What may be corrected, and to what; a correction that cannot be, or would change nothing, is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from duckdb import DuckDBPyConnection

from ouidire.brands import Brands
from ouidire.records import CUE_KINDS, MODALITIES, POLARITIES, Correction
from warehouse.connect import WarehouseError
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


def check(row: Correction, brands: Brands) -> None:
    """Raises WarehouseError for a value that no reading can have."""
    if row.action == "set":
        allowed = VALUES.get(row.field or "")
        if allowed is None:
            raise WarehouseError(f"{row.field!r} cannot be corrected; known: {', '.join(VALUES)}")
        if allowed and row.value not in allowed:
            raise WarehouseError(f"{row.field}: {row.value!r}; write one of {', '.join(allowed)}")
    elif not (row.quote or "").strip():
        raise WarehouseError(f"post {row.post_id}: name the words of the {row.corrected} exactly as the post has them")
    if row.corrected == "cues" and row.kind not in CUE_KINDS:
        raise WarehouseError(
            f"kind {row.kind!r} of {row.quote!r} is no kind of cue; write one of {', '.join(CUE_KINDS)}"
        )
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


def placed(con: DuckDBPyConnection, row: Correction) -> Correction:
    """The correction with the offsets of its words, in the newest version of the post. Raises WarehouseError."""
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


def expect_act(con: DuckDBPyConnection, row: Correction, others: Sequence[Correction]) -> None:
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


def expect_something_to_drop(con: DuckDBPyConnection, row: Correction) -> None:
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
