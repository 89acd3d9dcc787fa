-- part: campaigns
-- question: What did one recommendation cost in each campaign?
-- reads: One row = one campaign, from its first day to counted_to: its last deadline, or the last day listened to before it; the budget counts once: campaign_scorecard repeats it for every objective. Recommendations would have come without it too: read did_the_campaign_work beside it.
-- param campaign: campaign_id in brands.yml; NULL for all (campaigns.campaign_id) = NULL
with counted as (
    select
        campaign_id,
        sum(post_count) as posts,
        sum(creator_post_count) as posts_by_creators,
        sum(code_use_count) as code_uses,
        sum(for_count) as umots_for,
        sum(organic_for_count) as organic_umots_for,
        sum(against_count) as umots_against,
        count_if(coverage > 0) as heard_days,
        max(created_date) as to_date
    from campaign_daily
    where period <> 'baseline'
    group by campaign_id
)

select
    campaigns.name as campaign,
    campaigns.first_date,
    campaigns.last_date,
    counted.to_date as counted_to,
    counted.heard_days,
    counted.posts::bigint as posts,
    counted.posts_by_creators::bigint as posts_by_creators,
    counted.code_uses::bigint as code_uses,
    counted.umots_for::bigint as umots_for,
    counted.organic_umots_for::bigint as organic_umots_for,
    counted.umots_against::bigint as umots_against,
    campaigns.budget,
    campaigns.currency,
    round(campaigns.budget / nullif(counted.umots_for, 0), 2) as cost_per_umot,
    round(campaigns.budget / nullif(counted.organic_umots_for, 0), 2) as cost_per_organic_umot
from campaigns
left join counted
    on campaigns.campaign_id = counted.campaign_id
where $campaign is null or campaigns.campaign_id = $campaign
order by campaigns.first_date desc, campaigns.name
