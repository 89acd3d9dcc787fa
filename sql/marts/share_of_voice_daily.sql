-- grain: one day, one source, one language and one thing of brands.yml at one level
-- key: created_date, source, lang, level, brand_id, product_id, category_id
-- question: How much of what is said about us and our rivals is about whom?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- metric: share_of_voice v1 (2026-11-22) posts that mention the brand, copies apart, divided by posts that mention any tracked brand, same days, sources and languages; at level category both within the category; also by authors; Wilson 95 % interval
-- metric: share_of_voice v2 (2026-11-22) as v1, where a post on the page of a product (`product` of its source) mentions it, named or not
-- column created_date: day of the posts in the reporting time zone
-- column lang: language of the posts; NULL where it is not known, or nothing is expected
-- column level: brand, product, or category (the brand within one category): filter by one level, then sum over days, sources and languages; never sum over levels, nor over brands (a post may name two)
-- column brand_id: brand of brands.yml
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
-- column post_count: posts that mention the thing, copies and deleted ones apart; NULL where nothing was seen
-- column owned_post_count: of these, posts by accounts or on sites that a brand owns
-- column author_count: authors of these posts, each once a row: a sum over rows counts who writes on two days, at two places or in two languages again; share_of_voice_weekly has the authors of a week over all of them
-- column tracked_post_count: posts that mention any brand of brands.yml (at level category: anything of that category): the denominator, the same for all brands
-- column tracked_author_count: authors of those posts, each once a row
-- column share_of_voice: post_count / tracked_post_count, 0 to 1; over several rows divide the sums
-- column share_low: lower bound of its 95 % interval
-- column share_high: upper bound of its 95 % interval
-- column author_share_of_voice: author_count / tracked_author_count, 0 to 1
-- column author_share_low: lower bound of its 95 % interval
-- column author_share_high: upper bound of its 95 % interval
-- column coverage: share of the planned source-windows of that day and source that were complete, 0 to 1
-- column post_ids: the posts counted
with voices as (
    select *
    from core_voices
    where created_date between getvariable('from_date') and getvariable('to_date')
),

by_thing as (
    select
        created_date,
        source,
        lang,
        level,
        brand_id,
        product_id,
        category_id,
        count(*) as post_count,
        count_if(is_owned)::bigint as owned_post_count,
        count(distinct author_id) as author_count,
        list_sort(list(post_id)) as post_ids
    from voices
    group by all
),

-- Products share out the same voices as brands do.
tracked as (
    select
        created_date,
        source,
        lang,
        unnest(if(level = 'brand', ['brand', 'product'], ['category'])) as level,
        category_id,
        count(distinct post_id) as post_count,
        count(distinct author_id) as author_count
    from voices
    where level <> 'product'
    group by created_date, source, lang, voices.level, category_id
),

grid as (
    select days.created_date, days.source, days.lang, days.coverage, things.*
    from core_day_langs as days
    cross join core_things as things
    where days.created_date between getvariable('from_date') and getvariable('to_date')
),

counted as (
    select
        grid.*,
        if(grid.coverage > 0, 0, null) as nothing,
        coalesce(by_thing.post_count, nothing) as post_count,
        coalesce(by_thing.owned_post_count, nothing) as owned_post_count,
        coalesce(by_thing.author_count, nothing) as author_count,
        coalesce(tracked.post_count, nothing) as tracked_post_count,
        coalesce(tracked.author_count, nothing) as tracked_author_count,
        coalesce(by_thing.post_ids, []) as post_ids
    from grid
    left join by_thing
        on grid.created_date = by_thing.created_date
        and grid.source = by_thing.source
        and grid.lang is not distinct from by_thing.lang
        and grid.level = by_thing.level
        and grid.brand_id = by_thing.brand_id
        and grid.product_id is not distinct from by_thing.product_id
        and grid.category_id is not distinct from by_thing.category_id
    left join tracked
        on grid.created_date = tracked.created_date
        and grid.source = tracked.source
        and grid.lang is not distinct from tracked.lang
        and grid.level = tracked.level
        and grid.category_id is not distinct from tracked.category_id
)

select
    created_date,
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
    coverage,
    post_ids
from counted
