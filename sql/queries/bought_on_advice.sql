-- part: chains
-- question: Who bought on whose advice, and who recommended it in turn?
-- reads: One row = one person and one product, on the first advice named: edges has a row for each adviser thanked, so the same purchase would count for all of them. Silence is no refusal: most people buy and say nothing.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param product: product_id in brands.yml; NULL for all (products.product_id) = NULL
select
    chains.purchased_at::date as purchased_date,
    coalesce(buyer.name, buyer.handle, left(chains.author_id, 8)) as buyer,
    coalesce(products.name, brands.name) as product,
    coalesce(adviser.name, adviser.handle, left(chains.from_author_id, 8)) as on_the_advice_of,
    chains.days_to_purchase,
    if(chains.recommended_at >= chains.purchased_at, chains.umot_polarity, null) as then_said,
    chains.evidence,
    advice.url as advice_url,
    purchase.url as purchase_url,
    purchase.text as purchase_words
from chains
join brands
    on chains.brand_id = brands.brand_id
left join products
    on chains.product_id = products.product_id
left join author_names as buyer
    on chains.author_id = buyer.author_id
left join author_names as adviser
    on chains.from_author_id = adviser.author_id
join core_posts as purchase
    on chains.purchase_post_id = purchase.post_id
join core_posts as advice
    on chains.from_post_id = advice.post_id
where chains.generation > 0
    and ($brand is null or chains.brand_id = $brand)
    and ($product is null or chains.product_id = $product)
order by chains.purchased_at desc, buyer, product
