-- grain: one objective of a campaign, one period, one side, and one thing that its KPI counts there
-- key: campaign_id, objective, period, side, event_id
-- question: What exactly does each figure of the scorecard count, in the campaign and before it, for us and for rivals?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column campaign_id: id in brands.yml
-- column objective: place among the campaign's objectives, 1 first
-- column kpi: what is measured, see campaign_objectives
-- column period: campaign (its first day to the objective's deadline) or baseline (baseline_days before it)
-- column side: own, or rival: the same of all rivals together, to tell what the campaign did from what the season did
-- column event_id: post_id; umot_id where UMOTs are counted; person_id where people are, each once a period
-- column created_date: day of it; of a person, the first day (of an advocate, the day of the word that counts)
-- column weight: 1; of engagement, likes + replies + shares (NULL when unknown); of a share, 1 for what is in the numerator and 0 for the rest of the denominator (share_of_voice: of a campaign for products, what names one of them, of that and what names a rival; of a campaign for the whole brand, what names it, of what names any brand of brands.yml)
-- column post_id: the post, or the person's first one
-- column umot_id: the UMOT, or the person's; NULL where posts are counted
-- column author_id: keyed hash of the author; NULL when the source does not tell
-- column is_by_creator: written by one of the creators of core_creators
-- column commercial: organic (no commercial evidence found), disclosed or probable; NULL when the post was not understood
with periods as (
    select
        objectives.campaign_id,
        objectives.objective,
        objectives.kpi,
        campaigns.brand_id,
        campaigns.product_ids,
        unnest([
            struct_pack(
                period := 'baseline', from_date := campaigns.first_date - objectives.baseline_days,
                to_date := campaigns.first_date - 1
            ),
            struct_pack(
                period := 'campaign', from_date := campaigns.first_date, to_date := objectives.deadline_date
            )
        ], recursive := true)
    from campaign_objectives as objectives
    join campaigns using (campaign_id)
),

posts as (
    select
        posts.*,
        coalesce(persons.person_id, posts.author_id) as person_id,
        creators.author_id is not null as is_by_creator,
        posts.is_about or len(posts.hashtags) + len(posts.codes) + len(posts.links) > 0 as is_own
    from core_campaign_posts as posts
    left join core_persons as persons using (author_id)
    left join core_creators as creators using (campaign_id, author_id)
),

-- A post about us and a rival counts on both sides.
sided as (
    select periods.campaign_id, periods.objective, periods.kpi, periods.period, unnest(
        list_filter([if(posts.is_own, 'own', null), if(posts.is_naming_rival, 'rival', null)], lambda s: s is not null)
    ) as side, posts.* exclude (campaign_id)
    from periods
    join posts
        on periods.campaign_id = posts.campaign_id
        and posts.created_date between periods.from_date and periods.to_date
    where not posts.is_owned
),

post_events as (
    select *, post_id as event_id, if(kpi = 'engagement', engaged_count, 1) as weight, null::varchar as umot_id
    from sided
    where (kpi in ('posts', 'engagement'))
        or (kpi = 'purchases' and purchase = 'bought')
        or (kpi = 'questions' and is_seeking_advice)
        or (kpi = 'code_uses' and side = 'own' and len(codes) + len(links) > 0 and not is_by_creator)
),

author_events as (
    select *, person_id as event_id, 1 as weight, null::varchar as umot_id
    from sided
    where kpi = 'authors'
        and person_id is not null
    qualify row_number() over (
        partition by campaign_id, objective, period, side, person_id order by created_at, post_id
    ) = 1
),

-- From a creator's question to the answer leads no influence; likeness alone is none either.
influenced_events as (
    select
        periods.campaign_id,
        periods.objective,
        periods.kpi,
        periods.period,
        'own' as side,
        posts.post_id as event_id,
        posts.post_id,
        posts.created_date,
        posts.source,
        posts.author_id,
        1 as weight,
        null::varchar as umot_id,
        readings.commercial,
        false as is_by_creator
    from periods
    join edges
        on edges.created_date between periods.from_date and periods.to_date
        and edges.kind in ('stated', 'code_or_link', 'quote')
        and (edges.brand_id is null or edges.brand_id = periods.brand_id)
        and (
            edges.product_id is null
            or len(periods.product_ids) = 0
            or list_contains(periods.product_ids, edges.product_id)
        )
    join core_creators as creators
        on periods.campaign_id = creators.campaign_id
        and edges.from_author_id = creators.author_id
    join core_posts as posts
        on edges.to_post_id = posts.post_id
    left join core_readings as readings
        on posts.post_id = readings.post_id
    where periods.kpi = 'influenced'
        and not posts.is_owned
        and posts.deleted_at is null
        and posts.author_id not in (
            select author_id from core_creators where campaign_id = periods.campaign_id
        )
    qualify row_number() over (partition by periods.campaign_id, periods.objective, periods.period, posts.post_id) = 1
),

said as (
    select
        periods.campaign_id,
        periods.objective,
        periods.kpi,
        periods.period,
        umots.brand_id = periods.brand_id as is_brand,
        umots.brand_id = periods.brand_id and (
            len(periods.product_ids) = 0 or coalesce(list_contains(periods.product_ids, umots.product_id), false)
        ) as is_own,
        brands.is_rival and umots.brand_id <> periods.brand_id as is_rival,
        umots.umot_id,
        umots.post_id,
        umots.created_date,
        umots.created_at,
        umots.source,
        umots.author_id,
        umots.polarity,
        umots.commercial,
        coalesce(persons.person_id, umots.author_id) as person_id,
        creators.author_id is not null as is_by_creator
    from periods
    join umots
        on umots.created_date between periods.from_date and periods.to_date
    join brands on umots.brand_id = brands.brand_id
    left join core_persons as persons on umots.author_id = persons.author_id
    left join core_creators as creators
        on periods.campaign_id = creators.campaign_id
        and umots.author_id = creators.author_id
),

umot_events as (
    select *, umot_id as event_id, 1 as weight, unnest(
        list_filter([if(is_own, 'own', null), if(is_rival, 'rival', null)], lambda s: s is not null)
    ) as side
    from said
    where (kpi = 'umots_for' and polarity = 'for')
        or (kpi = 'organic_umots_for' and polarity = 'for' and commercial = 'organic')
        or (kpi = 'umots_against' and polarity = 'against')
),

-- What is said of our other products is no voice of this one; ads of our own are nobody's.
voice_events as (
    select
        periods.*, 'own' as side, posts.* exclude (campaign_id), posts.post_id as event_id,
        posts.is_about::integer as weight, null::varchar as umot_id
    from periods
    join posts
        on periods.campaign_id = posts.campaign_id
        and posts.created_date between periods.from_date and periods.to_date
    where periods.kpi = 'share_of_voice'
        and not posts.is_owned
        and if(len(periods.product_ids) > 0, posts.is_about or posts.is_naming_rival, posts.is_naming_any)
),

-- People who recommend any tracked brand; in the numerator, those who recommend ours.
recommending_events as (
    select
        *, 'own' as side, person_id as event_id,
        max(is_brand::integer) over (partition by campaign_id, objective, period, person_id) as weight
    from said
    where kpi = 'share_of_recommendation'
        and polarity = 'for'
        and commercial = 'organic'
        and person_id is not null
    qualify row_number() over (
        partition by campaign_id, objective, period, person_id order by is_brand desc, created_at, umot_id
    ) = 1
),

advocate_events as (
    select *, 'own' as side, person_id as event_id, if(polarity = 'for', 1, 0) as weight
    from said
    where kpi = 'net_advocacy'
        and is_own
        and commercial = 'organic'
        and person_id is not null
    qualify row_number() over (
        partition by campaign_id, objective, period, person_id order by created_at desc, umot_id
    ) = 1
),

events as (
    from post_events
    union all by name
    from author_events
    union all by name
    from influenced_events
    union all by name
    from umot_events
    union all by name
    from voice_events
    union all by name
    from recommending_events
    union all by name
    from advocate_events
)

select
    campaign_id,
    objective,
    kpi,
    period,
    side,
    event_id,
    created_date,
    weight::double as weight,
    post_id,
    umot_id,
    author_id,
    source,
    is_by_creator,
    commercial
from events
