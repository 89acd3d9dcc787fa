-- No post waits for a brand whose account answered it directly.
select waiting.post_id, waiting.brand_id, answer.post_id as answer_id
from needs_reply as waiting
join core_posts as answer on answer.parent_id = waiting.post_id
join core_owners as owners
    on answer.author_id = owners.author_id
    and waiting.brand_id = owners.brand_id
where answer.deleted_at is null
    and answer.created_at > waiting.created_at
