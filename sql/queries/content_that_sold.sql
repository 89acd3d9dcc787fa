-- part: touchpoints
-- question: Which posts, articles and episodes did people buy after, by their own word?
-- reads: One row = one post. buyers counts people, each once: who thanks for it in two posts is one buyer. Only stated advice, codes and links, and quotes count, not likeness; the buyer names this product. A quote sells only what is bought after it, and nothing sells what was bought before.
-- param brand: brand_id in brands.yml of what was bought; NULL for our first brand (brands.brand_id) = NULL
with bought as (
    select
        edges.from_post_id,
        edges.to_author_id,
        min(purchases.created_at) as purchased_at,
        any_value(coalesce(products.name, brands.name)) as product,
        arg_min(edges.evidence, edges.to_at) as evidence
    from edges
    join core_purchases as purchases
        on edges.to_author_id = purchases.author_id
        and edges.brand_id = purchases.brand_id
        and (edges.product_id is null or purchases.product_id is null or edges.product_id = purchases.product_id)
        and purchases.created_at >= if(edges.kind = 'quote', edges.to_at, edges.from_at)
        and purchases.created_at <= edges.from_at + interval 90 days
    join core_posts as advice
        on edges.from_post_id = advice.post_id
        and coalesce(purchases.bought_by_date >= advice.created_date, true)
    join brands
        on purchases.brand_id = brands.brand_id
    left join products
        on purchases.product_id = products.product_id
    where not edges.is_inferred
        and edges.kind <> 'reply_to_seeker'
        and edges.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    group by edges.from_post_id, edges.to_author_id
)

select
    count(*) as buyers,
    list_sort(list(distinct bought.product)) as bought,
    any_value(posts.created_date) as created_date,
    any_value(posts.source) as source,
    any_value(coalesce(names.name, names.handle, left(posts.author_id, 8))) as author,
    any_value(readings.commercial) as commercial,
    list(bought.evidence order by bought.purchased_at) as buyers_words,
    any_value(posts.url) as url,
    any_value(posts.text) as text
from bought
join core_posts as posts
    on bought.from_post_id = posts.post_id
left join core_readings as readings
    on bought.from_post_id = readings.post_id
left join author_names as names
    on posts.author_id = names.author_id
group by bought.from_post_id
order by buyers desc, min(posts.created_at), url
