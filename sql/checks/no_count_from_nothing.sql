-- A count is 0 only where something was seen: coverage above 0.
select created_date, source, brand_id, post_count, coverage
from share_of_voice_daily
where post_count = 0 and coverage = 0
