-- part: umot
-- question: Do more people recommend us or advise against us, and is the difference more than chance?
-- reads: Each person counts once, by the latest organic word in the window: counting UMOTs instead lets one angry person speak ten times. net is withheld (NULL) under 10 people; an interval that holds 0 says "cannot tell".
-- param level: brands, products, or the brands within each category (brand, product or category) = brand
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 4
select
    net.window_from_date,
    coalesce(products.name, brands.name) as name,
    categories.name as category,
    net.author_count as people,
    net.for_author_count as people_for,
    net.against_author_count as people_against,
    round(net.net_advocacy, 3) as net,
    round(net.net_advocacy_low, 3) as low,
    round(net.net_advocacy_high, 3) as high,
    net.is_withheld,
    round(net.coverage, 3) as coverage
from net_advocacy as net
join brands
    on net.brand_id = brands.brand_id
left join products
    on net.product_id = products.product_id
left join categories
    on net.category_id = categories.category_id
where net.level = $level
    and net.window_weeks = $window_weeks::integer
    and net.created_date = (select max(created_date) from core_windows)
order by people desc nulls last, name, category
