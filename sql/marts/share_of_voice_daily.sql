-- grain: one day, one source and one brand of brands.yml
-- key: created_date, source, brand_id
-- question: How much of what is said about us and our rivals is about whom?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day of the posts in the reporting time zone
-- column brand_id: brand of brands.yml
-- column post_count: posts that mention the brand or a product of it, copies and deleted ones apart; NULL where nothing was seen
-- column owned_post_count: of these, posts by accounts or on sites that a brand owns
-- column author_count: authors of these posts, each once
-- column tracked_post_count: posts that mention any brand of brands.yml: the denominator, the same for every brand of a day and source
-- column tracked_author_count: authors of those posts, each once
-- column share_of_voice: post_count / tracked_post_count, 0 to 1; over several rows divide the sums
-- column author_share_of_voice: author_count / tracked_author_count, 0 to 1
-- column coverage: share of the planned source-windows of that day and source that were complete, 0 to 1
-- column post_ids: the posts counted
with mentioning as (
    select distinct
        posts.created_date,
        posts.source,
        posts.post_id,
        posts.author_id,
        posts.is_owned,
        coalesce(mentions.brand_id, products.brand_id) as brand_id
    from core_mentions as mentions
    join core_posts as posts using (post_id, created_date)
    left join products using (product_id)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_duplicate
),

by_brand as (
    select
        created_date,
        source,
        brand_id,
        count(*) as post_count,
        count_if(is_owned)::bigint as owned_post_count,
        count(distinct author_id) as author_count,
        list(post_id order by post_id) as post_ids
    from mentioning
    group by all
),

tracked as (
    select
        created_date,
        source,
        count(distinct post_id) as tracked_post_count,
        count(distinct author_id) as tracked_author_count
    from mentioning
    group by all
),

heard as (
    select created_date, source, coverage
    from coverage_daily
    where created_date between getvariable('from_date') and getvariable('to_date')
    union all
    select distinct created_date, source, 0
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
),

days as (
    select created_date, source, max(coverage) as coverage
    from heard
    group by all
)

select
    days.created_date,
    days.source,
    brands.brand_id,
    coalesce(by_brand.post_count, if(days.coverage > 0, 0, null)) as post_count,
    coalesce(by_brand.owned_post_count, if(days.coverage > 0, 0, null)) as owned_post_count,
    coalesce(by_brand.author_count, if(days.coverage > 0, 0, null)) as author_count,
    coalesce(tracked.tracked_post_count, if(days.coverage > 0, 0, null)) as tracked_post_count,
    coalesce(tracked.tracked_author_count, if(days.coverage > 0, 0, null)) as tracked_author_count,
    coalesce(by_brand.post_count, if(days.coverage > 0, 0, null)) / nullif(tracked.tracked_post_count, 0) as share_of_voice,
    coalesce(by_brand.author_count, if(days.coverage > 0, 0, null)) / nullif(tracked.tracked_author_count, 0)
        as author_share_of_voice,
    days.coverage::double as coverage,
    coalesce(by_brand.post_ids, []) as post_ids
from days
cross join brands
left join by_brand
    on days.created_date = by_brand.created_date
    and days.source = by_brand.source
    and brands.brand_id = by_brand.brand_id
left join tracked
    on days.created_date = tracked.created_date
    and days.source = tracked.source
