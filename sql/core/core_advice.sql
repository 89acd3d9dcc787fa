-- grain: one UMOT by somebody who had followed an author's advice, and that author
-- key: umot_id, adviser_id
-- question: What do people say of a product after they took it up on somebody's advice?
-- owner: warehouse
-- refresh: created_date
-- lookback: 180
-- column umot_id: what the follower says, at most 90 days after following, see umots
-- column created_date: day of that UMOT in the reporting time zone
-- column adviser_id: author_id of who had advised
-- column author_id: keyed hash of the author who followed
-- column advice_umot_id: the adviser's latest UMOT about the thing before it was followed, at most 90 days older
-- column edge_id: how we know that it was followed: a stated influence, a code or link used, or a quote, see edges
-- column brand_id: brand of the follower's UMOT
-- column product_id: product of the follower's UMOT; NULL when the brand as a whole is meant
-- column category_id: category of the product, else of the brand
-- column is_confirmation: true when the follower's UMOT goes the way of the advice, false when it goes the other way
with spoken as (
    select umots.*, coalesce(products.category_id, brands.category_id) as category_id
    from umots
    join brands on umots.brand_id = brands.brand_id
    left join products on umots.product_id = products.product_id
    where umots.created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and umots.author_id is not null
)

select
    said.umot_id,
    said.created_date,
    said.created_at,
    edges.from_author_id as adviser_id,
    said.author_id,
    advice.umot_id as advice_umot_id,
    edges.edge_id,
    said.brand_id,
    said.product_id,
    said.category_id,
    said.polarity = advice.polarity as is_confirmation
from spoken as said
join edges
    on said.author_id = edges.to_author_id
    and said.brand_id = edges.brand_id
    and (said.product_id = edges.product_id or said.product_id is null or edges.product_id is null)
    and edges.kind in ('stated', 'code_or_link', 'quote')
    and edges.to_at <= said.created_at
    and edges.created_date between said.created_date - 90 and said.created_date
join spoken as advice
    on edges.from_author_id = advice.author_id
    and said.brand_id = advice.brand_id
    and (said.product_id = advice.product_id or said.product_id is null or advice.product_id is null)
    and advice.created_at < edges.to_at
    and advice.created_date between edges.created_date - 90 and edges.created_date
where said.created_date between getvariable('from_date') and getvariable('to_date')
    and edges.created_date between getvariable('from_date') - 90 and getvariable('to_date')
qualify row_number() over (
    partition by said.umot_id, edges.from_author_id
    order by
        (advice.product_id is not distinct from said.product_id) desc, advice.created_at desc, edges.to_at desc,
        advice.umot_id, edges.edge_id
) = 1
