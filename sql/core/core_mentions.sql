-- grain: one span resolved to a brand or product, in a post's latest version
-- key: span_id
-- question: Where is which brand or product spoken of?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column text: the words themselves
select span.* exclude (run_date), posts.created_date
from mentions as span
join core_posts as posts using (post_id, run_date, source)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
