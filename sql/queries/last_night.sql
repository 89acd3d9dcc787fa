-- part: listen
-- question: What was said about us last night, in people's own words?
-- reads: One row = one post, however often it names us: ask the feed's list of brands; a join with core_mentions would repeat the post for every name spoken. Our own accounts and copies are left out.
-- param brand: brand_id in brands.yml; NULL for our first brand = NULL
-- param days: how many days, up to the last night = 1
-- param source: id of a source; NULL for all = NULL
-- param lang: language such as fr; NULL for all = NULL
select
    feed.created_at,
    feed.source,
    coalesce(names.name, names.handle, left(feed.author_id, 8)) as author,
    feed.products,
    feed.umot,
    feed.purchase,
    feed.thread_title,
    feed.url,
    feed.text
from listening_feed as feed
left join author_names as names
    on feed.author_id = names.author_id
where list_contains(feed.brand_ids, coalesce($brand, (select min(brand_id) from brands where not is_rival)))
    and feed.created_date > (select max(created_date) from coverage_daily) - $days::integer
    and ($source is null or feed.source = $source)
    and ($lang is null or feed.lang = $lang)
    and not feed.is_owned
    and not feed.is_duplicate
order by feed.created_at desc, feed.url
