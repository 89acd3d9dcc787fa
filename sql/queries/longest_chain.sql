-- part: chains
-- question: What is the longest chain of advice, told person by person?
-- reads: One row = one person of the chain, in the order in which they took it up; each says who led them and what they said in turn. The person's words are looked up by one post id: joining by author would quote all that the person ever wrote.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param product: product_id in brands.yml; NULL for all (products.product_id) = NULL
with longest as (
    select chain_id
    from chains
    where ($brand is null or brand_id = $brand)
        and ($product is null or product_id = $product)
    group by chain_id
    order by max(generation) desc, count(*) desc, min(influenced_at), chain_id
    limit 1
)

select
    chains.generation,
    coalesce(person.name, person.handle, left(chains.author_id, 8)) as person,
    coalesce(adviser.name, adviser.handle, left(chains.from_author_id, 8)) as led_by,
    chains.evidence,
    case
        when chains.umot_polarity = 'against' then 'advises against it'
        when chains.generation = 0 then 'recommends it'
        when chains.umot_id is not null and chains.purchase_post_id is not null then 'bought it, recommends it in turn'
        when chains.umot_id is not null then 'recommends it in turn'
        when chains.purchase_post_id is not null then 'bought it'
        else 'was led to it'
    end as what_happened,
    round(chains.days_from_advice, 1) as days_after_the_advice,
    posts.source,
    posts.url,
    coalesce(umots.sentence, posts.text) as words
from chains
join longest
    on chains.chain_id = longest.chain_id
join core_posts as posts
    on coalesce(chains.umot_post_id, chains.post_id) = posts.post_id
left join umot_feed as umots
    on chains.umot_id = umots.umot_id
left join author_names as person
    on chains.author_id = person.author_id
left join author_names as adviser
    on chains.from_author_id = adviser.author_id
order by chains.generation, chains.influenced_at, person
