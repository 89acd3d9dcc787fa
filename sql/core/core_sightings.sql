-- grain: one post
-- key: post_id
-- question: How often, and when last, was a post seen as it stands?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column post_id: the post
-- column created_date: day of the post in the reporting time zone
-- column seen_count: nights and sources that brought it, in any version
-- column last_seen_at: when it was last fetched (UTC); see core_posts for first_seen_at
select
    posts.post_id,
    posts.created_date,
    count(*) as seen_count,
    max(seen.seen_at) as last_seen_at
from core_versions as posts
join posts as seen using (post_id)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
group by all
