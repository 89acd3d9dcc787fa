-- grain: one earlier post and one later post: a question and own advice under it
-- key: to_post_id
-- question: Who answered somebody who asked, with advice of their own?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: reply_to_seeker: the later post answers someone who asked
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
with things as (
    select distinct post_id, product_id, brand_id
    from core_topics
    where created_date between getvariable('from_date') and getvariable('to_date')
),

only_things as (
    select post_id, min(product_id) as product_id, min(brand_id) as brand_id
    from things
    group by post_id
    having count(*) = 1
),

answers as (
    select
        acts.span_id,
        acts.text as evidence,
        coalesce(acts.product_id, if(acts.brand_id is null, only_thing.product_id, null)) as product_id,
        coalesce(acts.brand_id, only_thing.brand_id) as brand_id,
        answers.question_id as from_post_id,
        answers.asker_id as from_author_id,
        answers.asked_at as from_at,
        answers.post_id as to_post_id,
        answers.author_id as to_author_id,
        answers.created_at as to_at,
        answers.created_date,
        if(answers.is_direct, 0.9, 0.7) as link_confidence,
        acts.confidence * link_confidence as confidence,
        acts.strength,
        question.position as from_position,
        acts.start
    from core_acts as acts
    join core_answers as answers using (post_id, created_date)
    join core_posts as answer using (post_id, created_date)
    join core_posts as question
        on answers.question_id = question.post_id
    left join only_things as only_thing
        on answers.post_id = only_thing.post_id
    where acts.modality in ('asserted', 'conditional')
        and acts.created_date between getvariable('from_date') and getvariable('to_date')
        and answers.created_date between getvariable('from_date') and getvariable('to_date')
        and answer.created_date between getvariable('from_date') and getvariable('to_date')
        and question.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and not answer.is_duplicate
        and not question.is_duplicate
        and answers.author_id is not null
        and answers.asker_id is not null
        -- turns of one episode were published at once; core_answers knows their order
        and (answers.asked_at < answers.created_at or (answers.asked_at = answers.created_at and answer.kind = 'episode_turn'))
)

select
    'reply_to_seeker' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date,
    product_id, brand_id, evidence, span_id, confidence
from answers
qualify row_number() over (
    partition by to_post_id
    order by link_confidence desc, (product_id is null), strength desc,
        from_at desc, from_position desc nulls last, from_post_id, start, span_id
) = 1
