-- grain: one person in one chain of advice about one product; generation 0 is the person it starts with
-- key: chain_id, author_id
-- question: Who took it up on whose advice, bought it, and recommended it in turn?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column chain_id: hash of the first person and the product
-- column generation: 0 for the person the chain starts with, 1 for those who followed that person, and so on
-- column depth: highest generation of the chain
-- column person_count: people in the chain
-- column author_id: the person
-- column from_author_id: whose advice the person followed; NULL at generation 0
-- column product_id: product the chain is about; NULL when only the brand is named
-- column brand_id: brand the chain is about
-- column post_id: where the person says whose advice it was; at generation 0 the first advice that was followed
-- column from_post_id: the advice followed; NULL at generation 0
-- column influenced_at: when post_id was published (UTC)
-- column evidence: the words that name the adviser; NULL at generation 0
-- column confidence: of the edge, 0 to 1; NULL at generation 0
-- column days_from_advice: days from the advice to post_id
-- column purchase_post_id: first post since the advice in which the person says to have bought it, and not to have bought it before; NULL when none was seen
-- column purchased_at: when it was published (UTC)
-- column days_to_purchase: days from the advice to purchase_post_id
-- column umot_id: the person's first UMOT about it from then on; NULL when none was seen
-- column umot_post_id: the post of that UMOT
-- column umot_polarity: for or against
-- column recommended_at: when that UMOT was published (UTC)
-- column days_to_umot: days from post_id to that UMOT
-- column path_author_ids: the people from the first to this one
-- column path_post_ids: the posts from the first advice to post_id, advice and answer by turns
-- column path_evidence: the words that name each adviser, in order
with recursive stated as (
    select *, coalesce(product_id, brand_id) as thing_id
    from edges
    where kind = 'stated'
        and brand_id is not null
),

-- A person takes up a product once: on the first advice named.
adoptions as (
    select *
    from stated
    qualify row_number() over (
        partition by to_author_id, thing_id order by to_at, confidence desc, edge_id
    ) = 1
),

-- The adviser was a follower first, or starts a chain.
parents as (
    select adoptions.*, parent.edge_id as parent_edge_id
    from adoptions
    left join adoptions as parent
        on adoptions.from_author_id = parent.to_author_id
        and adoptions.thing_id = parent.thing_id
        and parent.to_at <= adoptions.from_at
),

steps as (
    select
        thing_id, from_author_id as root_author_id, edge_id, 1 as generation,
        [from_author_id, to_author_id] as path_author_ids,
        [from_post_id, to_post_id] as path_post_ids,
        [evidence] as path_evidence
    from parents
    where parent_edge_id is null
    union all
    select
        steps.thing_id, steps.root_author_id, parents.edge_id, steps.generation + 1,
        list_append(steps.path_author_ids, parents.to_author_id),
        if(
            steps.path_post_ids[-1] = parents.from_post_id,
            list_append(steps.path_post_ids, parents.to_post_id),
            list_concat(steps.path_post_ids, [parents.from_post_id, parents.to_post_id])
        ),
        list_append(steps.path_evidence, parents.evidence)
    from steps
    join parents
        on steps.edge_id = parents.parent_edge_id
        and not list_contains(steps.path_author_ids, parents.to_author_id)
),

people as (
    select
        steps.thing_id, steps.root_author_id, steps.generation, parents.to_author_id as author_id,
        parents.from_author_id, parents.product_id, parents.brand_id, parents.to_post_id as post_id,
        parents.from_post_id, parents.to_at as influenced_at, parents.from_at as advised_at, parents.evidence,
        parents.confidence, steps.path_author_ids, steps.path_post_ids, steps.path_evidence
    from steps
    join parents using (edge_id)
    union all
    select
        thing_id, from_author_id, 0, from_author_id, null, product_id, brand_id, from_post_id, null, from_at, null, null,
        null, [from_author_id], [from_post_id], []
    from parents
    where parent_edge_id is null
    qualify row_number() over (partition by thing_id, from_author_id order by from_at, from_post_id, edge_id) = 1
),

purchases as (
    select distinct post_id, author_id, created_at, bought_by_date, unnest([product_id, brand_id]) as thing_id
    from core_purchases
    where author_id in (select author_id from people)
),

first_purchases as (
    select people.thing_id, people.root_author_id, people.author_id, purchases.post_id, purchases.created_at
    from people
    join purchases
        on people.author_id = purchases.author_id
        and people.thing_id = purchases.thing_id
        and (people.advised_at is null or purchases.created_at >= people.advised_at)
        and coalesce(
            purchases.bought_by_date >= (people.advised_at at time zone getvariable('timezone'))::date, true
        )
    qualify row_number() over (
        partition by people.thing_id, people.root_author_id, people.author_id
        order by purchases.created_at, purchases.post_id
    ) = 1
),

first_umots as (
    select
        people.thing_id, people.root_author_id, people.author_id, umots.umot_id, umots.post_id, umots.polarity,
        umots.created_at
    from people
    join umots
        on people.author_id = umots.author_id
        and people.thing_id in (umots.product_id, umots.brand_id)
        and umots.created_at >= people.influenced_at
    qualify row_number() over (
        partition by people.thing_id, people.root_author_id, people.author_id
        order by umots.created_at, umots.umot_id
    ) = 1
)

select
    substr(sha256(people.root_author_id || chr(31) || people.thing_id), 1, 20) as chain_id,
    people.generation,
    max(people.generation) over chain as depth,
    count(*) over chain as person_count,
    people.author_id,
    people.from_author_id,
    people.brand_id,
    people.product_id,
    people.post_id,
    people.from_post_id,
    people.influenced_at,
    people.evidence,
    people.confidence,
    round(epoch(people.influenced_at - people.advised_at) / 86400, 2) as days_from_advice,
    first_purchases.post_id as purchase_post_id,
    first_purchases.created_at as purchased_at,
    round(epoch(first_purchases.created_at - people.advised_at) / 86400, 2) as days_to_purchase,
    first_umots.umot_id,
    first_umots.post_id as umot_post_id,
    first_umots.polarity as umot_polarity,
    first_umots.created_at as recommended_at,
    round(epoch(first_umots.created_at - people.influenced_at) / 86400, 2) as days_to_umot,
    people.path_author_ids,
    people.path_post_ids,
    people.path_evidence
from people
left join first_purchases using (thing_id, root_author_id, author_id)
left join first_umots using (thing_id, root_author_id, author_id)
window chain as (partition by people.root_author_id, people.thing_id)
