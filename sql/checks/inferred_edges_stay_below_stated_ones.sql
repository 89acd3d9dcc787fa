-- A similarity is marked inferred, is at most 0.3 sure, and never stands where the words say who influenced whom.
select inferred.edge_id, inferred.from_post_id, inferred.to_post_id, inferred.confidence
from edges as inferred
left join edges as stated
    on inferred.from_author_id = stated.from_author_id
    and inferred.to_author_id = stated.to_author_id
    and inferred.to_post_id = stated.to_post_id
    and stated.kind = 'stated'
where inferred.is_inferred <> (inferred.kind = 'similarity')
    or (inferred.kind = 'similarity' and (inferred.confidence > 0.3 or stated.edge_id is not null))
