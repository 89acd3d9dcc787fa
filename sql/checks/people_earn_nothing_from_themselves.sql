-- Nobody recommends oneself as an adviser, and no purchase or UMOT that followed is by the author of the post.
select post_id, author_id, adviser_id as other_id
from recommended_advisers
where author_id = adviser_id
union all
select follow.post_id, follow.author_id, posts.author_id
from core_followups as follow
join core_posts as posts on follow.post_id = posts.post_id
where follow.author_id = posts.author_id
    or follow.created_at < follow.contact_at
    or follow.contact_at <= posts.created_at
union all
select led.from_post_id, earned.author_id, led.to_author_id
from influence_yield as earned
join (select unnest(edge_ids) as edge_id, author_id from influence_yield) as ids on earned.author_id = ids.author_id
join edges as led on ids.edge_id = led.edge_id
where led.to_author_id = earned.author_id
    or led.from_author_id <> earned.author_id
    or led.kind = 'reply_to_seeker'
