-- What a digest's first line says: the days really planned, posts, people, coverage.
select
    (select min(created_date) from coverage_daily where created_date between getvariable('first_day') and getvariable('last_day')),
    (select max(created_date) from coverage_daily where created_date between getvariable('first_day') and getvariable('last_day')),
    count_if(not is_duplicate),
    count_if(is_duplicate),
    count(distinct author_id),
    (
        select sum(complete_count) / sum(planned_count)
        from coverage_daily
        where created_date between getvariable('first_day') and getvariable('last_day')
    )
from core_posts
where created_date between getvariable('first_day') and getvariable('last_day')
