-- grain: one post that is not deleted and one brand or product that it mentions
-- key: post_id, brand_id, product_id
-- question: What does each post speak of, each thing once?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL where the post names the brand itself
-- column category_id: category of the product, else of the brand
-- column span_id: the first mention of it in the post, see core_mentions
select
    mentions.post_id,
    posts.created_date,
    posts.created_at,
    posts.source,
    posts.lang,
    posts.author_id,
    posts.is_owned,
    posts.is_duplicate,
    coalesce(mentions.brand_id, products.brand_id) as brand_id,
    mentions.product_id,
    coalesce(products.category_id, brands.category_id) as category_id,
    arg_min(mentions.span_id, struct_pack(start := mentions.start, span_id := mentions.span_id)) as span_id
from core_mentions as mentions
join core_posts as posts using (post_id, created_date)
left join products using (product_id)
left join brands on coalesce(mentions.brand_id, products.brand_id) = brands.brand_id
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and mentions.created_date between getvariable('from_date') and getvariable('to_date')
    and coalesce(mentions.brand_id, products.brand_id) is not null
group by all
