-- grain: one recommending act, in a post's latest version
-- key: span_id
-- question: Who tells readers what to do about a product, in which words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column text: the words themselves
with corrected as (
    select corrections.*, posts.source, posts.created_date, strpos(posts.text, corrections.quote) as found_at,
        if(
            substr(posts.text, corrections.start + 1, length(corrections.quote)) = corrections.quote,
            corrections.start, found_at - 1
        ) as starts
    from corrections
    join core_posts as posts using (post_id)
    where corrections.corrected = 'acts'
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
        and found_at > 0
)

select span.* exclude (run_date), posts.created_date
from acts as span
join core_posts as posts using (post_id, run_date, source)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
    and not exists (
        select 1
        from corrected
        where corrected.post_id = span.post_id
            and corrected.starts < span."end"
            and span.start < corrected.starts + length(corrected.quote)
    )
union all by name
select
    source,
    correction_id as span_id,
    post_id,
    starts as start,
    starts + length(quote) as "end",
    quote as text,
    brand_id,
    product_id,
    'correction' as rule_id,
    'person' as rule_version,
    1.0::double as confidence,
    polarity,
    modality,
    null::varchar as target,
    'public' as addressee,
    0.9::double as strength,
    created_date
from corrected
where action = 'add'
