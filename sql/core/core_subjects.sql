-- grain: one post that is not deleted and one brand or product that it mentions, or that its page is about
-- key: post_id, brand_id, product_id
-- question: What does each post speak of, each thing once?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL where the post names the brand itself
-- column category_id: category of the product, else of the brand
-- column span_id: the first mention of it in the post, see core_mentions; NULL where only its page is about it (`product` of the source)
with named as (
    select
        mentions.post_id,
        mentions.created_date,
        coalesce(mentions.brand_id, products.brand_id) as brand_id,
        mentions.product_id,
        arg_min(mentions.span_id, struct_pack(start := mentions.start, span_id := mentions.span_id)) as span_id
    from core_mentions as mentions
    left join products using (product_id)
    where mentions.created_date between getvariable('from_date') and getvariable('to_date')
        and coalesce(mentions.brand_id, products.brand_id) is not null
    group by all
),

-- Who reviews a product on its own page seldom writes its name, and often that of another for comparison.
paged as (
    select posts.post_id, posts.created_date, products.brand_id, products.product_id, null::varchar as span_id
    from core_posts as posts
    join sources using (source)
    join products using (product_id)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
),

things as (
    select post_id, created_date, brand_id, product_id, min(span_id) as span_id
    from (from named union all by name from paged)
    group by all
)

select
    things.post_id,
    posts.created_date,
    posts.created_at,
    posts.source,
    posts.lang,
    posts.author_id,
    posts.is_owned,
    posts.is_duplicate,
    things.brand_id,
    things.product_id,
    coalesce(products.category_id, brands.category_id) as category_id,
    things.span_id
from things
join core_posts as posts using (post_id, created_date)
left join products on things.product_id = products.product_id
left join brands on things.brand_id = brands.brand_id
where posts.created_date between getvariable('from_date') and getvariable('to_date')
