-- The words of one influence lead to one author, never to two at once.
select span_id, to_post_id, list(from_author_id) as from_author_ids
from edges
where kind = 'stated'
group by span_id, to_post_id
having count(distinct from_author_id) > 1
