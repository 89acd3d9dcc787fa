-- grain: one window of 1, 4 or 13 weeks and one product of brands.yml (NULL: the brand, its products included)
-- key: created_date, window_weeks, brand_id, product_id
-- question: How often does a recommendation lead to the next one, and how deep do chains get?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: reproduction_number v1 (2026-11-22) next-generation UMOTs divided by UMOTs for the product in the window: a next-generation UMOT is the first one by somebody who stated whose advice was followed, counted once, with the adviser's latest UMOT for it before; Poisson 95 % interval; recent UMOTs had less time to be followed
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column product_id: product; NULL for the brand, its products included: filter by one of both, never sum
-- column product: name of the product, else of the brand
-- column umot_count: UMOTs for it in the window by known authors, commercial ones included; NULL where nothing was seen
-- column advised_umot_count: of umot_count, those whose author had stated before, or in the same post, whose advice was followed
-- column follower_count: people who stated in the window whose advice they followed
-- column depth_1_count: chains with a new person in the window that were one generation deep by its end
-- column depth_2_count: two generations
-- column depth_3_count: three generations or more
-- column next_umot_count: UMOTs that UMOTs of the window led to, until now
-- column reproduction_number: next_umot_count / umot_count; NULL without UMOTs
-- column reproduction_low: lower bound of its 95 % interval
-- column reproduction_high: upper bound of its 95 % interval
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
-- column chain_ids: the chains of depth_1_count to depth_3_count, see chain_shapes
-- column umot_ids: the UMOTs of the window, see umot_feed
with things as (
    select brand_id, product_id, name as product from products
    union all
    select brand_id, null, name from brands
),

recommending as (
    select umot_id, author_id, created_date, created_at, brand_id, product_id
    from umots
    where polarity = 'for'
        and brand_id is not null
        and author_id is not null
),

steps as (
    select *, (influenced_at at time zone getvariable('timezone'))::date as step_date
    from chains
    where generation > 0
),

-- Each next-generation UMOT belongs to one earlier UMOT only: the adviser's latest before it was taken up.
children as (
    select steps.umot_id as child_umot_id, recommending.umot_id
    from steps
    join recommending
        on steps.from_author_id = recommending.author_id
        and steps.brand_id = recommending.brand_id
        and (steps.product_id is null or recommending.product_id is null or steps.product_id = recommending.product_id)
        and recommending.created_at <= steps.influenced_at
    where steps.umot_polarity = 'for'
    qualify row_number() over (
        partition by steps.umot_id order by recommending.created_at desc, steps.influenced_at, recommending.umot_id
    ) = 1
),

judged as (
    select
        recommending.*,
        exists (
            select 1
            from steps
            where steps.author_id = recommending.author_id
                and steps.brand_id = recommending.brand_id
                and (steps.product_id is null or steps.product_id = recommending.product_id)
                and steps.influenced_at <= recommending.created_at
        ) as is_advised,
        (select count(*) from children where children.umot_id = recommending.umot_id) as next_count
    from recommending
),

umot_counts as (
    select
        windows.created_date,
        windows.window_weeks,
        things.brand_id,
        things.product_id,
        count(*) as umot_count,
        count_if(judged.is_advised) as advised_umot_count,
        sum(judged.next_count) as next_umot_count,
        list_sort(list(judged.umot_id)) as umot_ids
    from core_windows as windows
    join judged
        on judged.created_date between windows.window_from_date and windows.created_date
    join things
        on judged.brand_id = things.brand_id
        and (things.product_id is null or things.product_id = judged.product_id)
    group by all
),

-- How deep a chain was when the window closed.
chain_depths as (
    select
        windows.created_date,
        windows.window_weeks,
        steps.chain_id,
        any_value(steps.brand_id) as brand_id,
        any_value(steps.product_id) as product_id,
        max(steps.generation) as depth,
        list(distinct steps.author_id) filter (where steps.step_date >= windows.window_from_date) as author_ids
    from core_windows as windows
    join steps on steps.step_date <= windows.created_date
    group by windows.created_date, windows.window_weeks, steps.chain_id
    having max(steps.step_date) >= any_value(windows.window_from_date)
),

chain_counts as (
    select
        depths.created_date,
        depths.window_weeks,
        things.brand_id,
        things.product_id,
        len(list_distinct(flatten(list(depths.author_ids)))) as follower_count,
        count_if(depths.depth = 1) as depth_1_count,
        count_if(depths.depth = 2) as depth_2_count,
        count_if(depths.depth >= 3) as depth_3_count,
        list_sort(list(depths.chain_id)) as chain_ids
    from chain_depths as depths
    join things
        on depths.brand_id = things.brand_id
        and (things.product_id is null or things.product_id = depths.product_id)
    group by all
),

filled as (
    select
        windows.*,
        things.*,
        if(windows.coverage > 0, 0, null) as nothing,
        coalesce(umot_counts.umot_count, nothing) as umot_count,
        coalesce(umot_counts.advised_umot_count, nothing) as advised_umot_count,
        coalesce(chain_counts.follower_count, nothing) as follower_count,
        coalesce(chain_counts.depth_1_count, nothing) as depth_1_count,
        coalesce(chain_counts.depth_2_count, nothing) as depth_2_count,
        coalesce(chain_counts.depth_3_count, nothing) as depth_3_count,
        coalesce(umot_counts.next_umot_count, nothing) as next_umot_count,
        coalesce(chain_counts.chain_ids, []) as chain_ids,
        coalesce(umot_counts.umot_ids, []) as umot_ids
    from core_windows as windows
    cross join things
    left join umot_counts
        on windows.created_date = umot_counts.created_date
        and windows.window_weeks = umot_counts.window_weeks
        and things.brand_id = umot_counts.brand_id
        and things.product_id is not distinct from umot_counts.product_id
    left join chain_counts
        on windows.created_date = chain_counts.created_date
        and windows.window_weeks = chain_counts.window_weeks
        and things.brand_id = chain_counts.brand_id
        and things.product_id is not distinct from chain_counts.product_id
)

select
    created_date,
    window_weeks,
    window_from_date,
    heard_days,
    brand_id,
    product_id,
    product,
    umot_count::bigint as umot_count,
    advised_umot_count::bigint as advised_umot_count,
    follower_count::bigint as follower_count,
    depth_1_count::bigint as depth_1_count,
    depth_2_count::bigint as depth_2_count,
    depth_3_count::bigint as depth_3_count,
    next_umot_count::bigint as next_umot_count,
    next_umot_count / nullif(umot_count, 0) as reproduction_number,
    poisson_low(next_umot_count) / nullif(umot_count, 0) as reproduction_low,
    poisson_high(next_umot_count) / nullif(umot_count, 0) as reproduction_high,
    coverage,
    chain_ids,
    umot_ids
from filled
