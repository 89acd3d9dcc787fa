-- part: umot
-- question: Who went over from a rival to us, or from us to a rival?
-- reads: One row = one stated switch. A post that says it twice gives two rows: switchers counts the author once over the whole answer and direction. won is towards us, lost away from us; NULL: the words do not say it all, and such switches are not counted together.
-- param brand: brand_id in brands.yml; NULL for every switch (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 90
select
    switches.created_date,
    switches.direction,
    (
        select nullif(count(distinct other.author_id), 0)
        from rival_switches as other
        where other.direction = switches.direction
            and ($brand is null or $brand in (other.from_brand_id, other.to_brand_id))
            and other.created_date > (select max(created_date) from coverage_daily) - $days::integer
    ) as switchers,
    switches.source,
    coalesce(names.name, names.handle, left(switches.author_id, 8)) as author,
    coalesce(from_product.name, from_brand.name, switches.left_words) as left_behind,
    coalesce(to_product.name, to_brand.name) as taken_up,
    switches.commercial,
    switches.url,
    switches.verbatim
from rival_switches as switches
left join brands as from_brand
    on switches.from_brand_id = from_brand.brand_id
left join products as from_product
    on switches.from_product_id = from_product.product_id
left join brands as to_brand
    on switches.to_brand_id = to_brand.brand_id
left join products as to_product
    on switches.to_product_id = to_product.product_id
left join author_names as names
    on switches.author_id = names.author_id
where ($brand is null or $brand in (switches.from_brand_id, switches.to_brand_id))
    and switches.created_date > (select max(created_date) from coverage_daily) - $days::integer
order by switches.created_at desc, switches.url
