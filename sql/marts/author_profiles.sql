-- grain: one author (one account) and one category that they were seen writing about
-- key: author_id, category_id
-- question: Who carries weight in this category, and on what do they stake their word?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: authority v1 (2026-11-22) geometric mean of the percentiles (middle rank) of topical share, originality, engagement rate and UMOT yield, those that are known, among accounts seen in the category, of one size tier (engagement rate: and one source type; accounts of unknown size: among those of one source type, brands apart); shares are compared by the lower bound of their Wilson interval, so that one post of one does not come first; withheld under 3 posts seen in the category and under 5 peers
-- metric: social_credit v1 (2026-11-22) people who followed the author's advice (a stated influence, a code or link used, a quote) and later said the same of the thing out of their own experience, minus those who said the opposite: the latest word of each person and thing, 90 days on; read it beside selectivity (recommending posts divided by posts, both in the category) and commercial_share, never as one score
-- column author_id: keyed hash of the account, see core_authors; all counts are of posts that we saw
-- column person_id: the person of person_links; author_id itself where no other account is known. Figures are of the one account: tiers and engagement belong to a platform
-- column category_id: category of brands.yml
-- column is_owned: brands.yml says that a brand owns the account or the site
-- column post_count: posts of the author seen, whatever they are about, deleted ones apart
-- column engagement_rate: median over these posts of likes, replies and shares divided by views, else by followers; NULL when unknown
-- column first_post_at: first of these posts (UTC)
-- column last_post_at: latest of these posts (UTC)
-- column engagement_percentile: place of that rate among accounts of the tier and source type in the category, 0 to 1
-- column umot_yield: UMOTs about the category by others, to which an edge (stated, code or link, quote) leads from a post of the author
-- column peer_count: accounts that authority is compared with, this one included
-- column authority: 0 to 1; NULL when withheld
-- column authority_parts: how many of the four percentiles are known; engagement is not where a source tells no counts
-- column confirmation_count: people who followed the author's advice and said the same
-- column contradiction_count: people who followed the author's advice and said the opposite
-- column social_credit: confirmation_count - contradiction_count; NULL when nobody who followed was heard of
-- column yield_umot_ids: the UMOTs of umot_yield
-- column confirmation_umot_ids: the UMOTs of confirmation_count
-- column contradiction_umot_ids: the UMOTs of contradiction_count
-- column coverage: share of the planned source-windows of the author's sources, over all days, that were complete, 0 to 1
with yields as (
    select
        edges.from_author_id as author_id,
        coalesce(products.category_id, brands.category_id) as category_id,
        count(distinct umots.umot_id) as umot_yield,
        list_sort(list(distinct umots.umot_id)) as umot_ids
    from edges
    -- An inner join may be planned as all people times all people.
    left join core_persons as adviser
        on edges.from_author_id = adviser.author_id
    left join core_persons as follower
        on edges.to_author_id = follower.author_id
    join umots
        on edges.to_post_id = umots.post_id
        and umots.brand_id = coalesce(edges.brand_id, umots.brand_id)
    join brands on umots.brand_id = brands.brand_id
    left join products on umots.product_id = products.product_id
    where edges.kind in ('stated', 'code_or_link', 'quote')
        and adviser.person_id is distinct from follower.person_id
    group by all
),

-- The latest word of each follower about each thing.
followed as (
    select advice.adviser_id as author_id, advice.category_id, advice.umot_id, advice.is_confirmation
    from core_advice as advice
    left join core_persons as adviser
        on advice.adviser_id = adviser.author_id
    left join core_persons as follower
        on advice.author_id = follower.author_id
    where adviser.person_id is distinct from follower.person_id
    qualify row_number() over (
        partition by advice.adviser_id, follower.person_id, advice.brand_id, advice.product_id
        order by advice.created_at desc, advice.umot_id
    ) = 1
),

credits as (
    select
        author_id,
        category_id,
        count_if(is_confirmation)::bigint as confirmation_count,
        count_if(not is_confirmation)::bigint as contradiction_count,
        coalesce(list_sort(list(umot_id) filter (where is_confirmation)), []) as confirmation_umot_ids,
        coalesce(list_sort(list(umot_id) filter (where not is_confirmation)), []) as contradiction_umot_ids
    from followed
    group by all
),

