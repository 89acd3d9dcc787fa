-- part: chains
-- question: How long does it take from advice to purchase, and from purchase to recommendation?
-- reads: Medians over people, each once a product and step: chains takes a purchase on the first advice named only, so that thanks to three people are one delay and not three. The first step is of all time, the second of the window. A mean would follow the one who waited a year.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param window_weeks: weeks of the recommendations looked at (1, 4 or 13) = 13
with asked as (
    select coalesce($brand, (select min(brand_id) from brands where not is_rival)) as brand_id
),

advised as (
    select
        coalesce(products.name, brands.name) as product,
        count(*) as people,
        median(days_to_purchase) as median_days,
        quantile_cont(days_to_purchase, 0.25) as low_days,
        quantile_cont(days_to_purchase, 0.75) as high_days
    from chains
    join asked
        on chains.brand_id = asked.brand_id
    join brands
        on chains.brand_id = brands.brand_id
    left join products
        on chains.product_id = products.product_id
    where chains.generation > 0
        and chains.purchase_post_id is not null
    group by 1
)

select
    'advice to purchase' as step,
    product,
    people,
    round(median_days, 1) as median_days,
    round(low_days, 1) as quarter_before_days,
    round(high_days, 1) as quarter_after_days
from advised
union all
select
    'purchase to recommendation',
    product,
    author_count,
    round(median_days, 1),
    round(low_days, 1),
    round(high_days, 1)
from umot_latency
join asked
    on umot_latency.brand_id = asked.brand_id
where window_weeks = $window_weeks::integer
    and created_date = (select max(created_date) from core_windows)
    and product_id is not null
    and author_count > 0
order by step, people desc, product
