-- grain: one day, one source and one brand or product that far more posts than usual speak of
-- key: created_date, source, brand_id, product_id
-- question: What is unusual?
-- owner: warehouse
-- refresh: created_date
-- lookback: 59
-- metric: spike v1 (2026-11-22) at least 5 posts; robust z of 3.5 or more against the same weekday of the last 8 weeks (median; 1.4826 x MAD, at least the square root of the median and 1), where 4 of them were seen whole, else against all days of these weeks, where 14 were; Poisson tail under 0.001 with the median, at least 0.5, as mean; only on days seen whole; a repeat within 3 days after another one is marked
-- metric: spike v2 (2026-11-22) as v1, but the turns of an episode count as one post: people in one conversation do not take up a name independently, as the Poisson law wants
-- column created_date: day of the posts in the reporting time zone
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL for the brand with its products
-- column post_count: posts that mention it, copies apart, in all languages; the turns of an episode are one, for they are one conversation
-- column compared_with: weekday (the same weekday of the last 8 weeks) or all_days (of these weeks, while the lake holds fewer than 4 such weekdays)
-- column usual_count: median of the days compared
-- column history_days: days compared, all seen whole
-- column robust_z: (post_count - usual_count) / spread
-- column tail_probability: probability of so many posts or more on a usual day, by a Poisson law
-- column is_repeat: true when the same thing had a spike there in the 3 days before: the cool-down
-- column post_ids: the posts counted
-- column coverage: always 1: no spike is looked for on a day that was not seen whole
with episodes as (
    select
        voices.created_date,
        voices.source,
        voices.brand_id,
        voices.product_id,
        count(*) - count(distinct posts.thread_id) as more_turns
    from core_voices as voices
    join core_posts as posts using (post_id, created_date)
    where posts.kind = 'episode_turn'
        and posts.thread_id is not null
        and voices.level in ('brand', 'product')
        and posts.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and voices.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by all
),

posted as (
    select
        voices.created_date,
        voices.source,
        voices.brand_id,
        voices.product_id,
        sum(voices.post_count) as post_count,
        list_sort(flatten(list(voices.post_ids))) as post_ids
    from share_of_voice_daily as voices
    where voices.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and voices.level in ('brand', 'product')
        and voices.coverage = 1
    group by all
),

counts as (
    select posted.* replace ((posted.post_count - coalesce(episodes.more_turns, 0))::integer as post_count)
    from posted
    left join episodes
        on posted.created_date = episodes.created_date
        and posted.source = episodes.source
        and posted.brand_id = episodes.brand_id
        and posted.product_id is not distinct from episodes.product_id
),

compared as (
    select
        today.created_date,
        today.source,
        today.brand_id,
        today.product_id,
        today.post_count,
        count_if(is_same_weekday) >= 4 as has_weekdays,
        if(has_weekdays, 'weekday', 'all_days') as compared_with,
        if(has_weekdays, count_if(is_same_weekday), count(*))::bigint as history_days,
        if(
            has_weekdays, median(earlier.post_count) filter (where is_same_weekday), median(earlier.post_count)
        ) as usual_count,
        if(has_weekdays, mad(earlier.post_count) filter (where is_same_weekday), mad(earlier.post_count)) as deviation
    from counts as today
    join counts as earlier
        on today.source = earlier.source
        and today.brand_id = earlier.brand_id
        and today.product_id is not distinct from earlier.product_id
        and earlier.created_date between today.created_date - 56 and today.created_date - 1
    cross join lateral (
        select dayofweek(earlier.created_date) = dayofweek(today.created_date) as is_same_weekday
    )
    where today.post_count >= 5
        and today.created_date >= getvariable('from_date') - 3
    group by all
    having count_if(is_same_weekday) >= 4 or count(*) >= 14
),

tested as (
    select
        *,
        (post_count - usual_count) / greatest(1.4826 * deviation, sqrt(usual_count), 1) as robust_z,
        poisson_tail(post_count, greatest(usual_count, 0.5)) as tail_probability
    from compared
),

spiking as (
    select *
    from tested
    where robust_z >= 3.5 and tail_probability < 0.001
)

select
    spiking.created_date,
    spiking.source,
    spiking.brand_id,
    spiking.product_id,
    spiking.post_count,
    spiking.compared_with,
    spiking.usual_count,
    spiking.history_days,
    round(spiking.robust_z, 2) as robust_z,
    spiking.tail_probability,
    coalesce(
        spiking.created_date - lag(spiking.created_date) over (
            partition by spiking.source, spiking.brand_id, spiking.product_id order by spiking.created_date
        ) <= 3, false
    ) as is_repeat,
    counts.post_ids,
    1::double as coverage
from spiking
join counts
    on spiking.created_date = counts.created_date
    and spiking.source = counts.source
    and spiking.brand_id = counts.brand_id
    and spiking.product_id is not distinct from counts.product_id
qualify spiking.created_date between getvariable('from_date') and getvariable('to_date')
