-- part: trust
-- question: What came in and was refused, and why?
-- reads: One row = one source and one reason. items counts what was set aside, once a night and query: an item refused every night counts every night, different_items counts it once. read_posts is of the same source and days, for scale.
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
-- param source: id of a source; NULL for all (sources.source) = NULL
with refused as (
    select
        source,
        reason,
        any_value(stage) as stage,
        count(*) as items,
        count(distinct item) as different_items,
        max(run_date) as last_date,
        arg_max(item, run_date) as example
    from quarantine
    where run_date > (select max(created_date) from coverage_daily) - $days::integer
        and ($source is null or source = $source)
    group by source, reason
),

parsed as (
    select source, sum(post_count) as read_posts
    from coverage_daily
    where created_date > (select max(created_date) from coverage_daily) - $days::integer
    group by source
)

select
    refused.source,
    refused.reason,
    refused.stage,
    refused.items,
    refused.different_items,
    parsed.read_posts::bigint as read_posts,
    refused.last_date,
    refused.example
from refused
left join parsed
    on refused.source = parsed.source
order by refused.items desc, refused.source, refused.reason
