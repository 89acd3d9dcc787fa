-- The days of a campaign add up to its scorecard, and every objective of brands.yml has its row there.
with summed as (
    select
        scorecard.campaign_id,
        scorecard.objective,
        scorecard.kpi,
        scorecard.measured,
        sum(case scorecard.kpi
            when 'posts' then daily.post_count
            when 'code_uses' then daily.code_use_count
            when 'umots_for' then daily.for_count
            when 'organic_umots_for' then daily.organic_for_count
            when 'umots_against' then daily.against_count
        end) as daily_sum
    from campaign_scorecard as scorecard
    join campaign_daily as daily
        on scorecard.campaign_id = daily.campaign_id
        and daily.created_date between scorecard.from_date and scorecard.to_date
    group by all
)

select campaign_id, objective, kpi, measured, daily_sum
from summed
where coalesce(measured, daily_sum) <> daily_sum
union all
select campaign_id, objective, kpi, null, null
from campaign_objectives
where (campaign_id, objective) not in (select (campaign_id, objective) from campaign_scorecard)
