-- grain: one brand, product, or brand within a category, of brands.yml
-- key: level, brand_id, product_id, category_id
-- question: For what is a row due on every day, also when nobody speaks of it?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column brand_id: brand of brands.yml
-- column level: brand, product, or category (the brand within one category)
-- column product_id: product, at level product; NULL at the others
-- column category_id: category, at level category; NULL at the others
select 'brand' as level, brand_id, null::varchar as product_id, null::varchar as category_id
from brands
union all
select 'product', brand_id, product_id, null
from products
union
select 'category', brand_id, null, category_id
from (
    select brand_id, category_id from brands
    union
    select brand_id, category_id from products
)
where category_id is not null
