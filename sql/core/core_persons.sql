-- grain: one author
-- key: author_id
-- question: Who is counted once when people are counted?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the author, see core_authors
-- column person_id: the person of person_links; author_id itself where no other account is known
-- column account_count: accounts of the person that were seen, this one included
-- column is_owned: brands.yml says that a brand owns the account or the site it writes on; of a person, any account
select
    core_authors.author_id,
    coalesce(person_links.person_id, core_authors.author_id) as person_id,
    coalesce(len(person_links.linked_author_ids), 0) + 1 as account_count,
    bool_or(core_authors.is_owned) over (
        partition by coalesce(person_links.person_id, core_authors.author_id)
    ) as is_owned
from core_authors
left join person_links using (author_id)
