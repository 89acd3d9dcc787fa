-- An edge leads from an earlier post to a later one at most 90 days on, by another author; turns of one episode, of which
-- one answers the other, were published at once.
select edge_id, from_post_id, from_at, to_post_id, to_at
from edges
where from_at > to_at
    or (from_at = to_at and kind <> 'reply_to_seeker')
    or from_author_id = to_author_id
    or epoch(to_at - from_at) / 86400 > 92
