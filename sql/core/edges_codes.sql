-- grain: one earlier post and one later post, joined by a promo code or affiliate link
-- key: span_id
-- question: Who repeats a code or link that somebody else published first?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: code_or_link: the later post repeats a promo code or affiliate link
-- column from_post_id: the earlier post
-- column from_author_id: its author
-- column from_at: when it was published (UTC)
-- column to_post_id: the later post
-- column to_author_id: its author
-- column to_at: when it was published (UTC)
-- column created_date: day of the later post in the reporting time zone
-- column product_id: product that both speak of; NULL when only the brand is common, or neither is known
-- column brand_id: brand that both speak of; NULL when not known
-- column evidence: the words of the later post that prove the influence
-- column span_id: where they stand: a span of core_cues or core_acts; NULL where no span holds them
-- column confidence: 0 to 1
with codes as materialized (
    select
        cues.span_id,
        cues.text as evidence,
        cues.post_id,
        cues.kind,
        lower(trim(cues.value)) as code,
        cues.kind <> 'promo_code'
        or regexp_full_match(trim(cues.value), '[\p{L}\p{N}_-]*\d[\p{L}\p{N}_-]*|[\p{Lu}_-]+') as is_written_as_code,
        cues.product_id,
        cues.brand_id,
        posts.author_id,
        posts.created_at,
        posts.created_date
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.kind in ('promo_code', 'affiliate_link')
        and length(trim(cues.value)) > 3
        and cues.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and posts.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and not posts.is_duplicate
        and posts.author_id is not null
),

-- A code is for the one product that its post speaks of, when the words do not say.
only_things as (
    select
        post_id,
        if(count(distinct product_id) = 1, min(product_id), null) as product_id,
        min(brand_id) as brand_id
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and post_id in (select post_id from codes)
    group by post_id
    having count(distinct brand_id) = 1
)

select
    'code_or_link' as kind,
    first_use.post_id as from_post_id,
    first_use.author_id as from_author_id,
    first_use.created_at as from_at,
    used.post_id as to_post_id,
    used.author_id as to_author_id,
    used.created_at as to_at,
    used.created_date,
    coalesce(used.product_id, used_for.product_id, first_use.product_id, first_for.product_id) as product_id,
    coalesce(used.brand_id, used_for.brand_id, first_use.brand_id, first_for.brand_id) as brand_id,
    used.evidence,
    used.span_id,
    0.9::double as confidence
from codes as used
join codes as first_use
    on used.kind = first_use.kind
    and used.code = first_use.code
    -- "The code review", "our code search": words of everyday, unless somebody writes them in capitals or with a number.
    and (used.is_written_as_code or first_use.is_written_as_code)
    and first_use.created_at < used.created_at
    and first_use.created_date between used.created_date - getvariable('lookback')::integer and used.created_date
left join only_things as used_for
    on used.post_id = used_for.post_id
left join only_things as first_for
    on first_use.post_id = first_for.post_id
where used.created_date between getvariable('from_date') and getvariable('to_date')
qualify row_number() over (
    partition by used.span_id order by first_use.created_at, first_use.post_id, first_use.span_id
) = 1
    and first_use.author_id <> used.author_id
