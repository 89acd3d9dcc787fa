-- grain: one post, one brand or product that it speaks of, and one later first purchase of it or UMOT for it by somebody who named it as what led them, quoted it, used its code or replied to it
-- key: post_id, brand_id, product_id, outcome_post_id, outcome
-- question: After which posts did people buy or recommend?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column post_id: the post that came first
-- column brand_id: brand that both speak of
-- column product_id: product that the first post speaks of; NULL where it names the brand only
-- column author_id: keyed hash of the person who followed
-- column via: stated, code_or_link, quote (edges) or reply; the first that holds
-- column contact_at: when that person replied, cited it or used the code (UTC)
-- column outcome: purchase (the first one told of the product, and not said to lie before the contact) or umot
-- column outcome_post_id: the post that says so, not before contact_at and at most 90 days after post_id
-- column created_date: day of outcome_post_id in the reporting time zone
-- column created_at: when outcome_post_id was published (UTC)
with purchases as (
    select post_id, created_date, created_at, author_id, brand_id, product_id, bought_by_date
    from core_purchases
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and author_id is not null
),

recommendations as (
    select post_id, created_date, created_at, author_id, brand_id, product_id, polarity
    from umots
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and author_id is not null
        and brand_id is not null
),

-- "Je suis passée à la Cadence le mois dernier": what a UMOT tells of when its author took the product up.
taken_up as (
    select post_id, min(bought_by_date) as bought_by_date
    from core_told_days
    where created_date between getvariable('from_date') and getvariable('to_date')
    group by post_id
),

-- A purchase told again is no second one; where one telling names the brand only, it may be the same.
outcomes as (
    select 'purchase' as outcome, *
    from purchases as told
    where created_date between getvariable('from_date') and getvariable('to_date')
        and not exists (
            select 1
            from purchases as earlier
            where earlier.author_id = told.author_id
                and earlier.brand_id = told.brand_id
                and coalesce(earlier.product_id = told.product_id, true)
                and earlier.created_at < told.created_at
                and earlier.created_date >= told.created_date - getvariable('lookback')::integer
        )
    union all by name
    select distinct 'umot' as outcome, recommendations.* exclude (polarity), taken_up.bought_by_date
    from recommendations
    left join taken_up using (post_id)
    where polarity = 'for'
        and created_date between getvariable('from_date') and getvariable('to_date')
),

