-- part: listen
-- question: Which conversations about us are the liveliest, and does our team take part?
-- reads: One row = one conversation in which we are named at least once. All its posts count, also those that do not name us; people counts each author once. Joining posts with mentions would multiply a post by the names it holds.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
with about_us as (
    select distinct thread_id
    from listening_feed
    where list_contains(brand_ids, coalesce($brand, (select min(brand_id) from brands where not is_rival)))
        and created_date > (select max(created_date) from coverage_daily) - $days::integer
        and not is_owned
        and not is_duplicate
        and thread_id is not null
),

conversations as (
    select
        count(*) as posts,
        count(distinct feed.author_id) filter (where not feed.is_owned) as people,
        count_if(feed.is_owned) as posts_of_a_brand,
        count_if(len(feed.complaints) > 0) as complaining_posts,
        max(feed.created_at) as last_at,
        any_value(feed.source) as source,
        any_value(feed.thread_title) as title,
        arg_min(feed.post_id, feed.created_at) as first_id
    from listening_feed as feed
    join about_us
        on feed.thread_id = about_us.thread_id
    where not feed.is_duplicate
    group by feed.thread_id
    having count(*) > 1
)

select conversations.* exclude (first_id), opening.url, opening.text as first_words
from conversations
join listening_feed as opening
    on conversations.first_id = opening.post_id
order by conversations.posts desc, conversations.last_at desc, opening.url
