-- grain: one post that is not deleted
-- key: post_id
-- question: How far did a post carry, and before how many people was it said?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column created_date: day of created_at in the reporting time zone
-- column like_count: at the last observation; NULL where the source does not tell
-- column reply_count: at the last observation; NULL where the source does not tell
-- column share_count: at the last observation; NULL where the source does not tell
-- column view_count: at the last observation; NULL where the source does not tell
-- column engagement_at: when these counts were observed (UTC)
-- column engaged_count: likes + replies + shares, those that are known; NULL when none is
-- column follower_count: followers of the author when the post was last read; NULL where the source does not tell
-- column tier: of the author then: nano below 10,000 followers, micro below 100,000, macro below a million, else mega; NULL when unknown
-- column reach_low: people who are known to have met it: the greatest of likes, replies and shares, as one person may have done all three; NULL when none is known
-- column reach_high: people who may have met it: the author's followers, and never fewer than reach_low; NULL when unknown
-- column engagement_rate: engaged_count / view_count where views are counted, else / follower_count; NULL when unknown. Compare it within one source and tier only
with last_engagement as (
    select *
    from core_engagement
    where created_date between getvariable('from_date') and getvariable('to_date')
    qualify row_number() over (partition by post_id order by observed_at desc) = 1
),

-- What the night that brought the post saw of its author: a later night does not change earlier posts.
audiences as (
    select author_id, run_date, source, arg_max(follower_count, observed_at) as follower_count
    from author_observations
    where (run_date, source) in (
        select run_date, source
        from core_posts
        where created_date between getvariable('from_date') and getvariable('to_date')
    )
    group by all
),

counted as (
    select
        posts.post_id,
        posts.created_date,
        seen.like_count,
        seen.reply_count,
        seen.share_count,
        seen.view_count,
        seen.observed_at as engagement_at,
        if(
            coalesce(seen.like_count, seen.reply_count, seen.share_count) is null, null,
            coalesce(seen.like_count, 0) + coalesce(seen.reply_count, 0) + coalesce(seen.share_count, 0)
        ) as engaged_count,
        greatest(seen.like_count, seen.reply_count, seen.share_count) as reach_low,
        audiences.follower_count
    from core_posts as posts
    left join last_engagement as seen
        on posts.post_id = seen.post_id
    left join audiences
        on posts.author_id = audiences.author_id
        and posts.run_date = audiences.run_date
        and posts.source = audiences.source
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
)

select
    *,
    case
        when follower_count < 10000 then 'nano'
        when follower_count < 100000 then 'micro'
        when follower_count < 1000000 then 'macro'
        when follower_count >= 1000000 then 'mega'
    end as tier,
    if(follower_count is null, null, greatest(follower_count, coalesce(reach_low, 0))) as reach_high,
    if(view_count is not null, engaged_count / nullif(view_count, 0), engaged_count / nullif(follower_count, 0))
        as engagement_rate
from counted
