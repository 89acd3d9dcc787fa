-- part: listen
-- question: What was said about us last night, in people's own words?
-- reads: One row = one post, however often it names us: ask the feed's list of brands; a join with core_mentions would repeat the post for every name spoken. Our own accounts and copies are left out.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 1
-- param source: id of a source; NULL for all (sources.source) = NULL
-- param lang: language such as fr; NULL for all (code of a language) = NULL
-- The days first, and as a list: the file finds the rows of a list at once, and reads all rows for a computed first day.
with nights as (
    select distinct created_date
    from listening_feed
    where created_date > (select max(created_date) from coverage_daily) - $days::integer
),

said as materialized (
    select *
    from listening_feed
    where created_date in (from nights)
        and not is_owned
        and not is_duplicate
)

select
    said.created_at,
    said.source,
    coalesce(names.name, names.handle, left(said.author_id, 8)) as author,
    said.products,
    said.umot,
    said.purchase,
    said.thread_title,
    said.url,
    said.text
from said
left join author_names as names
    on said.author_id = names.author_id
where list_contains(said.brand_ids, coalesce($brand, (select min(brand_id) from brands where not is_rival)))
    and ($source is null or said.source = $source)
    and ($lang is null or said.lang = $lang)
order by said.created_at desc, said.url