-- A source that the author writes at counts as often as nights planned it.
listened as (
    select source, sum(planned_count) as planned_count, sum(complete_count) as complete_count
    from core_days
    group by source
),

heard as (
    select author_id, coalesce(sum(complete_count) / nullif(sum(planned_count), 0), 0) as coverage
    from (select distinct author_id, source from core_author_posts)
    join listened using (source)
    group by author_id
),

figures as (
    select
        figures.*,
        persons.person_id,
        persons.is_owned,
        authors.source_type,
        authors.instance,
        authors.tier,
        authors.follower_count,
        coalesce(yields.umot_yield, 0) as umot_yield,
        coalesce(yields.umot_ids, []) as yield_umot_ids,
        coalesce(authors.tier, authors.source_type) as peer_group
    from core_author_figures as figures
    join core_authors as authors using (author_id)
    join core_persons as persons using (author_id)
    left join yields using (author_id, category_id)
),

-- What is ranked, and nothing else: a window that sorts the ids of all posts with it takes three times as long.
compared as (
    select
        author_id,
        category_id,
        is_owned,
        source_type,
        tier,
        peer_group,
        wilson_low(category_post_count, post_count) as topical_low,
        wilson_low(original_count, original_count + reshared_count) as original_low,
        engagement_rate,
        umot_yield
    from figures
),

-- Middle rank: who stands below, and half of those who stand level.
placed as (
    select
        author_id,
        category_id,
        count(*) over peers as peer_count,
        (rank() over (peers order by topical_low) - 1 + 0.5 * count(*) over (
            partition by category_id, is_owned, peer_group, topical_low
        )) / peer_count as topical_percentile,
        if(original_low is null, null, (rank() over (peers order by original_low) - 1 + 0.5 * count(*) over (
            partition by category_id, is_owned, peer_group, original_low
        )) / peer_count) as original_percentile,
        (rank() over (peers order by umot_yield) - 1 + 0.5 * count(*) over (
            partition by category_id, is_owned, peer_group, umot_yield
        )) / peer_count as yield_percentile,
        if(engagement_rate is null, null, (rank() over (rated order by engagement_rate) - 1 + 0.5 * count(*) over (
            partition by category_id, is_owned, tier, source_type, engagement_rate
        )) / count(engagement_rate) over rated) as engagement_percentile,
        list_filter(
            [topical_percentile, original_percentile, engagement_percentile, yield_percentile],
            lambda part: part is not null
        ) as parts
    from compared
    window
        peers as (partition by category_id, is_owned, peer_group),
        rated as (partition by category_id, is_owned, tier, source_type)
)

select
    figures.author_id,
    figures.person_id,
    figures.category_id,
    figures.source_type,
    figures.instance,
    figures.is_owned,
    figures.tier,
    figures.follower_count,
    figures.post_count,
    figures.category_post_count,
    figures.topical_share,
    figures.original_count,
    figures.reshared_count,
    figures.originality,
    figures.engagement_rate,
    placed.engagement_percentile,
    figures.umot_yield,
    placed.peer_count,
    len(placed.parts) as authority_parts,
    if(
        figures.category_post_count < 3 or placed.peer_count < 5, null,
        round(pow(list_product(placed.parts), 1 / len(placed.parts)), 4)
    ) as authority,
    figures.recommending_post_count,
    figures.selectivity,
    figures.commercial_share,
    coalesce(credits.confirmation_count, 0) as confirmation_count,
    coalesce(credits.contradiction_count, 0) as contradiction_count,
    credits.confirmation_count - credits.contradiction_count as social_credit,
    figures.shelf,
    figures.post_ids,
    figures.umot_ids,
    figures.yield_umot_ids,
    coalesce(credits.confirmation_umot_ids, []) as confirmation_umot_ids,
    coalesce(credits.contradiction_umot_ids, []) as contradiction_umot_ids,
    figures.first_post_at,
    figures.last_post_at,
    coalesce(heard.coverage, 0) as coverage
from figures
join placed using (author_id, category_id)
left join credits using (author_id, category_id)
left join heard using (author_id)
