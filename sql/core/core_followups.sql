-- grain: one post, one brand or product that it speaks of, and one later purchase of it or UMOT for it by somebody who replied to the post, cited it or used its code
-- key: post_id, brand_id, product_id, outcome_post_id, outcome
-- question: After which posts did people buy or recommend?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column post_id: the post that came first
-- column brand_id: brand that both speak of
-- column product_id: product that the first post speaks of; NULL where it names the brand only, and any product of it may follow
-- column author_id: keyed hash of the person who followed
-- column via: stated, code_or_link, quote (edges) or reply; the first that holds
-- column contact_at: when that person replied, cited it or used the code (UTC)
-- column outcome: purchase or umot
-- column outcome_post_id: the post that says so, not before contact_at and at most 90 days after post_id
-- column created_date: day of outcome_post_id in the reporting time zone
-- column created_at: when outcome_post_id was published (UTC)
with outcomes as (
    select 'purchase' as outcome, post_id, created_date, created_at, author_id, brand_id, product_id
    from core_purchases
    where created_date between getvariable('from_date') and getvariable('to_date')
        and author_id is not null
    union
    select 'umot', post_id, created_date, created_at, author_id, brand_id, product_id
    from umots
    where created_date between getvariable('from_date') and getvariable('to_date')
        and polarity = 'for'
        and author_id is not null
        and brand_id is not null
),

contacts as materialized (
    select kind as via, from_post_id as post_id, to_author_id as author_id, to_at as contact_at
    from edges
    where kind in ('stated', 'code_or_link', 'quote')
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union all
    select 'reply', parent_id, author_id, created_at
    from core_posts
    where parent_id is not null
        and author_id in (select author_id from outcomes)
        and deleted_at is null
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

topics as (
    select distinct post_id, created_date, author_id, brand_id, product_id
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and post_id in (select post_id from contacts)
)

select
    topics.post_id,
    topics.brand_id,
    topics.product_id,
    outcomes.author_id,
    arg_min(contacts.via, struct_pack(rank := list_position(['stated', 'code_or_link', 'quote', 'reply'], contacts.via))) as via,
    min(contacts.contact_at) as contact_at,
    outcomes.outcome,
    outcomes.post_id as outcome_post_id,
    outcomes.created_date,
    outcomes.created_at
from outcomes
join contacts
    on outcomes.author_id = contacts.author_id
    and contacts.contact_at <= outcomes.created_at
join topics
    on contacts.post_id = topics.post_id
    and topics.brand_id = outcomes.brand_id
    and (topics.product_id is null or outcomes.product_id is null or topics.product_id = outcomes.product_id)
    and topics.author_id <> outcomes.author_id
    and topics.created_date between outcomes.created_date - getvariable('lookback')::integer and outcomes.created_date
where outcomes.outcome = 'purchase'
    or (outcomes.post_id, topics.post_id) not in (
        -- To recommend under a question is to answer it.
        select (post_id, question_id) from core_answers where created_date between getvariable('from_date') and getvariable('to_date')
    )
group by all
