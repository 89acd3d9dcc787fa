-- part: listen
-- question: How is our share of voice moving from week to week, and how sure is that?
-- reads: Sum posts over sources and languages, then divide: an average of shares lets a source with two posts weigh as much as one with two hundred. tracked is the same for every brand of a week: never add it over brands. Posts by the brands' own accounts are posts too: of_these_owned counts them apart. people are authors, each once a week over all sources and languages: NULL where one source or language is asked for. low and high are the 95 % interval (Wilson).
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param weeks: how many weeks, the current one included (whole number from 1 to 5200) = 8
-- param source: id of a source; NULL for all (sources.source) = NULL
-- param lang: language such as fr; NULL for all (code of a language) = NULL
with weeks as (
    select
        week_from_date,
        brand_id,
        sum(post_count) as posts,
        sum(owned_post_count) as owned,
        sum(tracked_post_count) as tracked,
        max(everywhere_author_count) as people,
        max(everywhere_tracked_author_count) as of_people
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
    if($source is null and $lang is null, weeks.people, null) as people,
    if($source is null and $lang is null, weeks.of_people, null) as of_people,
    if($source is null and $lang is null, round(weeks.people / weeks.of_people, 3), null) as share_of_people,
    round(heard.coverage, 3) as coverage
from weeks
join brands
    on weeks.brand_id = brands.brand_id
left join heard
    on weeks.week_from_date = heard.week_from_date
where ($brand is null or weeks.brand_id = $brand)
    and weeks.tracked > 0
order by weeks.week_from_date desc, weeks.posts desc, brands.name
