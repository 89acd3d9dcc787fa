-- A figure of the scorecard lies in its interval, parts add up to what is counted, and a verdict says why.
select campaign_id, objective, kpi, measured, measured_low, measured_high, counted, verdict, verdict_why
from campaign_scorecard
where measured < measured_low - 1e-9
    or measured > measured_high + 1e-9
    or organic_count + commercial_count > counted
    or if(is_rate, creator_count + other_count > counted, creator_count + other_count <> counted)
    or coverage not between 0 and 1
    or reach_low > reach_high
    or verdict is null
    or effect is null
    or coalesce(verdict_why, '') = ''
    or coalesce(effect_why, '') = ''
    or (measured is null and verdict <> 'cannot_tell')
    or (not is_rate and measured = 0 and heard_days = 0)
