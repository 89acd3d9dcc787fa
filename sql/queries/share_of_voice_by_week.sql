-- part: listen
-- question: How is our share of voice moving from week to week, and how sure is that?
-- reads: Sum posts over sources and languages, then divide: an average of shares lets a source with two posts weigh as much as one with two hundred. tracked is the same for every brand of a week: never add it over brands. low and high are the 95 % interval (Wilson).
-- param brand: brand_id in brands.yml; NULL for all = NULL
-- param weeks: how many weeks, the current one included = 8
-- param source: id of a source; NULL for all = NULL
-- param lang: language such as fr; NULL for all = NULL
with weeks as (
    select
        week_from_date,
        brand_id,
        sum(post_count) as posts,
        sum(owned_post_count) as owned,
        sum(tracked_post_count) as tracked
    from share_of_voice_weekly
    where level = 'brand'
        and created_date > (select max(created_date) from share_of_voice_weekly) - 7 * $weeks::integer
        and ($source is null or source = $source)
        and ($lang is null or lang = $lang)
    group by week_from_date, brand_id
),

heard as (
    select
        date_trunc('week', created_date)::date as week_from_date,
        sum(complete_count) / nullif(sum(planned_count), 0) as coverage
    from core_days
    where $source is null or source = $source
    group by 1
)

select
    weeks.week_from_date,
    brands.name as brand,
    weeks.posts::bigint as posts,
    weeks.owned::bigint as of_these_owned,
    weeks.tracked::bigint as tracked,
    round(weeks.posts / weeks.tracked, 3) as share,
    round(
        (posts + 1.9208 - 1.96 * sqrt(posts * (tracked - posts) / tracked + 0.9604)) / (tracked + 3.8416), 3
    ) as low,
    round(
        (posts + 1.9208 + 1.96 * sqrt(posts * (tracked - posts) / tracked + 0.9604)) / (tracked + 3.8416), 3
    ) as high,
    round(heard.coverage, 3) as coverage
from weeks
join brands
    on weeks.brand_id = brands.brand_id
left join heard
    on weeks.week_from_date = heard.week_from_date
where ($brand is null or weeks.brand_id = $brand)
    and weeks.tracked > 0
order by weeks.week_from_date desc, weeks.posts desc, brands.name
