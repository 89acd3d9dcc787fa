-- grain: one day and one author whose posts somebody else answered that day
-- key: created_date, author_id
-- question: Who answers an author, and do several accounts answer in the same words at once?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column created_date: day of the answers in the reporting time zone
-- column author_id: keyed hash of the author who is answered, by a direct reply or in the thread that they opened
-- column reply_count: answers by others
-- column replier_count: authors of these answers, each once
-- column echo_post_ids: of these, short ones of 2 words or more that 3 accounts or more wrote alike within 10 minutes
-- column echo_words: these words, folded, each once
with replies as (
    select post_id, created_date, created_at, author_id, coalesce(parent_id, thread_id) as answered_id, text,
        created_precision
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
        and author_id is not null
        and coalesce(parent_id, thread_id) <> post_id
),

answers as (
    select replies.*, answered.author_id as answered_author_id
    from replies
    join core_posts as answered
        on replies.answered_id = answered.post_id
        and replies.author_id <> answered.author_id
        and answered.created_date between replies.created_date - getvariable('lookback')::integer and replies.created_date
),

short as (
    select post_id, answered_author_id, author_id, created_date, created_at, folded(text) as words
    from answers
    where length(text) <= 60
        and created_precision in ('second', 'minute')
        and contains(folded(text), ' ')
),

echoes as (
    select distinct one.post_id, one.answered_author_id, one.created_date, one.words
    from short as one
    join short as other
        on one.answered_author_id = other.answered_author_id
        and one.words = other.words
        and one.created_date = other.created_date
        and other.created_at between one.created_at - interval 10 minutes and one.created_at + interval 10 minutes
    group by one.post_id, one.answered_author_id, one.created_date, one.words
    having count(distinct other.author_id) >= 3
),

echoed as (
    select
        created_date,
        answered_author_id,
        list_sort(list(post_id)) as post_ids,
        list(distinct words order by words) as words
    from echoes
    group by all
)

select
    answers.created_date,
    answers.answered_author_id as author_id,
    count(*) as reply_count,
    count(distinct answers.author_id) as replier_count,
    coalesce(any_value(echoed.post_ids), []) as echo_post_ids,
    coalesce(any_value(echoed.words), []) as echo_words
from answers
left join echoed
    on answers.created_date = echoed.created_date
    and answers.answered_author_id = echoed.answered_author_id
group by answers.created_date, answers.answered_author_id
