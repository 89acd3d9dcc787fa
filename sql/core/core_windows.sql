-- grain: one window of 1, 4 or 13 whole weeks, for every week with a day of core_days
-- key: created_date, window_weeks
-- question: Over which stretches of days are people counted, each once, and how much of them did we hear?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column window_weeks: length: 1, 4 or 13 weeks from Monday to Sunday
-- column window_from_date: first day of the window, a Monday
-- column heard_days: days of the window on which anything was seen: coverage above 0 at any source
-- column planned_count: windows (queries of the sources) planned for these days
-- column complete_count: of these, windows seen whole
-- column coverage: complete_count / planned_count, 0 to 1; 0 where nothing was planned
with sundays as (
    select distinct date_trunc('week', created_date)::date + 6 as sunday
    from core_days
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

windows as (
    select sunday, unnest([1, 4, 13]) as window_weeks
    from sundays
    where sunday between getvariable('from_date') and getvariable('to_date')
)

select
    windows.sunday as created_date,
    windows.window_weeks,
    windows.sunday - (7 * windows.window_weeks - 1)::integer as window_from_date,
    count(distinct days.created_date) filter (where days.coverage > 0) as heard_days,
    sum(days.planned_count)::bigint as planned_count,
    sum(days.complete_count)::bigint as complete_count,
    coalesce(sum(days.complete_count) / nullif(sum(days.planned_count), 0), 0) as coverage
from windows
join core_days as days
    on days.created_date between windows.sunday - (7 * windows.window_weeks - 1)::integer and windows.sunday
where days.created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
group by all
