-- A count is 0 only where something was seen: coverage above 0.
select 'share_of_voice_daily' as mart, created_date, source, brand_id, post_count, coverage
from share_of_voice_daily
where post_count = 0 and coverage = 0
union all
select 'umot_daily', created_date, source, brand_id, for_count, coverage
from umot_daily
where for_count = 0 and against_count = 0 and coverage = 0
union all
select 'net_advocacy', created_date, level, brand_id, author_count, coverage
from net_advocacy
where author_count = 0 and coverage = 0
union all
select 'product_league', created_date, product, brand_id, for_count, coverage
from product_league
where for_count = 0 and against_count = 0 and coverage = 0
