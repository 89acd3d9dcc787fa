-- part: umot
-- question: Why do people recommend each of our products, and why do they advise against it?
-- reads: people gives each person once a reason, product and side; a person with two reasons stands in two rows, so people does not add up. One window is taken: those of 1, 4 and 13 weeks hold the same words again.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param product: product_id in brands.yml; NULL for all of the brand (products.product_id) = NULL
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 13
select
    coalesce(products.name, brands.name) as product,
    reasons.polarity,
    if(reasons.is_aspect, reasons.reason, reasons.verbatims[1]) as reason,
    reasons.author_count as people,
    reasons.organic_author_count as of_these_organic,
    round(reasons.coverage, 3) as coverage,
    reasons.verbatims[:3] as words
from reasons
join brands
    on reasons.brand_id = brands.brand_id
left join products
    on reasons.product_id = products.product_id
where reasons.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and reasons.window_weeks = $window_weeks::integer
    and reasons.created_date = (select max(created_date) from core_windows)
    and ($product is null or reasons.product_id = $product)
order by product, reasons.polarity desc, people desc, reasons.is_aspect desc, reasons.reason
