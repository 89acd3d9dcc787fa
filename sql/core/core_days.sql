-- grain: one day and one source that was listened to, or has a post of that day
-- key: created_date, source
-- question: How much of a day did we hear at each source?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day in the reporting time zone
-- column planned_count: windows planned for that day; 0 for a day before the first night or after the last one
-- column complete_count: of these, windows seen whole
-- column coverage: complete_count / planned_count, 0 to 1; 0 where nothing was planned. Over several days divide the sums
with planned as (
    select created_date, source, planned_count, complete_count, coverage
    from coverage_daily
    where created_date between getvariable('from_date') and getvariable('to_date')
),

-- A post can be older than the first night: read in a thread, or in a feed that keeps the year.
posted as (
    select distinct created_date, source
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
)

select
    created_date,
    source,
    coalesce(planned.planned_count, 0) as planned_count,
    coalesce(planned.complete_count, 0) as complete_count,
    coalesce(planned.coverage, 0)::double as coverage
from planned
full join posted using (created_date, source)
