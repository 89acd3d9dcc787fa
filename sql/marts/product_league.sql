-- grain: one window of 1, 4 or 13 weeks and one product of brands.yml (NULL: its brand as a whole)
-- key: created_date, window_weeks, brand_id, product_id
-- question: Which products do people recommend, which do they advise against, and why?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL for UMOTs about the brand as a whole. Rows of one window add up to all UMOTs of the catalogue
-- column product: name of the product, else of the brand
-- column place: 1 for the product most recommended in the window: by organic_for_count minus organic_against_count; equal ones share a place; NULL where nobody recommends it without commercial evidence, and where nothing was seen
-- column for_count: UMOTs that recommend; NULL where nothing was seen
-- column against_count: UMOTs that advise against; NULL where nothing was seen
-- column organic_for_count: of for_count, those without commercial evidence
-- column organic_against_count: of against_count, those without commercial evidence
-- column reasons_for: the five reasons for that most people give, aspects before mere words, these as written, see reasons
-- column reasons_against: the five reasons against that most people give, aspects before mere words, these as written, see reasons
-- column for_umot_ids: the UMOTs that recommend, see umot_feed
-- column against_umot_ids: the UMOTs that advise against, see umot_feed
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
with said as (
    select *, date_trunc('week', created_date)::date + 6 as sunday
    from umots
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and brand_id is not null
),

counted as (
    select
        windows.created_date,
        windows.window_weeks,
        said.brand_id,
        said.product_id,
        count_if(said.polarity = 'for')::bigint as for_count,
        count_if(said.polarity = 'against')::bigint as against_count,
        count_if(said.polarity = 'for' and said.commercial = 'organic')::bigint as organic_for_count,
        count_if(said.polarity = 'against' and said.commercial = 'organic')::bigint as organic_against_count,
        list_sort(list(said.umot_id) filter (where said.polarity = 'for')) as for_umot_ids,
        list_sort(list(said.umot_id) filter (where said.polarity = 'against')) as against_umot_ids
    from core_windows as windows
    join said
        on said.sunday between windows.created_date - 7 * (windows.window_weeks - 1)::integer and windows.created_date
    where windows.created_date between getvariable('from_date') and getvariable('to_date')
    group by all
),

why as (
    select
        created_date,
        window_weeks,
        brand_id,
        product_id,
        (list(if(is_aspect, reason, verbatims[1]) order by is_aspect desc, author_count desc, reason) filter (where polarity = 'for'))[:5] as reasons_for,
        (list(if(is_aspect, reason, verbatims[1]) order by is_aspect desc, author_count desc, reason) filter (where polarity = 'against'))[:5] as reasons_against
    from reasons
    where created_date between getvariable('from_date') and getvariable('to_date')
    group by all
),

things as (
    select brand_id, product_id, name as product from products
    union all
    select brand_id, null, name from brands
),

filled as (
    select
        windows.*,
        things.*,
        if(windows.coverage > 0, 0, null) as nothing,
        coalesce(counted.for_count, nothing) as for_count,
        coalesce(counted.against_count, nothing) as against_count,
        coalesce(counted.organic_for_count, nothing) as organic_for_count,
        coalesce(counted.organic_against_count, nothing) as organic_against_count,
        coalesce(why.reasons_for, []) as reasons_for,
        coalesce(why.reasons_against, []) as reasons_against,
        coalesce(counted.for_umot_ids, []) as for_umot_ids,
        coalesce(counted.against_umot_ids, []) as against_umot_ids
    from core_windows as windows
    cross join things
    left join counted
        on windows.created_date = counted.created_date
        and windows.window_weeks = counted.window_weeks
        and things.brand_id = counted.brand_id
        and things.product_id is not distinct from counted.product_id
    left join why
        on windows.created_date = why.created_date
        and windows.window_weeks = why.window_weeks
        and things.brand_id = why.brand_id
        and things.product_id is not distinct from why.product_id
    where windows.created_date between getvariable('from_date') and getvariable('to_date')
)

select
    created_date,
    window_weeks,
    window_from_date,
    heard_days,
    brand_id,
    product_id,
    product,
    if(
        organic_for_count > 0,
        rank() over (
            partition by created_date, window_weeks, organic_for_count > 0
            order by organic_for_count - organic_against_count desc
        ),
        null
    ) as place,
    for_count,
    against_count,
    organic_for_count,
    organic_against_count,
    reasons_for,
    reasons_against,
    for_umot_ids,
    against_umot_ids,
    coverage
from filled
