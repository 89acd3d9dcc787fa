-- part: trust
-- question: What did we not see, where, when and why?
-- reads: One row = one source with holes; unseen_days counts days seen in part or not at all. A figure of such a day is a lower bound, and NULL where nothing was seen. Coverage over days is the sum of windows seen over the sum planned, never an average of days.
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
-- param source: id of a source; NULL for all (sources.source) = NULL
select
    source,
    count(*) as days,
    count_if(coverage < 1) as unseen_days,
    round(sum(complete_count) / nullif(sum(planned_count), 0), 3) as coverage,
    min(created_date) filter (where coverage < 1) as first_unseen_date,
    max(created_date) filter (where coverage < 1) as last_unseen_date,
    list_sort(list(distinct reasons) filter (where coverage < 1)) as why
from coverage_daily
where created_date > (select max(created_date) from coverage_daily) - $days::integer
    and ($source is null or source = $source)
group by source
order by coverage, source
