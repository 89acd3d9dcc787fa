-- part: listen
-- question: What is unusual these days, where, and how did it begin?
-- reads: One row = one thing on one day, its sources together. A brand's row holds the posts of its products' rows: never add rows up. Rising words come with the people who use them; repeats within three days are left out.
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 14
-- param brand: brand_id in brands.yml; NULL for all, rising words included (brands.brand_id) = NULL
select
    found.created_date,
    found.kind,
    found.headline,
    count(distinct posts.post_id) as posts,
    count(distinct posts.author_id) as people,
    list_sort(list(distinct found.detail)) as details,
    arg_min(posts.url, posts.created_at) as first_url,
    arg_min(posts.text, posts.created_at) as first_words
from (select *, unnest(post_ids) as post_id from opportunities where kind <> 'question') as found
join core_posts as posts
    on found.post_id = posts.post_id
where found.created_date > (select max(created_date) from coverage_daily) - $days::integer
    and ($brand is null or found.brand_id = $brand)
group by found.created_date, found.kind, found.headline, found.brand_id, found.product_id
order by found.created_date desc, posts desc, found.headline
