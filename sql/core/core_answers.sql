-- grain: one post and one earlier post by somebody else, in its thread, that asks people for advice; in an episode, one of the three turns by others that follow the one that asks
-- key: post_id, question_id
-- question: Who answers somebody who asked which product to choose?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column author_id: keyed hash of who answers; NULL when the source does not tell
-- column question_id: post_id of the question, at most 90 days older
-- column asked_at: when the question was published (UTC)
-- column asker_id: keyed hash of who asks; NULL when the source does not tell
-- column is_direct: whether the post answers the question itself, not only in its thread; false of turns, whose order is all that ties them (created_at, then position)
with questions as (
    select
        posts.post_id, posts.author_id, posts.created_at, posts.created_date,
        posts.kind, posts.thread_id, posts.position
    from core_readings as readings
    join core_posts as posts using (post_id, created_date)
    where readings.is_seeking_advice
        and posts.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and readings.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- A turn has no parent. Where neither time nor position tells turns apart, none follows.
turns as (
    select turns.post_id, turns.created_date, turns.created_at, turns.author_id, questions.post_id as question_id
    from core_posts as turns
    join questions
        on turns.thread_id = questions.thread_id
        and (turns.created_at, coalesce(turns.position, 0)) > (questions.created_at, coalesce(questions.position, 0))
        and turns.author_id is distinct from questions.author_id
    where turns.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and turns.kind = 'episode_turn'
        and questions.kind = 'episode_turn'
        and turns.deleted_at is null
    qualify row_number() over (
        partition by questions.post_id order by turns.created_at, coalesce(turns.position, 0), turns.post_id
    ) <= 3
),

answering as (
    select post_id, created_date, created_at, author_id, parent_id as question_id
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
    union
    select post_id, created_date, created_at, author_id, thread_id
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
        and kind <> 'episode_turn'
    union
    select post_id, created_date, created_at, author_id, question_id
    from turns
    where created_date between getvariable('from_date') and getvariable('to_date')
)

select
    answering.post_id,
    answering.created_date,
    answering.created_at,
    answering.author_id,
    answering.question_id,
    questions.created_at as asked_at,
    questions.author_id as asker_id,
    posts.parent_id is not distinct from answering.question_id as is_direct
from answering
join questions
    on answering.question_id = questions.post_id
    and answering.post_id <> questions.post_id
    and answering.author_id is distinct from questions.author_id
    and questions.created_at <= answering.created_at
    and questions.created_date
    between answering.created_date - getvariable('lookback')::integer and answering.created_date
join core_posts as posts
    on answering.post_id = posts.post_id
    and answering.created_date = posts.created_date
