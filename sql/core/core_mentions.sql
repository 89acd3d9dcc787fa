-- grain: one span resolved to a brand or product, in a post's latest version
-- key: span_id
-- question: Where is which brand or product spoken of?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column brand_id: brand in brands.yml
-- column product_id: product in brands.yml
-- column text: the words themselves
with spans as (
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
        * exclude (correction_id, corrected, action, kind, value, polarity, modality),
        correction_id as span_id,
        'correction' as rule_id,
        'person' as rule_version,
        1.0::double as confidence,
        false as is_linked
    from core_corrections
    where corrected = 'mentions'
        and action = 'add'
        and created_date between getvariable('from_date') and getvariable('to_date')
),

known as (
    select
        spans.* replace (
            products.product_id as product_id,
            named_brand(products.brand_id, spans.product_id, brands, spans.text) as brand_id
        )
    from spans
    left join products
        on spans.product_id = products.product_id
    left join brands
        on spans.brand_id = brands.brand_id
)

select *
from known
where brand_id is not null
