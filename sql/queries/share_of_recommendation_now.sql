-- part: umot
-- question: Of all people who recommend something in our market, how many recommend us?
-- reads: people counts each author once in the window who recommended it then, also one who advised against it later: for the latest word of each ask net_advocacy_now. Who recommends two brands stands in both rows, so shares may add up to more than 1. Do not add windows up: they overlap. Paid recommendations are left out.
-- param level: brands, products, or the brands within each category (brand, product or category) = brand
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 4
select
    share.window_from_date,
    coalesce(products.name, brands.name) as name,
    categories.name as category,
    share.author_count as people,
    share.tracked_author_count as of_people,
    round(share.share_of_recommendation, 3) as share,
    round(share.share_low, 3) as low,
    round(share.share_high, 3) as high,
    round(share.coverage, 3) as coverage
from share_of_recommendation as share
join brands
    on share.brand_id = brands.brand_id
left join products
    on share.product_id = products.product_id
left join categories
    on share.category_id = categories.category_id
where share.level = $level
    and share.window_weeks = $window_weeks::integer
    and share.created_date = (select max(created_date) from core_windows)
order by people desc nulls last, name, category
