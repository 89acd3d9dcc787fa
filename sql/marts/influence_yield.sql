-- grain: one author, one brand or product, and one kind of edge that leads from the author's posts
-- key: author_id, brand_id, product_id, kind
-- question: Whose posts are followed by other people's purchases, recommendations and questions, and how do we know?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: influence_yield v1 (2026-11-22) UMOTs for the product, by people with an edge from the author about it, in the post that the edge leads to or within 90 days of it; one kind of edge at a time, stated and inferred never summed; answers to a question earn the one who asks nothing
-- metric: purchases_led v1 (2026-11-22) people with an edge from the author about the product and products of it that they say to have bought, each person and product once however often it is told (the brand alone where no product is ever named), since the advice (a stated influence, a code or link used) or since the later post (a quote, similarity), at most 90 days after the latter, and not said to lie before
-- column author_id: keyed hash of the author, see core_authors
-- column kind: stated, code_or_link, quote, or similarity
-- column is_inferred: true for similarity: nobody says so; never sum it with the others
-- column brand_id: brand of brands.yml
-- column product_id: product; NULL when only the brand is common
-- column category_id: category of the product, else of the brand
-- column follower_count: people the edges lead to, each once
-- column post_count: their posts that the edges lead to
-- column umot_count: UMOTs for it, of these people
-- column against_umot_count: UMOTs against it, of these people
-- column purchase_count: purchases of it by these people, each person and product once, see the metric purchases_led
-- column question_count: posts of post_count that ask people for advice
-- column first_at: when the first of the posts was published (UTC)
-- column last_at: when the latest was published (UTC)
-- column from_post_ids: the author's posts
-- column edge_ids: see edges
-- column umot_ids: the UMOTs for it
-- column purchase_post_ids: the posts of purchase_count, all that tell of it
-- column question_post_ids: the posts of question_count
with leads as (
    select *
    from edges
    where kind <> 'reply_to_seeker'
        and brand_id is not null
),

said as (
    select leads.edge_id, umots.umot_id, umots.polarity
    from leads
    join umots
        on leads.to_author_id = umots.author_id
        and leads.brand_id = umots.brand_id
        and (leads.product_id is null or leads.product_id = umots.product_id)
        and umots.created_at >= leads.to_at
        and umots.created_date <= leads.created_date + 90
),

bought as (
    select leads.edge_id, purchases.post_id, purchases.author_id, purchases.product_id
    from leads
    join core_purchases as purchases
        on leads.to_author_id = purchases.author_id
        and leads.brand_id = purchases.brand_id
        and (leads.product_id is null or leads.product_id = purchases.product_id)
        -- Who says later whose advice it was had it since that advice; a quote or likeness says nothing of before.
        and purchases.created_at >= if(leads.kind in ('stated', 'code_or_link'), leads.from_at, leads.to_at)
        and purchases.created_date <= leads.created_date + 90
        and coalesce(purchases.bought_by_date >= (leads.from_at at time zone getvariable('timezone'))::date, true)
),

-- A purchase told twice is one.
purchase_counts as (
    select from_author_id, kind, brand_id, product_id, sum(purchases) as purchase_count
    from (
        select
            leads.from_author_id, leads.kind, leads.brand_id, leads.product_id, bought.author_id,
            greatest(1, count(distinct bought.product_id)) as purchases
        from leads
        join bought on leads.edge_id = bought.edge_id
        group by all
    )
    group by all
),

by_edge as (
    select
        leads.*,
        (select list(umot_id) from said where said.edge_id = leads.edge_id and polarity = 'for') as umot_ids,
        (select list(umot_id) from said where said.edge_id = leads.edge_id and polarity = 'against') as against_ids,
        (select list(post_id) from bought where bought.edge_id = leads.edge_id) as purchase_ids,
        leads.to_post_id in (select post_id from core_questions) as is_question
    from leads
)

select
    by_edge.from_author_id as author_id,
    by_edge.kind,
    by_edge.is_inferred,
    by_edge.brand_id,
    by_edge.product_id,
    coalesce(any_value(products.category_id), any_value(brands.category_id)) as category_id,
    count(distinct by_edge.to_author_id) as follower_count,
    count(distinct by_edge.to_post_id) as post_count,
    len(list_distinct(flatten(list(by_edge.umot_ids)))) as umot_count,
    len(list_distinct(flatten(list(by_edge.against_ids)))) as against_umot_count,
    coalesce(any_value(purchase_counts.purchase_count), 0)::bigint as purchase_count,
    count(distinct by_edge.to_post_id) filter (where by_edge.is_question) as question_count,
    min(by_edge.to_at) as first_at,
    max(by_edge.to_at) as last_at,
    list(distinct by_edge.from_post_id order by by_edge.from_post_id) as from_post_ids,
    list_sort(list(by_edge.edge_id)) as edge_ids,
    list_sort(list_distinct(flatten(list(by_edge.umot_ids)))) as umot_ids,
    list_sort(list_distinct(flatten(list(by_edge.purchase_ids)))) as purchase_post_ids,
    coalesce(
        list(distinct by_edge.to_post_id order by by_edge.to_post_id) filter (where by_edge.is_question), []
    ) as question_post_ids
from by_edge
join brands on by_edge.brand_id = brands.brand_id
left join products on by_edge.product_id = products.product_id
left join purchase_counts
    on by_edge.from_author_id = purchase_counts.from_author_id
    and by_edge.kind = purchase_counts.kind
    and by_edge.brand_id = purchase_counts.brand_id
    and by_edge.product_id is not distinct from purchase_counts.product_id
group by by_edge.from_author_id, by_edge.kind, by_edge.is_inferred, by_edge.brand_id, by_edge.product_id
