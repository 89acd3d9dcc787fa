-- grain: one author and one thing (brand, product, or brand within a category), in one window
-- key: created_date, window_weeks, level, brand_id, product_id, category_id, author_id
-- question: Where does each person stand on a product, by their latest organic word in a window?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column created_date: last day of the window, a Sunday
-- column window_weeks: length: 1, 4 or 13 weeks from Monday to Sunday
-- column level: brand (its products included), product, or category (the brand within one category)
-- column brand_id: brand of brands.yml
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
-- column author_id: keyed hash of the author; UMOTs whose author is not known are left out: nobody can count them once
-- column polarity: for or against: of the latest organic UMOT in the window
-- column is_recommending: whether any organic UMOT of the window is for
-- column umot_id: the latest organic UMOT, see umots
-- column umot_ids: all organic UMOTs of the author about the thing in the window, the latest first
with organic as (
    select
        umots.umot_id,
        umots.created_date,
        umots.created_at,
        umots.author_id,
        umots.polarity,
        umots.brand_id,
        umots.product_id,
        coalesce(products.category_id, brands.category_id) as category_id,
        date_trunc('week', umots.created_date)::date + 6 as sunday
    from umots
    join brands on umots.brand_id = brands.brand_id
    left join products on umots.product_id = products.product_id
    where umots.created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and umots.commercial = 'organic'
        and umots.author_id is not null
),

levelled as (
    select * exclude (product_id, category_id), 'brand' as level, null::varchar as product_id, null::varchar as category_id
    from organic
    union all by name
    select * exclude (category_id), 'product' as level
    from organic
    where product_id is not null
    union all by name
    select * exclude (product_id), 'category' as level
    from organic
    where category_id is not null
)

select
    windows.created_date,
    windows.window_weeks,
    levelled.level,
    levelled.brand_id,
    levelled.product_id,
    levelled.category_id,
    levelled.author_id,
    arg_min(levelled.polarity, dated(levelled.created_at, levelled.umot_id)) as polarity,
    bool_or(levelled.polarity = 'for') as is_recommending,
    arg_min(levelled.umot_id, dated(levelled.created_at, levelled.umot_id)) as umot_id,
    latest_first(list(dated(levelled.created_at, levelled.umot_id))) as umot_ids
from core_windows as windows
join levelled
    on levelled.sunday between windows.created_date - 7 * (windows.window_weeks - 1)::integer and windows.created_date
where windows.created_date between getvariable('from_date') and getvariable('to_date')
group by all
