-- grain: one recommending act, in a post's latest version
-- key: span_id
-- question: Who tells readers what to do about a product, in which words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column brand_id: brand in brands.yml
-- column product_id: product in brands.yml
-- column text: the words themselves
with spans as (
    select span.* exclude (run_date), posts.created_date
    from acts as span
    join core_posts as posts using (post_id, run_date, source)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
        and not exists (
            select 1
            from core_corrections as corrected
            where corrected.corrected = 'acts'
                and corrected.post_id = span.post_id
                and corrected.start < span."end"
                and span.start < corrected."end"
        )
    union all by name
    select
        * exclude (correction_id, corrected, action, kind, value),
        correction_id as span_id,
        'correction' as rule_id,
        'person' as rule_version,
        1.0::double as confidence,
        null::varchar as target,
        'public' as addressee,
        0.9::double as strength
    from core_corrections
    where corrected = 'acts'
        and action = 'add'
        and created_date between getvariable('from_date') and getvariable('to_date')
)

select
    spans.* replace (
        products.product_id as product_id,
        named_brand(products.brand_id, spans.product_id, brands, concat_ws(' ', spans.target, spans.text)) as brand_id
    )
from spans
left join products
    on spans.product_id = products.product_id
left join brands
    on spans.brand_id = brands.brand_id
