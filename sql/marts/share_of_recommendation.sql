-- grain: one window of 1, 4 or 13 weeks and one brand, product, or brand within a category
-- key: created_date, window_weeks, level, brand_id, product_id, category_id
-- question: Of all people who recommend something of ours or of our rivals, how many recommend this?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- metric: share_of_recommendation v1 (2026-11-22) distinct authors with a positive organic UMOT for the brand divided by distinct authors with one for any tracked brand, same window of 1, 4 or 13 weeks; at level category both within the category; Wilson 95 % interval
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
-- column level: brand (its products included), product, or category (the brand within one category): filter by one, never sum over levels, nor over windows that overlap
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
-- column author_count: authors with a positive organic UMOT for it; NULL where nothing was seen
-- column tracked_author_count: authors with one for any tracked brand (at level category: for anything of that category), each once
-- column share_of_recommendation: author_count / tracked_author_count, 0 to 1; somebody who recommends two brands counts for both, so shares may sum to more than 1
-- column share_low: lower bound of its 95 % interval
-- column share_high: upper bound of its 95 % interval
-- column umot_ids: the organic UMOTs of the authors counted, also those against, see umot_feed
with recommending as (
    select *
    from core_advocates
    where created_date between getvariable('from_date') and getvariable('to_date')
        and is_recommending
),

counted as (
    select
        created_date,
        window_weeks,
        level,
        brand_id,
        product_id,
        category_id,
        count(*) as author_count,
        list_sort(flatten(list(umot_ids))) as umot_ids
    from recommending
    group by all
),

-- Products share out the same recommenders as brands do.
tracked as (
    select
        created_date,
        window_weeks,
        unnest(if(level = 'brand', ['brand', 'product'], ['category'])) as level,
        category_id,
        count(distinct author_id) as author_count
    from recommending
    where level <> 'product'
    group by created_date, window_weeks, recommending.level, category_id
),

filled as (
    select
        windows.*,
        things.*,
        if(windows.coverage > 0, 0, null) as nothing,
        coalesce(counted.author_count, nothing) as author_count,
        coalesce(tracked.author_count, nothing) as tracked_author_count,
        coalesce(counted.umot_ids, []) as umot_ids
    from core_windows as windows
    cross join core_things as things
    left join counted
        on windows.created_date = counted.created_date
        and windows.window_weeks = counted.window_weeks
        and things.level = counted.level
        and things.brand_id = counted.brand_id
        and things.product_id is not distinct from counted.product_id
        and things.category_id is not distinct from counted.category_id
    left join tracked
        on windows.created_date = tracked.created_date
        and windows.window_weeks = tracked.window_weeks
        and things.level = tracked.level
        and things.category_id is not distinct from tracked.category_id
    where windows.created_date between getvariable('from_date') and getvariable('to_date')
)

select
    created_date,
    window_weeks,
    window_from_date,
    heard_days,
    level,
    brand_id,
    product_id,
    category_id,
    author_count,
    tracked_author_count,
    author_count / nullif(tracked_author_count, 0) as share_of_recommendation,
    wilson_low(author_count, tracked_author_count) as share_low,
    wilson_high(author_count, tracked_author_count) as share_high,
    coverage,
    umot_ids
from filled
