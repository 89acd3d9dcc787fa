-- In a chain nobody stands twice, every follower comes after the adviser and one generation below, and the first person is alone at generation 0.
select follower.chain_id, follower.author_id, follower.generation, adviser.generation as adviser_generation
from chains as follower
left join chains as adviser
    on follower.chain_id = adviser.chain_id
    and follower.from_author_id = adviser.author_id
where len(follower.path_author_ids) <> len(list_distinct(follower.path_author_ids))
    or len(follower.path_author_ids) <> follower.generation + 1
    or (follower.generation = 0) <> (follower.from_author_id is null)
    or (follower.generation > 0 and adviser.generation is distinct from follower.generation - 1)
    or follower.influenced_at < adviser.influenced_at
