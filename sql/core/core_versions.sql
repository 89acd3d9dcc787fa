-- grain: one post
-- key: post_id
-- question: Which night brought the version of each post that counts, and when was it first seen?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column post_id: the post
-- column created_date: day of created_at in the reporting time zone
-- column created_at: when the person published it (UTC); first seen where the source does not tell
-- column run_date: UTC date of the run that first brought the latest version: to be seen again unchanged makes no new one
-- column first_seen_at: when any version was first fetched (UTC)
-- column edited_at: last edit that the source tells, else when a night first saw the latest words after others (UTC)
-- column deleted_at: when the source first said that it is gone (UTC); it stays gone whatever a later run sees
with wanted as (
    select post_id, run_date, source
    from posts
    where post_id in (
        select post_id
        from posts
        where created_at between getvariable('from_date') - interval 2 days and getvariable('to_date') + interval 2 days
            and (created_at at time zone getvariable('timezone'))::date
                between getvariable('from_date') and getvariable('to_date')
    )
),

sightings as (
    select
        post_id, run_date, source, seen_at, created_at, deleted_at,
        if(text is null, null, content_hash) as words_hash,
        hash(
            kind, url, canonical_url, thread_id, parent_id, position, author_id, is_owned, thread_title, title, text, lang,
            rating, quoted_url, edited_at, deleted_at, licence, created_precision,
            if(created_precision = 'fetched', null, created_at)
        ) as content
    from posts
    -- By the run too: words are read of the runs only that saw one of these posts.
    join wanted using (run_date, post_id, source)
),

-- A version lasts until a sighting differs: what was seen again unchanged leaves the day as it is.
versions as (
    select
        *,
        content is distinct from lag(content) over sighted as is_new,
        words_hash <> lag(words_hash ignore nulls) over source_sighted as is_edit
    from sightings
    window
        sighted as (partition by post_id order by seen_at, run_date, source),
        source_sighted as (partition by post_id, source order by seen_at, run_date)
),

histories as (
    select
        post_id,
        min(created_at) as earliest_created_at,
        min(seen_at) as first_seen_at,
        min(deleted_at) as deleted_at,
        max(struct_pack(seen_at := seen_at, run_date := run_date, source := source)) filter (where is_new) as latest
    from versions
    group by post_id
),

edits as (
    select post_id, source, max(seen_at) as edited_at
    from versions
    where is_edit
    group by post_id, source
),

dated as (
    select
        posts.post_id,
        posts.run_date,
        posts.source,
        if(posts.created_precision = 'fetched', histories.earliest_created_at, posts.created_at) as created_at,
        histories.first_seen_at,
        coalesce(posts.edited_at, edits.edited_at) as edited_at,
        histories.deleted_at
    from posts
    join histories
        on posts.post_id = histories.post_id
        and posts.run_date = histories.latest.run_date
        and posts.source = histories.latest.source
    left join edits
        on posts.post_id = edits.post_id
        and posts.source = edits.source
)

select
    post_id,
    (created_at at time zone getvariable('timezone'))::date as created_date,
    created_at,
    run_date,
    source,
    first_seen_at,
    edited_at,
    deleted_at
from dated
