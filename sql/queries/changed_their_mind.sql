-- part: umot
-- question: Who changed their mind about a product, and what did they say before and after?
-- reads: One row = one person and one product, first against last word in time. Joining a person's words for with those against gives every pair of them instead; words about another product of the brand are no change of mind.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
select
    max(umots.created_date) as changed_date,
    any_value(coalesce(names.name, names.handle, left(umots.author_id, 8))) as author,
    any_value(coalesce(umots.product, umots.brand)) as product,
    arg_min(umots.polarity, umots.created_at) as was,
    arg_max(umots.polarity, umots.created_at) as is_now,
    date_diff('day', min(umots.created_date), max(umots.created_date)) as days,
    arg_max(umots.url, umots.created_at) as url,
    arg_min(umots.sentence, umots.created_at) as words_then,
    arg_max(umots.sentence, umots.created_at) as words_now
from umot_feed as umots
left join author_names as names
    on umots.author_id = names.author_id
where umots.author_id is not null
    and umots.brand_id is not null
    and ($brand is null or umots.brand_id = $brand)
group by umots.author_id, umots.brand_id, umots.product_id
having arg_min(umots.polarity, umots.created_at) <> arg_max(umots.polarity, umots.created_at)
order by changed_date desc, author, product
