-- grain: one post, not a copy, and one thing it counts for: a brand, a product, or a brand within a category
-- key: post_id, level, brand_id, product_id, category_id
-- question: For whom does a post count when voices are shared out?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column level: brand, product (of the brand), or category (the brand within one category: by its products there, or by its name where that is its own category)
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
with subjects as (
    select post_id, created_date, source, lang, author_id, is_owned, brand_id, product_id, category_id
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
        and not is_duplicate
)

select distinct * exclude (product_id, category_id), 'brand' as level, null::varchar as product_id, null::varchar as category_id
from subjects
union all
select distinct * exclude (product_id, category_id), 'product', product_id, null
from subjects
where product_id is not null
union all
select distinct * exclude (product_id, category_id), 'category', null, category_id
from subjects
where category_id is not null