contacts as materialized (
    select
        kind as via, from_post_id as post_id, to_author_id as author_id, to_post_id as contact_post_id,
        to_at as contact_at, if(kind = 'quote', to_at, from_at) as met_at, brand_id, product_id, created_date
    from edges
    where kind in ('stated', 'code_or_link', 'quote')
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union all
    select 'reply', parent_id, author_id, post_id, created_at, created_at, null, null, created_date
    from core_posts
    where parent_id is not null
        and author_id in (select author_id from outcomes)
        and deleted_at is null
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- A brand named beside its product is no second thing.
topics as (
    select post_id, created_date, author_id, brand_id, product_id, is_recommended
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and post_id in (select unnest([post_id, contact_post_id]) from contacts)
    qualify product_id is not null or count(product_id) over (partition by post_id, brand_id) = 0
),

followed as materialized (
    select
        topics.post_id, topics.brand_id, topics.product_id, topics.is_recommended, contacts.via, contacts.contact_post_id,
        contacts.contact_at, (contacts.met_at at time zone getvariable('timezone'))::date as met_date, outcomes.author_id,
        outcomes.outcome, outcomes.post_id as outcome_post_id, outcomes.product_id as outcome_product_id,
        outcomes.created_date, outcomes.created_at, outcomes.bought_by_date,
        contacts.via in ('reply', 'quote') as is_mere_contact
    from outcomes
    join contacts
        on outcomes.author_id = contacts.author_id
        and contacts.contact_at <= outcomes.created_at
        and coalesce(contacts.brand_id = outcomes.brand_id, true)
        and coalesce(contacts.product_id = outcomes.product_id, true)
    join topics
        on contacts.post_id = topics.post_id
        and topics.brand_id = outcomes.brand_id
        and coalesce(topics.product_id = outcomes.product_id, true)
        and topics.author_id <> outcomes.author_id
        and topics.created_date between outcomes.created_date - getvariable('lookback')::integer and outcomes.created_date
    where coalesce(outcomes.bought_by_date >= met_date, true)
),

-- What a reply or a quote proves is little: its author met the post. It counts only where nothing says otherwise.
mere as materialized (
    from followed where is_mere_contact
),

unfavourable as (
    select post_id
    from core_readings
    where stance = 'against'
        and post_id in (select post_id from mere)
        and created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union
    select post_id
    from core_cues
    where kind = 'complaint'
        and post_id in (select post_id from topics group by post_id having count(distinct brand_id) = 1)
        and post_id in (select post_id from mere)
        and created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- Advised against, or complained of and not recommended.
warned as (
    select mere.post_id, mere.brand_id, mere.product_id
    from mere
    join recommendations as said
        on mere.post_id = said.post_id
        and mere.brand_id = said.brand_id
        and mere.product_id is not distinct from said.product_id
    where said.polarity = 'against'
    union
    select post_id, brand_id, product_id
    from mere
    where not is_recommended
        and post_id in (from unfavourable)
),

-- Both name the same product, or both the brand only; or the reply itself says which.
same_thing as (
    select mere.*
    from mere
    left join topics as said
        on mere.contact_post_id = said.post_id
        and mere.brand_id = said.brand_id
        and mere.outcome_product_id = said.product_id
    where mere.product_id is not distinct from mere.outcome_product_id
        or (mere.product_id is null and said.post_id is not null)
        or (mere.outcome_product_id is null and mere.outcome_post_id = mere.contact_post_id)
),

-- Whoever had bought or judged it when they met the post, or says by then what led them, owes it to something else. One
-- look at the latest word before: people who say it often would meet all their contacts. Of a product ('' any, '-' none).
known as (
    select author_id, brand_id, created_at, created_date, 'had' as what, unnest(['', coalesce(product_id, '-')]) as thing
    from (
        select author_id, brand_id, product_id, created_at, created_date from purchases
        union
        select author_id, brand_id, product_id, created_at, created_date from recommendations
    )
    union all
    select author_id, brand_id, contact_at, created_date, 'led', unnest(['', coalesce(product_id, '-')])
    from contacts
    where via in ('stated', 'code_or_link')
        and brand_id is not null
),

sought as (
    select *, unnest(if(outcome_product_id is null, [''], [outcome_product_id, '-'])) as thing
    from (
        select post_id, contact_post_id, outcome_post_id, outcome, outcome_product_id, author_id, brand_id, created_date,
            'led' as what, created_at as before_at
        from same_thing
        union
        -- What is bought in the reply itself was not had before.
        select post_id, contact_post_id, outcome_post_id, outcome, outcome_product_id, author_id, brand_id, created_date,
            'had', contact_at - to_microseconds((outcome = 'purchase' and outcome_post_id = contact_post_id)::integer)
        from same_thing
    )
),

owed_elsewhere as (
    select sought.post_id, sought.contact_post_id, sought.outcome_post_id, sought.outcome
    from sought
    asof join known
        on sought.author_id = known.author_id
        and sought.brand_id = known.brand_id
        and sought.thing = known.thing
        and sought.what = known.what
        and sought.before_at >= known.created_at
    where known.created_date >= sought.created_date - getvariable('lookback')::integer
    union
    select same_thing.post_id, same_thing.contact_post_id, same_thing.outcome_post_id, same_thing.outcome
    from same_thing
    join purchases as told
        on same_thing.author_id = told.author_id
        and same_thing.brand_id = told.brand_id
        and coalesce(same_thing.outcome_product_id = told.product_id, true)
        and told.bought_by_date < same_thing.met_date
        and told.created_at <= same_thing.created_at
        and told.created_date >= same_thing.created_date - getvariable('lookback')::integer
),

proven as (
    from followed where not is_mere_contact
    union all
    from same_thing
    anti join warned
        on same_thing.post_id = warned.post_id
        and same_thing.brand_id = warned.brand_id
        and same_thing.product_id is not distinct from warned.product_id
    anti join owed_elsewhere
        on same_thing.post_id = owed_elsewhere.post_id
        and same_thing.contact_post_id = owed_elsewhere.contact_post_id
        and same_thing.outcome_post_id = owed_elsewhere.outcome_post_id
        and same_thing.outcome = owed_elsewhere.outcome
)

select
    post_id,
    brand_id,
    product_id,
    author_id,
    arg_min(via, struct_pack(rank := list_position(['stated', 'code_or_link', 'quote', 'reply'], via))) as via,
    min(contact_at) as contact_at,
    outcome,
    outcome_post_id,
    created_date,
    created_at
from proven
where outcome = 'purchase'
    or (outcome_post_id, post_id) not in (
        -- To recommend under a question is to answer it.
        select (post_id, question_id) from core_answers where created_date between getvariable('from_date') and getvariable('to_date')
    )
group by all
