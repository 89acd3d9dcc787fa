-- grain: one window of 1, 4 or 13 weeks and one product of brands.yml (NULL: the brand, its products included)
-- key: created_date, window_weeks, brand_id, product_id
-- question: How long after they bought it do people recommend it, or advise against it?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: umot_latency v1 (2026-11-22) days from an author's first stated purchase of the product to that author's first UMOT about it in a later post, by day of the UMOT; UMOTs whose only purchase stands in the same post tell no date and are counted apart
-- column created_date: last day of the window of the UMOTs, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column product_id: product; NULL for the brand, its products included: filter by one of both, never sum
-- column product: name of the product, else of the brand
-- column author_count: people with a first UMOT in the window and a purchase in an earlier post; NULL where nothing was seen
-- column median_days: median of their days between both; NULL without any
-- column low_days: first quartile
-- column high_days: third quartile
-- column same_post_count: people who say both in one post: no latency is known
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
-- column purchase_post_ids: the purchases, in the order of umot_ids
-- column umot_ids: the UMOTs, see umot_feed
with levelled_umots as (
    select *, unnest(if(product_id is null, [null], [null, product_id])) as thing_product_id
    from umots
    where brand_id is not null
        and author_id is not null
),

levelled_purchases as (
    select *, unnest(if(product_id is null, [null], [null, product_id])) as thing_product_id
    from core_purchases
    where author_id is not null
),

first_purchases as (
    select author_id, brand_id, thing_product_id, post_id, created_at
    from levelled_purchases
    qualify row_number() over (partition by author_id, brand_id, thing_product_id order by created_at, post_id) = 1
),

first_umots as (
    select
        umots.umot_id,
        umots.created_date,
        umots.author_id,
        umots.brand_id,
        umots.thing_product_id,
        bought.post_id as purchase_post_id,
        bought.post_id = umots.post_id as is_same_post,
        epoch(umots.created_at - bought.created_at) / 86400 as days
    from levelled_umots as umots
    join first_purchases as bought
        on umots.author_id = bought.author_id
        and umots.brand_id = bought.brand_id
        and umots.thing_product_id is not distinct from bought.thing_product_id
        and bought.created_at <= umots.created_at
    qualify row_number() over (
        partition by umots.author_id, umots.brand_id, umots.thing_product_id order by umots.created_at, umots.umot_id
    ) = 1
),

counted as (
    select
        windows.created_date,
        windows.window_weeks,
        brand_id,
        thing_product_id as product_id,
        count(*) filter (where not is_same_post) as author_count,
        round(median(days) filter (where not is_same_post), 2) as median_days,
        round(quantile_cont(days, 0.25) filter (where not is_same_post), 2) as low_days,
        round(quantile_cont(days, 0.75) filter (where not is_same_post), 2) as high_days,
        count(*) filter (where is_same_post) as same_post_count,
        list(purchase_post_id order by umot_id) filter (where not is_same_post) as purchase_post_ids,
        list_sort(list(umot_id) filter (where not is_same_post)) as umot_ids
    from core_windows as windows
    join first_umots
        on first_umots.created_date between windows.window_from_date and windows.created_date
    group by all
),

things as (
    select brand_id, product_id, name as product from products
    union all
    select brand_id, null, name from brands
)

select
    windows.created_date,
    windows.window_weeks,
    windows.window_from_date,
    windows.heard_days,
    things.brand_id,
    things.product_id,
    things.product,
    coalesce(counted.author_count, if(windows.coverage > 0, 0, null)) as author_count,
    counted.median_days,
    counted.low_days,
    counted.high_days,
    coalesce(counted.same_post_count, if(windows.coverage > 0, 0, null)) as same_post_count,
    windows.coverage,
    coalesce(counted.purchase_post_ids, []) as purchase_post_ids,
    coalesce(counted.umot_ids, []) as umot_ids
from core_windows as windows
cross join things
left join counted
    on windows.created_date = counted.created_date
    and windows.window_weeks = counted.window_weeks
    and things.brand_id = counted.brand_id
    and things.product_id is not distinct from counted.product_id
