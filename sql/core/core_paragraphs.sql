-- grain: one paragraph of a post that is not deleted, each wording once
-- key: post_id, paragraph_hash
-- question: Which stretches of words are the same in two posts?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column post_id: the post
-- column created_at: when the person published it (UTC); first seen where the source does not tell
-- column thread_id: post_id of the first post of the conversation
-- column paragraph_hash: hash of the words, case and punctuation apart
-- column character_count: characters of these words
-- column share: of the characters of the whole post, 0 to 1
with paragraphs as (
    select
        versions.post_id,
        versions.created_date,
        versions.created_at,
        posts.thread_id,
        unnest(regexp_split_to_array(posts.text, '\n+')) as paragraph
    from core_versions as versions
    join posts using (post_id, run_date, source)
    where versions.created_date between getvariable('from_date') and getvariable('to_date')
        and versions.deleted_at is null
),

worded as (
    select * exclude (paragraph), trim(regexp_replace(lower(paragraph), '[^\p{L}\p{N}]+', ' ', 'g')) as words
    from paragraphs
),

counted as (
    select
        post_id,
        created_date,
        created_at,
        thread_id,
        md5(words) as paragraph_hash,
        sum(length(words))::bigint as character_count
    from worded
    where words <> ''
    group by all
)

select *, character_count / sum(character_count) over (partition by post_id) as share
from counted
