-- grain: one earlier post and one later post, led there by words of influence that say "you"
-- key: span_id
-- question: Whose advice does a post say that it followed by saying "you" to the person answered?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: stated, or code_or_link where the words speak of a link or code
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
with topics as (
    select *
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- "You're right" about anything at all is said every day: advice given elsewhere was followed by who takes the thing up.
taking as (
    select post_id
    from core_readings
    where created_date between getvariable('from_date') and getvariable('to_date')
        and (purchase <> 'none' or umot = 'positive')
),

addressed_cues as (
    select
        cues.span_id,
        cues.text as evidence,
        cues.confidence,
        posts.post_id,
        posts.kind,
        posts.author_id,
        posts.created_at,
        posts.created_date,
        posts.thread_id,
        coalesce(posts.parent_id, posts.thread_id) as answered_id,
        exists (
            select 1
            from core_cues as link
            where link.post_id = cues.post_id
                and link.created_date = cues.created_date
                and link.kind in ('affiliate_link', 'promo_code')
                and link.start < cues."end"
                and cues.start < link."end"
        ) as is_link
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.kind = 'influence'
        and (
            cues.value is null
            or regexp_matches(lower(cues.value), '^(you|your|vous|votre|vos|toi|tu|te|ton|ta|tes|t|this|ce|cet|cette)\b')
        )
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_duplicate
        and posts.author_id is not null
),

-- In a show the person addressed is whoever else speaks, when that is one person only.
speakers as (
    select cues.span_id, min(others.author_id) as author_id
    from addressed_cues as cues
    join core_posts as others
        on cues.thread_id = others.thread_id
        and others.author_id <> cues.author_id
        and others.created_date between cues.created_date - getvariable('lookback')::integer and cues.created_date
    where cues.kind = 'episode_turn'
        and others.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by cues.span_id
    having count(distinct others.author_id) = 1
),

addressed_people as (
    select span_id, author_id from speakers
    union all
    select cues.span_id, posts.author_id
    from addressed_cues as cues
    join core_posts as posts
        on cues.answered_id = posts.post_id
        and posts.created_date between cues.created_date - getvariable('lookback')::integer and cues.created_date
    where cues.kind <> 'episode_turn'
        and posts.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- The post answered, else what that person recommended elsewhere: the same product, or the only one in a show.
told_things as (
    select
        people.span_id,
        told.*,
        if(told.post_id = cues.answered_id, 0, 1) as distance,
        count(distinct told.product_id) filter (where told.is_recommended) over (partition by people.span_id) as products
    from addressed_people as people
    join addressed_cues as cues using (span_id)
    join topics as told
        on people.author_id = told.author_id
        and told.author_id <> cues.author_id
        and told.created_at < cues.created_at
        and told.created_date between cues.created_date - getvariable('lookback')::integer and cues.created_date
),

candidates as (
    select
        if(cues.is_link, 'code_or_link', 'stated') as kind,
        cues.span_id,
        cues.evidence,
        cues.confidence * if(told.distance = 0, 0.7, 0.6) as confidence,
        told.post_id as from_post_id,
        told.author_id as from_author_id,
        told.created_at as from_at,
        cues.post_id as to_post_id,
        cues.author_id as to_author_id,
        cues.created_at as to_at,
        cues.created_date,
        coalesce(said.product_id, told.product_id) as product_id,
        told.brand_id,
        told.distance,
        coalesce(said.product_id = told.product_id, false) as is_same_product,
        told.is_recommended
    from addressed_cues as cues
    join told_things as told using (span_id)
    left join topics as said
        on cues.post_id = said.post_id
    where (
            said.brand_id = told.brand_id
            and (said.product_id = told.product_id or (distance = 0 and (said.product_id is null or told.product_id is null)))
            and (distance = 0 or (told.is_recommended and cues.post_id in (from taking)))
        )
        or (said.post_id is null and distance = 0)
        or (said.post_id is null and cues.kind = 'episode_turn' and told.is_recommended and told.product_id is not null
            and told.products = 1 and cues.post_id in (from taking))
)

select * exclude (distance, is_same_product, is_recommended)
from candidates
where kind = 'code_or_link'
    or to_post_id not in (select to_post_id from edges_named where created_date between getvariable('from_date') and getvariable('to_date'))
qualify row_number() over (
    partition by span_id
    order by distance, is_same_product desc, is_recommended desc, (product_id is null), from_at desc, from_post_id, product_id, brand_id
) = 1
