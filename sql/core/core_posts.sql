-- grain: one post, in its latest version
-- key: post_id
-- question: What did people publish, once each, and which posts are copies of another?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90 of core_paragraphs, core_bands
-- follows: versions
-- column run_date: UTC date of the run that first brought the latest version
-- column post_id: the post
-- column author_id: keyed hash of the author, see core_authors
-- column title: title of the post itself; NULL once deleted
-- column text: the person's words; NULL once deleted or erased
-- column thread_id: post_id of the first post of the conversation
-- column lang: ISO 639-1 code, as understood, else as the source says
-- column lang_confidence: how sure the language is, 0 to 1; NULL when it was not understood
-- column created_at: when the person published it (UTC); first seen where the source does not tell
-- column edited_at: last edit that the source tells, else when a night first saw the latest words after others (UTC)
-- column deleted_at: when the source first said that it is gone (UTC); it stays gone whatever a later run sees
-- column is_duplicate: true for a copy of a post at most 90 days older, by the same author elsewhere or by another
-- column duplicate_of: the earliest post that holds four fifths of its words, in paragraphs of more than 60 characters; in one thread, where people quote, all of them; else the earliest post of another thread that shares about three quarters of its word pairs
with held as (
    select *
    from core_paragraphs
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and character_count > 60  -- two people who write "Foncez !" did not copy
        and paragraph_hash in (
            select paragraph_hash
            from core_paragraphs
            where created_date between getvariable('from_date') and getvariable('to_date')
        )
),

first_held as (
    select
        *,
        min(struct_pack(created_at := created_at, post_id := post_id, thread_id := thread_id)) over (
            partition by paragraph_hash order by created_date
            range between to_days(getvariable('lookback')::integer) preceding and current row
        ) as earliest
    from held
),

copies as (
    select post_id, earliest.post_id as original_id
    from first_held
    where earliest.post_id <> post_id
        and created_date between getvariable('from_date') and getvariable('to_date')
    group by post_id, thread_id, earliest
    having sum(share) >= if(thread_id = earliest.thread_id, 0.9999, 0.8)
    qualify row_number() over (partition by post_id order by sum(share) desc, earliest) = 1
),

-- Near-copies: bands of word pairs (nlp/shingles.py), each seen first in one post.
banded as (
    select
        *,
        min(struct_pack(created_at := created_at, post_id := post_id, thread_id := thread_id)) over (
            partition by band order by created_date
            range between to_days(getvariable('lookback')::integer) preceding and current row
        ) as earliest
    from core_bands
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and band in (
            select band
            from core_bands
            where created_date between getvariable('from_date') and getvariable('to_date')
        )
),

near_copies as (
    select post_id, earliest.post_id as original_id
    from banded
    where earliest.post_id <> post_id
        and thread_id is distinct from earliest.thread_id
        and created_date between getvariable('from_date') and getvariable('to_date')
    group by post_id, earliest
    having count(*) >= 8
    qualify row_number() over (partition by post_id order by count(*) desc, earliest) = 1
)

select
    version.post_id,
    version.created_date,
    version.created_at,
    posts.created_precision,
    version.source,
    version.run_date,
    posts.native_id,
    posts.source_type,
    posts.instance,
    posts.kind,
    posts.url,
    posts.canonical_url,
    posts.thread_id,
    posts.parent_id,
    posts.position,
    posts.author_id,
    posts.is_owned,
    posts.thread_title,
    if(version.deleted_at is null, posts.title, null) as title,
    if(version.deleted_at is null, posts.text, null) as text,
    coalesce(reading.lang, posts.lang) as lang,
    reading.lang_confidence,
    posts.rating,
    posts.quoted_url,
    version.edited_at,
    version.first_seen_at,
    version.deleted_at,
    posts.content_hash,
    coalesce(copies.original_id, near_copies.original_id) is not null as is_duplicate,
    coalesce(copies.original_id, near_copies.original_id) as duplicate_of,
    posts.licence
from core_versions as version
join posts using (post_id, run_date, source)
left join copies
    on version.post_id = copies.post_id
left join near_copies
    on version.post_id = near_copies.post_id
left join readings as reading
    on version.post_id = reading.post_id
    and version.run_date = reading.run_date
    and version.source = reading.source
where version.created_date between getvariable('from_date') and getvariable('to_date')
