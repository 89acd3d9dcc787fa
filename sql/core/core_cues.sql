-- grain: one other evidence span, in a post's latest version
-- key: span_id
-- question: What else do the words prove: purchase, experience, influence, disclosure, reason?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column kind: purchase, intent, experience, advice_sought, influence, disclosure, affiliate_link, promo_code, gifted, own_product, tip, suggestion, complaint, reason, thanks, comparison, switch, giveaway, unboxing, haul, tutorial, test, when (beside a purchase or switch), adviser (whom to listen to) or candidate
-- column value: what it says: the influencer's or adviser's name, the code, the reason, what was left in a switch; of when, how long ago (P2W; P0D: that day), the calendar week, month or year so many before that of the post (M-1), a date (2025-09-12, 2025-09, 2025), the last of its name (--09, --09-12, --SU a season, -W-1 a Monday)
-- column brand_id: brand in brands.yml
-- column product_id: product in brands.yml
-- column text: the words themselves
with spans as (
    select span.* exclude (run_date), posts.created_date
    from cues as span
    join core_posts as posts using (post_id, run_date, source)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
        and not exists (
            select 1
            from core_corrections as corrected
            where corrected.corrected = 'cues'
                and corrected.post_id = span.post_id
                and corrected.start < span."end"
                and span.start < corrected."end"
                and (corrected.kind is null or corrected.kind = span.kind)
        )
    union all by name
    select
        * exclude (correction_id, corrected, action, polarity, modality),
        correction_id as span_id,
        'correction' as rule_id,
        'person' as rule_version,
        1.0::double as confidence
    from core_corrections
    where corrected = 'cues'
        and action = 'add'
        and created_date between getvariable('from_date') and getvariable('to_date')
)

select
    spans.* replace (
        products.product_id as product_id,
        named_brand(products.brand_id, spans.product_id, brands, concat_ws(' ', spans.value, spans.text)) as brand_id
    )
from spans
left join products
    on spans.product_id = products.product_id
left join brands
    on spans.brand_id = brands.brand_id
