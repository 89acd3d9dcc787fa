-- grain: one folded name of one brand or product
-- key: name, brand_id, product_id
-- question: Which brand or product do these words name?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column brand_id: brand of brands.yml, that of the product where it is one
-- column name: official name or alias in lower case, without accents and punctuation
-- column product_id: product of brands.yml; NULL for a name of the brand itself
with named as (
    select name, brand_id, null::varchar as product_id from brands
    union all
    select unnest(aliases), brand_id, null from brands
    union all
    select name, brand_id, product_id from products
    union all
    select unnest(aliases), brand_id, product_id from products
)

select distinct folded(name) as name, brand_id, product_id
from named
where folded(name) <> ''
