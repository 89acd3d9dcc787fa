-- part: campaigns
-- question: Did the campaign reach its objectives, and what would have come without it?
-- reads: One row = one objective. The budget stands once a campaign, see cost_of_a_recommendation: it would be summed once an objective here. effect compares with the same weekdays before and with rivals meanwhile; cannot_tell is an honest answer.
-- param campaign: campaign_id in brands.yml; NULL for all (campaigns.campaign_id) = NULL
-- param kpi: what is measured, such as posts; NULL for every objective (campaign_objectives.kpi) = NULL
select
    campaigns.name as campaign,
    scorecard.objective,
    scorecard.kpi,
    round(scorecard.measured, 3) as measured,
    round(scorecard.measured_low, 3) as low,
    round(scorecard.measured_high, 3) as high,
    scorecard.direction,
    scorecard.target,
    scorecard.verdict,
    round(scorecard.expected, 3) as expected_without,
    scorecard.effect,
    scorecard.creator_count as by_its_creators,
    scorecard.other_count as by_others,
    round(scorecard.coverage, 3) as coverage,
    scorecard.verdict_why,
    scorecard.effect_why
from campaign_scorecard as scorecard
join campaigns
    on scorecard.campaign_id = campaigns.campaign_id
where ($campaign is null or scorecard.campaign_id = $campaign)
    and ($kpi is null or scorecard.kpi = $kpi)
order by campaigns.first_date desc, campaigns.name, scorecard.objective
