-- part: umot
-- question: Who advises against us, and why?
-- reads: One row = one UMOT: one person, one product, one post. Reasons come from core_reasons by umot_id: the list in umot_feed is that of the whole post, which may praise a rival in the next sentence.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param product: product_id in brands.yml; NULL for all of the brand (products.product_id) = NULL
-- param source: id of a source; NULL for all (sources.source) = NULL
-- param lang: language such as fr; NULL for all (code of a language) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
with given as (
    select umot_id, list(verbatim order by span_id) as reasons
    from core_reasons
    where polarity = 'against'
    group by umot_id
)

select
    umots.created_date,
    umots.source,
    coalesce(names.name, names.handle, left(umots.author_id, 8)) as author,
    coalesce(umots.product, umots.brand) as product,
    umots.commercial,
    given.reasons,
    umots.url,
    umots.sentence
from umot_feed as umots
left join given
    on umots.umot_id = given.umot_id
left join author_names as names
    on umots.author_id = names.author_id
where umots.polarity = 'against'
    and umots.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and umots.created_date > (select max(created_date) from coverage_daily) - $days::integer
    and ($product is null or umots.product_id = $product)
    and ($source is null or umots.source = $source)
    and ($lang is null or umots.lang = $lang)
order by umots.created_at desc, umots.url, product
