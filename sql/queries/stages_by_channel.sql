-- part: touchpoints
-- question: At which stage of the journey do people meet us, and in which channel?
-- reads: posts counts each post once a stage and channel: a post that asks and complains has two rows in touchpoints, and the matrix has a row for every type, so their sums are too high. followed: somebody who replied, cited or used the code then said to have bought, or recommended.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 13
with met as (
    select touchpoints.stage, touchpoints.channel, touchpoints.post_id, touchpoints.author_id, touchpoints.media
    from touchpoints
    join core_windows as windows
        on touchpoints.created_date between windows.window_from_date and windows.created_date
    where touchpoints.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
        and windows.window_weeks = $window_weeks::integer
        and windows.created_date = (select max(created_date) from core_windows)
),

followed as (
    select distinct weeks.stage, weeks.channel, unnest(weeks.followed_post_ids) as post_id
    from touchpoint_matrix as weeks
    join core_windows as windows
        on weeks.created_date between windows.window_from_date and windows.created_date
    where weeks.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
        and weeks.window_weeks = 1
        and windows.window_weeks = $window_weeks::integer
        and windows.created_date = (select max(created_date) from core_windows)
)

select
    met.stage,
    met.channel,
    count(distinct met.post_id) as posts,
    count(distinct met.author_id) as people,
    count(distinct met.post_id) filter (where met.media = 'earned') as of_these_earned,
    count(distinct followed.post_id) as followed,
    round(count(distinct followed.post_id) / count(distinct met.post_id), 3) as followed_share
from met
left join followed
    on met.stage = followed.stage
    and met.channel = followed.channel
    and met.post_id = followed.post_id
group by met.stage, met.channel
order by array_position(['awareness', 'consideration', 'decision', 'loyalty'], met.stage), posts desc, met.channel
