"""What reading a day again changed: the old rows of the wanted partitions beside the staged ones."""

# ruff: noqa: S608 (the names that statements are built from are ours: records; values are bound)

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from duckdb import DuckDBPyConnection

FIELDS: Final = ("stance", "experience", "purchase", "is_seeking_advice", "influenced_by", "commercial", "umot")
"""Columns of `readings` whose changes are worth a line; advocacy moves with every word."""

SPANS: Final = {"acts": "polarity || ', ' || modality", "cues": "kind", "mentions": "'mention'"}
"""Table of spans -> what `changes.what` says of a row."""


def append_changes(con: DuckDBPyConnection) -> None:
    """Write to `changes` how `incoming_*` differs from what the lake holds of the partitions in `wanted`.

    Only posts that both have, in the same words: one that is new, gone or edited did not change its reading. A post
    that several nights saw is compared once, as the last of them saw it.
    """
    con.execute("""
        create or replace temp table read_again as
        select post_id, run_date, source, old.rule_version as from_version, new.rule_version as to_version
        from (from readings where (run_date, source) in (from wanted)) as old
        join incoming_readings as new using (post_id, run_date, source)
        join (from posts where (run_date, source) in (from wanted)) as said using (post_id, run_date, source)
        join incoming_posts as says using (post_id, run_date, source)
        where said.content_hash = says.content_hash
        qualify row_number() over (partition by post_id order by run_date desc, source) = 1
    """)
    queries = [_field_changes(field) for field in FIELDS]
    queries += [_span_changes(table, what) for table, what in SPANS.items()]
    con.execute("set variable changed_at = ?", [datetime.now(UTC)])
    con.execute(f"insert into changes by name {' union all by name '.join(queries)}")


def _field_changes(field: str) -> str:
    return f"""
        select getvariable('changed_at') as changed_at, post_id, new.source, 'readings' as changed, '{field}' as what,
            old.{field}::varchar as old_value, new.{field}::varchar as new_value, null::varchar as rule_id,
            from_version, to_version
        from (from readings where (run_date, source) in (from wanted)) as old
        join incoming_readings as new using (post_id, run_date, source)
        join read_again using (post_id, run_date, source)
        where old.{field} is distinct from new.{field}
    """


def _span_changes(table: str, what: str) -> str:
    key = f'post_id, run_date, source, start, "end", {what} as what, brand_id, product_id, text, rule_id'
    same = 'post_id, start, "end", what, brand_id, product_id'
    return f"""
        select getvariable('changed_at') as changed_at, post_id, source, '{table}' as changed, what,
            if(is_new, null, text) as old_value, if(is_new, text, null) as new_value, rule_id,
            from_version, to_version
        from (
            select {key}, false as is_new from {table} where (run_date, source) in (from wanted)
            union all
            select {key}, true as is_new from incoming_{table}
        ) as spans
        join read_again using (post_id, run_date, source)
        window same_{table} as (partition by {same})
        qualify count(*) filter (where is_new) over same_{table} = 0
            or count(*) filter (where not is_new) over same_{table} = 0
    """
