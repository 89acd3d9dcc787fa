-- grain: one post that was understood and is not deleted, in its latest version
-- key: post_id
-- question: What would a careful person conclude from the post?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column stance: for, against, mixed or none: the polarities of the author's own acts, those that a person corrected included, unless a person set it
-- column umot: positive, negative or none: what the own acts come to where experience is claimed, unless a person set it
-- column advocacy: -1 to 1: would this author recommend it? NULL where corrections left another stance than the one it was read with
with latest as (
    select post_id, field, value
    from corrections
    where corrected = 'readings'
    qualify row_number() over (partition by post_id, field order by corrected_at desc, correction_id desc) = 1
),

corrected as (
    select
        post_id,
        max(value) filter (field = 'stance') as stance,
        max(value) filter (field = 'experience') as experience,
        max(value) filter (field = 'purchase') as purchase,
        max(value) filter (field = 'is_seeking_advice') as is_seeking_advice,
        max(value) filter (field = 'influenced_by') as influenced_by,
        max(value) filter (field = 'commercial') as commercial,
        max(value) filter (field = 'umot') as umot
    from latest
    group by post_id
),

-- Of a post whose acts or experience a person corrected, stance and UMOT follow anew from what is left, by the rules of
-- nlp/components/umot.py: a post must not recommend on in one table what a person took out of another.
reconsidered as (
    select distinct post_id
    from core_corrections
    where created_date between getvariable('from_date') and getvariable('to_date')
        and corrected = 'acts'
    union
    select post_id from corrected where experience is not null
),

-- What only some readers are told counts half.
own_acts as (
    select
        post_id,
        start,
        span_id,
        polarity,
        modality = 'conditional' as is_conditional,
        strength / if(modality = 'conditional', 2, 1) as weight
    from core_acts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and post_id in (from reconsidered)
        and modality in ('asserted', 'conditional')
),

left_over as (
    select
        reconsidered.post_id,
        case
            when count(own_acts.post_id) = 0 then 'none'
            when min(own_acts.polarity) = max(own_acts.polarity) then min(own_acts.polarity)
            else 'mixed'
        end as stance,
        round(sum(if(own_acts.polarity = 'for', own_acts.weight, -own_acts.weight)), 6) as balance,
        bool_and(own_acts.is_conditional) filter (own_acts.polarity = 'against') as is_for_but,
        max_by(own_acts.polarity, struct_pack(start := own_acts.start, span_id := own_acts.span_id)) as last_polarity
    from reconsidered
    left join own_acts using (post_id)
    group by reconsidered.post_id
)

select
    reading.* exclude (run_date, lang, lang_confidence, bands) replace (
        coalesce(corrected.stance, left_over.stance, reading.stance) as stance,
        coalesce(corrected.experience, reading.experience) as experience,
        coalesce(corrected.purchase, reading.purchase) as purchase,
        coalesce(corrected.is_seeking_advice::boolean, reading.is_seeking_advice) as is_seeking_advice,
        nullif(coalesce(corrected.influenced_by, reading.influenced_by), '') as influenced_by,
        coalesce(corrected.commercial, reading.commercial) as commercial,
        coalesce(
            corrected.umot,
            case
                when left_over.stance is null then reading.umot
                when left_over.stance = 'none' then 'none'
                when coalesce(corrected.experience, reading.experience) <> 'claimed' then 'none'
                when left_over.stance = 'mixed' and left_over.is_for_but then 'positive'
                when left_over.stance = 'mixed' and abs(left_over.balance) < 0.1
                    then if(left_over.last_polarity = 'for', 'positive', 'negative')
                when left_over.balance > 0 then 'positive'
                else 'negative'
            end
        ) as umot,
        if(
            coalesce(corrected.stance, left_over.stance, reading.stance) = reading.stance, reading.advocacy, null
        ) as advocacy
    ),
    posts.created_date
from readings as reading
join core_posts as posts using (post_id, run_date, source)
left join corrected
    on reading.post_id = corrected.post_id
left join left_over
    on reading.post_id = left_over.post_id
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
