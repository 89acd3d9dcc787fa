-- Sources with their coverage, posts, days not seen whole, and why the latest of these was not; of a source never seen, no posts is NULL.
with posted as (
    select source, count(*) as posts
    from core_posts
    where created_date between getvariable('first_day') and getvariable('last_day')
    group by source
)

select
    source,
    sum(complete_count) / nullif(sum(planned_count), 0),
    coalesce(any_value(posted.posts), if(sum(complete_count) > 0, 0, null)),
    count_if(coverage < 1),
    arg_max(reasons, created_date) filter (where coverage < 1)
from coverage_daily
left join posted using (source)
where created_date between getvariable('first_day') and getvariable('last_day')
group by source
order by source
