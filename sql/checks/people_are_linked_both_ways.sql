-- Linked accounts name each other, and all belong to one person.
select link.person_id, link.author_id, other.person_id as other_person_id, other.author_id as other_author_id
from (select person_id, author_id, unnest(linked_author_ids) as other_author_id from person_links) as link
left join person_links as other
    on link.other_author_id = other.author_id
where other.author_id is null
    or other.person_id <> link.person_id
    or not list_contains(other.linked_author_ids, link.author_id)
