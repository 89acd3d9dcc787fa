-- part: people
-- question: Whom do people tell others to listen to?
-- reads: One row = one adviser. people counts who says so, each once: somebody who says it in two posts is one. An adviser's posts are looked up apart: joined with what they wrote, each recommendation would count once a post of theirs.
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 90
with told as (
    select
        adviser_id,
        count(distinct author_id) as people,
        count(distinct post_id) as posts,
        max(created_date) as last_date,
        arg_max(post_id, created_at) as post_id,
        arg_max(from_post_id, created_at) as from_post_id
    from recommended_advisers
    where created_date > (select max(created_date) from coverage_daily) - $days::integer
    group by adviser_id
)

select
    coalesce(names.name, names.handle, left(told.adviser_id, 8)) as adviser,
    told.people,
    told.posts,
    told.last_date,
    posts.url,
    posts.text as latest_words,
    advice.text as words_of_the_adviser
from told
join core_posts as posts
    on told.post_id = posts.post_id
left join core_posts as advice
    on told.from_post_id = advice.post_id
left join author_names as names
    on told.adviser_id = names.author_id
order by told.people desc, told.last_date desc, adviser
