-- In one day, source and language the brands together hold at least the posts that name any of them, and none holds more.
select created_date, source, lang, level, category_id, sum(post_count) as posts, max(tracked_post_count) as tracked
from share_of_voice_daily
where level <> 'product'
group by all
having sum(post_count) < max(tracked_post_count)
    or max(post_count) > max(tracked_post_count)
    or min(tracked_post_count) <> max(tracked_post_count)
    or sum(author_count) < max(tracked_author_count)
