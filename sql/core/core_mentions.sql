-- grain: one span resolved to a brand or product, in a post's latest version
-- key: span_id
-- question: Where is which brand or product spoken of?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column text: the words themselves
select span.* exclude (run_date), posts.created_date
from mentions as span
join core_posts as posts using (post_id, run_date, source)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
    and not exists (
        select 1
        from core_corrections as corrected
        where corrected.corrected = 'mentions'
            and corrected.post_id = span.post_id
            and corrected.start < span."end"
            and span.start < corrected."end"
    )
union all by name
select
    source,
    correction_id as span_id,
    post_id,
    start,
    "end",
    text,
    brand_id,
    product_id,
    'correction' as rule_id,
    'person' as rule_version,
    1.0::double as confidence,
    false as is_linked,
    created_date
from core_corrections
where corrected = 'mentions'
    and action = 'add'
    and created_date between getvariable('from_date') and getvariable('to_date')
