-- grain: one post at one moment of observation
-- key: post_id, observed_at
-- question: What had the public done with a post, and when?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day of the post, not of the observation, in the reporting time zone
select
    seen.post_id,
    posts.created_date,
    seen.observed_at,
    max(seen.like_count) as like_count,
    max(seen.reply_count) as reply_count,
    max(seen.share_count) as share_count,
    max(seen.view_count) as view_count
from engagement as seen
join core_posts as posts using (post_id)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
group by all
