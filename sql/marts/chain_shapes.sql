-- grain: one chain of advice
-- key: chain_id
-- question: How far and how wide did one person's advice travel: how many people a generation, how many bought, how many passed it on?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: structural_virality v1 (2026-11-22) mean distance, in steps of advice, over all pairs of people of the chain: 1 for one adviser and one follower, near 2 for a broadcast, more where it is passed on from hand to hand
-- column root_author_id: the person it starts with
-- column started_at: when the first advice that was followed was published (UTC)
-- column last_at: when the latest person took it up (UTC)
-- column generation_sizes: people by generation, the first of them 1
-- column purchase_count: people who say to have bought it, the first person apart
-- column umot_count: UMOTs for it by people who followed, one each
-- column against_count: people who followed and then advise against it
-- column median_days_from_advice: median days from an advice to whoever followed it
-- column structural_virality: mean distance between two people of the chain; 1 or more
-- column author_ids: the people, generation by generation
with sized as (
    select chain_id, generation, count(*) as person_count
    from chains
    group by all
),

-- In a tree, every step of advice lies between the people behind it and all others.
behind as (
    select chain_id, ancestor_id, count(*) as people_behind
    from (select chain_id, unnest(path_author_ids[2:]) as ancestor_id from chains)
    group by all
),

distances as (
    select behind.chain_id, sum(people_behind * (people.person_count - people_behind)) as distance
    from behind
    join (select chain_id, any_value(person_count) as person_count from chains group by chain_id) as people using (chain_id)
    group by behind.chain_id
)

select
    chains.chain_id,
    any_value(chains.brand_id) as brand_id,
    any_value(chains.product_id) as product_id,
    arg_min(chains.author_id, chains.generation) as root_author_id,
    min(chains.influenced_at) as started_at,
    max(chains.influenced_at) as last_at,
    any_value(chains.depth) as depth,
    any_value(chains.person_count) as person_count,
    (
        select list(sized.person_count order by sized.generation)
        from sized
        where sized.chain_id = chains.chain_id
    ) as generation_sizes,
    count(chains.purchase_post_id) filter (where chains.generation > 0) as purchase_count,
    count(chains.umot_id) filter (where chains.generation > 0 and chains.umot_polarity = 'for') as umot_count,
    count(chains.umot_id) filter (where chains.generation > 0 and chains.umot_polarity = 'against') as against_count,
    round(median(chains.days_from_advice), 2) as median_days_from_advice,
    round(
        2 * any_value(distances.distance) / (any_value(chains.person_count) * (any_value(chains.person_count) - 1)), 4
    ) as structural_virality,
    list(chains.author_id order by chains.generation, chains.influenced_at, chains.author_id) as author_ids
from chains
join distances using (chain_id)
group by chains.chain_id
