-- part: umot
-- question: Who recommended us, from what experience, on whose advice, in which words?
-- reads: One row = one post, also when it recommends two of our products, which umot_feed shows as two rows. To count people, count distinct authors: who recommends us three times is one advocate.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param product: product_id in brands.yml; NULL for all of the brand (products.product_id) = NULL
-- param source: id of a source; NULL for all (sources.source) = NULL
-- param lang: language such as fr; NULL for all (code of a language) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
select
    any_value(umots.created_date) as created_date,
    any_value(umots.source) as source,
    any_value(coalesce(names.name, names.handle, left(umots.author_id, 8))) as author,
    string_agg(coalesce(umots.product, umots.brand), ', ' order by umots.product, umots.umot_id) as recommends,
    any_value(umots.experience_words) as experience,
    any_value(umots.influenced_by) as led_by,
    max(umots.commercial) as commercial,
    any_value(umots.url) as url,
    string_agg(distinct umots.sentence, ' … ' order by umots.sentence) as words
from umot_feed as umots
left join author_names as names
    on umots.author_id = names.author_id
where umots.polarity = 'for'
    and umots.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and umots.created_date > (select max(created_date) from coverage_daily) - $days::integer
    and ($product is null or umots.product_id = $product)
    and ($source is null or umots.source = $source)
    and ($lang is null or umots.lang = $lang)
group by umots.post_id
order by max(umots.created_at) desc, url
