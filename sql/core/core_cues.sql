-- grain: one other evidence span, in a post's latest version
-- key: span_id
-- question: What else do the words prove: purchase, experience, influence, disclosure, reason?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column kind: purchase, intent, experience, advice_sought, influence, disclosure, affiliate_link, promo_code, gifted, own_product, tip, suggestion, complaint, reason, thanks, comparison, switch, giveaway, unboxing, haul, tutorial, test or candidate
-- column value: what it says: the influencer's name, the code, the reason, what was left in a switch
-- column text: the words themselves
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
    kind,
    value,
    created_date
from core_corrections
where corrected = 'cues'
    and action = 'add'
    and created_date between getvariable('from_date') and getvariable('to_date')
