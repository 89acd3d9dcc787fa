-- part: umot
-- question: What do people hold against our rivals, that we could answer?
-- reads: One row = one rival product. people counts each author once, however often they warn; reasons come from core_reasons by umot_id, for the list in umot_feed is that of the whole post, our own weak points included. A reason is what people say, not what is true.
-- param brand: brand_id of a rival; NULL for all rivals (brands.brand_id where is_rival) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 90
with given as (
    select umot_id, list(verbatim order by span_id) as reasons
    from core_reasons
    where polarity = 'against'
    group by umot_id
)

select
    umots.brand,
    coalesce(umots.product, umots.brand) as product,
    count(distinct umots.author_id) as people,
    list_sort(list_distinct(flatten(list(coalesce(given.reasons, []))))) as reasons,
    arg_max(umots.url, umots.created_at) as latest_url,
    list(umots.sentence order by umots.created_at desc, umots.umot_id)[:3] as latest_words
from umot_feed as umots
join brands
    on umots.brand_id = brands.brand_id
left join given
    on umots.umot_id = given.umot_id
where brands.is_rival
    and umots.polarity = 'against'
    and ($brand is null or umots.brand_id = $brand)
    and umots.created_date > (select max(created_date) from coverage_daily) - $days::integer
group by umots.brand, coalesce(umots.product, umots.brand)
order by people desc, product
