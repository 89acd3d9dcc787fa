-- Every day and source heard has its row in every daily mart, and every week its row in every mart of windows.
select 'share_of_voice_daily' as mart, created_date, source
from core_days
where (created_date, source) not in (select (created_date, source) from share_of_voice_daily)
    and exists (from brands)
union all
select 'umot_daily', created_date, source
from core_days
where (created_date, source) not in (select (created_date, source) from umot_daily)
    and exists (from brands)
union all
select 'net_advocacy', date_trunc('week', created_date)::date + 6, source
from core_days
where date_trunc('week', created_date)::date + 6 not in (select created_date from net_advocacy)
    and exists (from brands)
