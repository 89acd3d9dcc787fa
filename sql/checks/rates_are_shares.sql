-- Shares, coverage and confidence lie between 0 and 1.
select 'share_of_voice_daily' as mart, created_date, source, share_of_voice as value
from share_of_voice_daily
where share_of_voice not between share_low and share_high
    or share_low < 0
    or share_high > 1
    or author_share_of_voice not between 0 and 1
    or coverage not between 0 and 1
union all
select 'coverage_daily', created_date, source, coverage
from coverage_daily
where coverage not between 0 and 1
union all
select 'umots', created_date, umot_id, confidence
from umots
where confidence not between 0 and 1
union all
select 'edges', created_date, edge_id, confidence
from edges
where confidence not between 0 and 1
union all
select 'share_of_recommendation', created_date, brand_id, share_of_recommendation
from share_of_recommendation
where share_of_recommendation not between share_low and share_high
    or share_low < 0
    or share_high > 1
    or coverage not between 0 and 1
union all
select 'needs_reply', created_date, post_id, urgency
from needs_reply
where urgency not between 0 and 1
union all
select 'opportunities', created_date, opportunity_id, score
from opportunities
where score not between 0 and 1
