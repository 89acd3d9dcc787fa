-- What a digest's first line says: the days really planned, posts that still stand, people, coverage; where nothing was seen, none is NULL.
with planned as (
    select
        min(created_date) as first_day,
        max(created_date) as last_day,
        sum(complete_count) / nullif(sum(planned_count), 0) as coverage
    from coverage_daily
    where created_date between getvariable('first_day') and getvariable('last_day')
),

heard as (
    select
        count(*) filter (not is_duplicate) as posts,
        count(*) filter (is_duplicate) as copies,
        count(distinct author_id) as people
    from core_posts
    where deleted_at is null
        and created_date between getvariable('first_day') and getvariable('last_day')
)

select
    planned.first_day,
    planned.last_day,
    if(heard.posts > 0 or planned.coverage > 0, heard.posts, null),
    if(heard.copies > 0 or planned.coverage > 0, heard.copies, null),
    if(heard.people > 0 or planned.coverage > 0, heard.people, null),
    planned.coverage
from planned, heard
