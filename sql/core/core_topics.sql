-- grain: one post, not a copy, by a known author, and one brand or product that it mentions or has a UMOT about
-- key: post_id, brand_id, product_id
-- question: Which posts could have led somebody to a product, and which of them recommend it?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column author_id: keyed hash of the author, see core_authors
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL where the brand itself is meant
-- column answered_author_id: author of the post answered, at most 90 days older; NULL when it answers none that was seen
-- column is_recommended: whether the post has a UMOT for it
with said as (
    select post_id, brand_id, product_id, false as is_recommended
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
    union all
    select post_id, brand_id, product_id, polarity = 'for'
    from umots
    where created_date between getvariable('from_date') and getvariable('to_date')
        and brand_id is not null
)

select
    said.post_id,
    posts.created_date,
    posts.created_at,
    posts.author_id,
    posts.thread_id,
    posts.parent_id,
    any_value(answered.author_id) as answered_author_id,
    said.brand_id,
    said.product_id,
    bool_or(said.is_recommended) as is_recommended
from said
join core_posts as posts
    on said.post_id = posts.post_id
left join core_posts as answered
    on posts.parent_id = answered.post_id
    and answered.created_date between posts.created_date - getvariable('lookback')::integer and posts.created_date
    and answered.created_date
    between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
    and not posts.is_duplicate
    and posts.author_id is not null
group by all
