-- grain: one window of 1, 4 or 13 weeks and one brand, product, or brand within a category
-- key: created_date, window_weeks, level, brand_id, product_id, category_id
-- question: Do more people recommend it or advise against it?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- metric: net_advocacy v1 (2026-11-22) (authors for minus authors against) divided by authors with an organic UMOT, latest polarity per author and window of 1, 4 or 13 weeks; Wilson 95 % interval; withheld under 10 authors
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
-- column level: brand (its products included), product, or category (the brand within one category): filter by one, never sum over levels, nor over windows that overlap
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
-- column author_count: authors with an organic UMOT about it; NULL where nothing was seen
-- column for_author_count: of these, authors whose latest one is for
-- column against_author_count: of these, authors whose latest one is against
-- column is_withheld: true under 10 authors, where a figure would say more about chance than about the product
-- column net_advocacy: (for_author_count - against_author_count) / author_count, -1 to 1; NULL when withheld
-- column net_advocacy_low: lower bound of its 95 % interval
-- column net_advocacy_high: upper bound of its 95 % interval
-- column umot_ids: the latest UMOT of each author, see umot_feed
with counted as (
    select
        created_date,
        window_weeks,
        level,
        brand_id,
        product_id,
        category_id,
        count(*) as author_count,
        count_if(polarity = 'for')::bigint as for_author_count,
        list_sort(list(umot_id)) as umot_ids
    from core_advocates
    where created_date between getvariable('from_date') and getvariable('to_date')
    group by all
),

filled as (
    select
        windows.*,
        things.*,
        coalesce(counted.author_count, if(windows.coverage > 0, 0, null)) as author_count,
        coalesce(counted.for_author_count, if(windows.coverage > 0, 0, null)) as for_author_count,
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
    for_author_count,
    author_count - for_author_count as against_author_count,
    coalesce(author_count, 0) < 10 as is_withheld,
    if(is_withheld, null, (2 * for_author_count - author_count) / author_count) as net_advocacy,
    if(is_withheld, null, 2 * wilson_low(for_author_count, author_count) - 1) as net_advocacy_low,
    if(is_withheld, null, 2 * wilson_high(for_author_count, author_count) - 1) as net_advocacy_high,
    coverage,
    umot_ids
from filled
