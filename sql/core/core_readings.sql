-- grain: one post that was understood and is not deleted, in its latest version
-- key: post_id
-- question: What would a careful person conclude from the post?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
select reading.* exclude (run_date, lang, lang_confidence), posts.created_date
from readings as reading
join core_posts as posts using (post_id, run_date, source)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
