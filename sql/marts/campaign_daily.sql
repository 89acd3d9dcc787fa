-- grain: one day and one campaign, from its longest baseline to its last deadline, as far as was listened to
-- key: created_date, campaign_id
-- question: How did the campaign go, day by day, and what was usual before it?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column created_date: day in the reporting time zone
-- column campaign_id: id in brands.yml
-- column period: baseline (before its first day), campaign, or after (until its last deadline)
-- column post_count: posts about the campaign's things or with its hashtags, codes or links, copies and owned ones apart; NULL where nothing was heard
-- column author_count: people who wrote them, linked accounts once a day
-- column creator_post_count: of post_count, posts by the creators named
-- column commercial_post_count: of post_count, posts with commercial evidence
-- column code_use_count: of post_count, posts by others than the creators that repeat a code or link of the campaign
-- column for_count: UMOTs that recommend the campaign's things
-- column organic_for_count: of these, UMOTs without commercial evidence
-- column against_count: UMOTs that advise against them
-- column coverage: share of the planned source-windows of that day that were complete, 0 to 1
-- column post_ids: the posts counted
-- column umot_ids: the UMOTs counted, see umot_feed
with goals as (
    select campaign_id, max(baseline_days)::integer as baseline_days, max(deadline_date) as deadline_date
    from campaign_objectives
    group by campaign_id
),

spans as (
    select
        campaigns.*,
        campaigns.first_date - goals.baseline_days as from_date,
        greatest(campaigns.last_date, goals.deadline_date) as to_date
    from campaigns
    join goals using (campaign_id)
),

days as (
    select
        created_date,
        sum(complete_count) > 0 as is_heard,
        coalesce(sum(complete_count) / nullif(sum(planned_count), 0), 0) as coverage
    from core_days
    group by created_date
),

posted as (
    select
        posts.campaign_id,
        posts.created_date,
        count(*) as post_count,
        count(distinct persons.person_id) as author_count,
        count(creators.author_id) as creator_post_count,
        count_if(posts.commercial <> 'organic')::bigint as commercial_post_count,
        count_if(len(posts.codes) + len(posts.links) > 0 and creators.author_id is null)::bigint as code_use_count,
        list_sort(list(posts.post_id)) as post_ids
    from core_campaign_posts as posts
    left join core_persons as persons using (author_id)
    left join core_creators as creators using (campaign_id, author_id)
    where not posts.is_owned
        and (posts.is_about or len(posts.hashtags) + len(posts.codes) + len(posts.links) > 0)
    group by all
),

said as (
    select
        spans.campaign_id,
        umots.created_date,
        count_if(umots.polarity = 'for')::bigint as for_count,
        count_if(umots.polarity = 'for' and umots.commercial = 'organic')::bigint as organic_for_count,
        count_if(umots.polarity = 'against')::bigint as against_count,
        list_sort(list(umots.umot_id)) as umot_ids
    from spans
    join umots
        on spans.brand_id = umots.brand_id
        and umots.created_date between spans.from_date and spans.to_date
        and (len(spans.product_ids) = 0 or list_contains(spans.product_ids, umots.product_id))
    group by all
)

select
    days.created_date,
    spans.campaign_id,
    case
        when days.created_date < spans.first_date then 'baseline'
        when days.created_date <= spans.last_date then 'campaign'
        else 'after'
    end as period,
    coalesce(posted.post_count, if(days.is_heard, 0, null)) as post_count,
    coalesce(posted.author_count, if(days.is_heard, 0, null)) as author_count,
    coalesce(posted.creator_post_count, if(days.is_heard, 0, null)) as creator_post_count,
    coalesce(posted.commercial_post_count, if(days.is_heard, 0, null)) as commercial_post_count,
    coalesce(posted.code_use_count, if(days.is_heard, 0, null)) as code_use_count,
    coalesce(said.for_count, if(days.is_heard, 0, null)) as for_count,
    coalesce(said.organic_for_count, if(days.is_heard, 0, null)) as organic_for_count,
    coalesce(said.against_count, if(days.is_heard, 0, null)) as against_count,
    days.coverage,
    coalesce(posted.post_ids, []) as post_ids,
    coalesce(said.umot_ids, []) as umot_ids
from spans
join days
    on days.created_date between spans.from_date and spans.to_date
left join posted
    on spans.campaign_id = posted.campaign_id
    and days.created_date = posted.created_date
left join said
    on spans.campaign_id = said.campaign_id
    and days.created_date = said.created_date
