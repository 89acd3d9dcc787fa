-- The newest posts that ask other people for advice.
select
    posts.text,
    coalesce(shown_names.name, left(posts.author_id, 8), 'unknown'),
    posts.source,
    posts.url,
    posts.created_date
from core_posts as posts
join core_readings as readings using (post_id, created_date)
left join shown_names on posts.author_id = shown_names.author_id
where posts.created_date between getvariable('first_day') and getvariable('last_day')
    and readings.is_seeking_advice
    and not posts.is_owned
    and not posts.is_duplicate
order by posts.created_at desc
limit 12
