-- grain: one post, not a copy, one brand or product that it speaks of, one stage of the journey and one type
-- key: post_id, brand_id, product_id, stage, type
-- question: Where along the journey does each post meet the product, and as what?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day of created_at in the reporting time zone
-- column author_id: keyed hash of the author, see core_authors; NULL when the source does not tell
-- column channel: extractor that read it, such as forum, mastodon, podcast
-- column brand_id: brand of brands.yml
-- column product_id: product; NULL where the post names the brand and none of its products
-- column media: owned (the brand's own account), paid (disclosed or probable commercial evidence), earned (no such evidence found)
-- column evidence: the words that make it so; NULL where the post as a whole does
-- column span_id: where they stand: a span of core_cues or core_acts
with posts as (
    select
        posts.*,
        coalesce(readings.commercial, 'organic') as commercial,
        coalesce(readings.is_seeking_advice, false) as is_seeking_advice,
        coalesce(readings.stance, 'none') as stance
    from core_posts as posts
    left join core_readings as readings using (post_id, created_date)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
        and not posts.is_duplicate
),

things as (
    select post_id, brand_id, product_id
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
    union
    select post_id, brand_id, product_id from umots
    where created_date between getvariable('from_date') and getvariable('to_date')
        and brand_id is not null
    union
    select post_id, brand_id, product_id from core_purchases
    where created_date between getvariable('from_date') and getvariable('to_date')
),

-- A brand named beside its product is no second thing.
own_things as (
    select things.*, count(*) over (partition by post_id) as thing_count
    from (
        select *, count(product_id) over (partition by post_id, brand_id) as products from things
    ) as things
    where product_id is not null or products = 0
),

umot_signs as (
    select
        umots.post_id, umots.brand_id, umots.product_id, if(umots.polarity = 'for', 'recommendation', 'warning') as signal,
        umots.evidence, umots.act_id as span_id
    from umots
    where umots.created_date between getvariable('from_date') and getvariable('to_date')
),

act_words as (
    select distinct cues.span_id
    from core_cues as cues
    join core_acts as acts using (post_id, created_date)
    where cues.kind in ('tip', 'suggestion')
        and acts.start < cues."end"
        and cues.start < acts."end"
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
),

own_mentions as (
    select own_things.post_id, own_things.brand_id, own_things.product_id, mentions.start, mentions."end", mentions.span_id
    from own_things
    join core_mentions as mentions
        on own_things.post_id = mentions.post_id
        and own_things.product_id is not distinct from mentions.product_id
    where coalesce(mentions.brand_id, own_things.brand_id) = own_things.brand_id
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
),

-- In a review, a post in favour, or an answer without complaint or question, thanks are thanks; elsewhere they mostly end a
-- request or are meant bitterly ("three days without a line, thanks").
grateful as (
    select post_id
    from posts
    where kind = 'review'
        or stance = 'for'
        or (
            parent_id is not null
            and not is_seeking_advice
            and post_id not in (
                select post_id from core_cues
                where kind = 'complaint'
                    and created_date between getvariable('from_date') and getvariable('to_date')
            )
        )
),

-- Words belong to the thing named nearest to them; where only one is spoken of, to that one.
cue_signs as (
    select cues.post_id, own_things.brand_id, own_things.product_id, cues.kind as signal, cues.text as evidence, cues.span_id
    from core_cues as cues
    join own_things
        on cues.post_id = own_things.post_id
    left join own_mentions as mentions
        on own_things.post_id = mentions.post_id
        and own_things.brand_id = mentions.brand_id
        and own_things.product_id is not distinct from mentions.product_id
    where cues.created_date between getvariable('from_date') and getvariable('to_date')
        and cues.kind <> 'purchase'
        and (cues.kind <> 'thanks' or cues.post_id in (from grateful))
        -- "Steer clear" is no tip, "you should get one" no suggestion: it is the recommending act itself.
        and cues.span_id not in (select span_id from act_words)
        and (own_things.thing_count = 1 or mentions.span_id is not null)
    qualify row_number() over (
        partition by cues.span_id
        order by greatest(0, mentions.start - cues."end", cues.start - mentions."end") nulls last, mentions.start,
            mentions.span_id, own_things.brand_id, own_things.product_id
    ) = 1
),

post_signs as (
    select post_id, brand_id, product_id, kind as signal
    from own_things
    join posts using (post_id)
    where kind in ('article', 'episode_turn', 'review')
    union all
    select post_id, brand_id, product_id, 'question'
    from own_things
    join posts using (post_id)
    where is_seeking_advice
    union all
    select post_id, brand_id, product_id, 'answer'
    from own_things
    where post_id in (select post_id from core_answers where created_date between getvariable('from_date') and getvariable('to_date'))
),

-- Who buys with a code offers none.
code_users as (
    select to_post_id as post_id
    from edges
    where kind = 'code_or_link'
        and created_date between getvariable('from_date') and getvariable('to_date')
),

given as (
    from umot_signs
    union all by name
    from cue_signs
    union all by name
    from post_signs
    union all by name
    select post_id, brand_id, product_id, 'purchase' as signal, evidence, span_id
    from core_purchases
    where created_date between getvariable('from_date') and getvariable('to_date')
),

-- A brand that asks for parcels back complains of nothing, and loves nothing.
signs as materialized (
    select given.*, types.stage, types.type
    from given
    join posts using (post_id)
    join core_touch_types as types
        on types.signal = if(
            given.signal in ('promo_code', 'affiliate_link') and given.post_id in (from code_users), 'code_used', given.signal
        )
    where not (posts.is_owned and types.is_personal)
        and given.brand_id is not null
),

typed as (
    from signs
    union all by name
    select own_things.post_id, own_things.brand_id, own_things.product_id, types.stage, types.type
    from own_things
    join core_touch_types as types on types.signal = 'mention'
    where (own_things.post_id, own_things.brand_id, coalesce(own_things.product_id, '')) not in (
        select (signs.post_id, signs.brand_id, coalesce(signs.product_id, ''))
        from signs
    )
)

select
    posts.post_id,
    posts.created_date,
    posts.created_at,
    posts.source,
    posts.source_type as channel,
    posts.author_id,
    typed.brand_id,
    typed.product_id,
    typed.stage,
    typed.type,
    case when posts.is_owned then 'owned' when posts.commercial <> 'organic' then 'paid' else 'earned' end as media,
    arg_min(typed.evidence, typed.span_id) as evidence,
    min(typed.span_id) as span_id
from typed
join posts using (post_id)
group by all
