-- Nobody stands on a shortlist who speaks for a brand, without a reason, or twice.
select category_id, lang, person_id, author_id, rank
from creator_shortlist
where author_id in (select author_id from core_persons where is_owned)
    or len(reasons) = 0
    or score not between 0 and 1
    or not list_contains(author_ids, author_id)
