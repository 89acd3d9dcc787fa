-- grain: one week, one source, one language and one thing of brands.yml at one level
-- key: created_date, source, lang, level, brand_id, product_id, category_id
-- question: How is the share of voice moving from week to week?
-- owner: warehouse
-- refresh: created_date
-- lookback: 6
-- column created_date: last day of the week, a Sunday; the current week is not full yet
-- column week_from_date: its first day, a Monday
-- column lang: language of the posts; NULL where it is not known, or nothing is expected
-- column level: brand, product, or category (the brand within one category): filter by one level, then sum over weeks, sources and languages; never sum over levels, nor over brands (a post may name two)
-- column post_count: posts that mention the thing, the sum of share_of_voice_daily; NULL where nothing was seen all week
-- column owned_post_count: of these, posts by accounts or on sites that a brand owns
-- column author_count: authors of these posts, each once a row: a sum over sources and languages counts an author again, see everywhere_author_count
-- column tracked_post_count: posts that mention any brand of brands.yml (at level category: anything of that category)
-- column tracked_author_count: authors of those posts, each once a row
-- column share_of_voice: post_count / tracked_post_count, 0 to 1; over several rows divide the sums
-- column author_share_of_voice: author_count / tracked_author_count, 0 to 1
-- column everywhere_author_count: authors of the week's posts about the thing in all sources and languages, each once: the same in every row of a week and thing, never to be added up; NULL where nothing was seen all week
-- column everywhere_tracked_author_count: authors of the week's posts that mention any brand of brands.yml (at level category: anything of that category), in all sources and languages, each once
-- column everywhere_author_share: everywhere_author_count / everywhere_tracked_author_count, 0 to 1: the share of voice by authors over all sources and languages
-- column everywhere_author_low: lower bound of its 95 % interval
-- column everywhere_author_high: upper bound of its 95 % interval
-- column coverage: share of the planned source-windows of that week and source that were complete, 0 to 1
-- column post_ids: the posts counted
with sums as (
    select
        date_trunc('week', created_date)::date + 6 as sunday,
        source,
        lang,
        level,
        brand_id,
        product_id,
        category_id,
        sum(post_count)::bigint as post_count,
        sum(owned_post_count)::bigint as owned_post_count,
        sum(tracked_post_count)::bigint as tracked_post_count,
        list_sort(flatten(list(post_ids))) as post_ids
    from share_of_voice_daily
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by all
),

voices as (
    select *, date_trunc('week', created_date)::date + 6 as sunday
    from core_voices
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

people as (
    select sunday, source, lang, level, brand_id, product_id, category_id, count(distinct author_id) as author_count
    from voices
    group by all
),

tracked_people as (
    select
        sunday,
        source,
        lang,
        unnest(if(level = 'brand', ['brand', 'product'], ['category'])) as level,
        category_id,
        count(distinct author_id) as author_count
    from voices
    where level <> 'product'
    group by sunday, source, lang, voices.level, category_id
),

everywhere as (
    select sunday, level, brand_id, product_id, category_id, count(distinct author_id) as author_count
    from voices
    group by all
),

everywhere_tracked as (
    select
        sunday,
        unnest(if(level = 'brand', ['brand', 'product'], ['category'])) as level,
        category_id,
        count(distinct author_id) as author_count
    from voices
    where level <> 'product'
    group by sunday, voices.level, category_id
),

heard as (
    select
        date_trunc('week', created_date)::date + 6 as sunday,
        source,
        coalesce(sum(complete_count) / nullif(sum(planned_count), 0), 0) as coverage
    from core_days
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by all
),

seen as (
    select sunday, if(max(coverage) > 0, 0, null) as nothing from heard group by sunday
),

counted as (
    select
        sums.*,
        if(sums.post_count is null, null, coalesce(people.author_count, 0)) as author_count,
        if(sums.tracked_post_count is null, null, coalesce(tracked_people.author_count, 0)) as tracked_author_count,
        coalesce(everywhere.author_count, seen.nothing) as everywhere_author_count,
        coalesce(everywhere_tracked.author_count, seen.nothing) as everywhere_tracked_author_count,
        heard.coverage
    from sums
    join heard using (sunday, source)
    join seen using (sunday)
    left join people
        on sums.sunday = people.sunday
        and sums.source = people.source
        and sums.lang is not distinct from people.lang
        and sums.level = people.level
        and sums.brand_id = people.brand_id
        and sums.product_id is not distinct from people.product_id
        and sums.category_id is not distinct from people.category_id
    left join tracked_people
        on sums.sunday = tracked_people.sunday
        and sums.source = tracked_people.source
        and sums.lang is not distinct from tracked_people.lang
        and sums.level = tracked_people.level
        and sums.category_id is not distinct from tracked_people.category_id
    left join everywhere
        on sums.sunday = everywhere.sunday
        and sums.level = everywhere.level
        and sums.brand_id = everywhere.brand_id
        and sums.product_id is not distinct from everywhere.product_id
        and sums.category_id is not distinct from everywhere.category_id
    left join everywhere_tracked
        on sums.sunday = everywhere_tracked.sunday
        and sums.level = everywhere_tracked.level
        and sums.category_id is not distinct from everywhere_tracked.category_id
)

select
    sunday as created_date,
    sunday - 6 as week_from_date,
    source,
    lang,
    level,
    brand_id,
    product_id,
    category_id,
    post_count,
    owned_post_count,
    author_count,
    tracked_post_count,
    tracked_author_count,
    post_count / nullif(tracked_post_count, 0) as share_of_voice,
    wilson_low(post_count, tracked_post_count) as share_low,
    wilson_high(post_count, tracked_post_count) as share_high,
    author_count / nullif(tracked_author_count, 0) as author_share_of_voice,
    wilson_low(author_count, tracked_author_count) as author_share_low,
    wilson_high(author_count, tracked_author_count) as author_share_high,
    everywhere_author_count,
    everywhere_tracked_author_count,
    everywhere_author_count / nullif(everywhere_tracked_author_count, 0) as everywhere_author_share,
    wilson_low(everywhere_author_count, everywhere_tracked_author_count) as everywhere_author_low,
    wilson_high(everywhere_author_count, everywhere_tracked_author_count) as everywhere_author_high,
    coverage,
    post_ids
from counted
where sunday between getvariable('from_date') and getvariable('to_date')
