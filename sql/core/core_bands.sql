-- grain: one band of one post that is not deleted
-- key: post_id, band
-- question: Which posts share most of their words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column post_id: the post
-- column created_at: when the person published it (UTC); first seen where the source does not tell
-- column thread_id: post_id of the first post of the conversation
-- column band: one of its 20 hashes of word pairs; two posts that share 8 have about three quarters of their pairs in common
select
    versions.post_id,
    versions.created_date,
    versions.created_at,
    posts.thread_id,
    unnest(string_split(readings.bands, ' ')) as band
from core_versions as versions
join posts using (post_id, run_date, source)
join readings using (post_id, run_date, source)
where versions.created_date between getvariable('from_date') and getvariable('to_date')
    and versions.deleted_at is null
    and readings.bands is not null
