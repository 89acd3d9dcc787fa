-- grain: one campaign and one account of a creator that brands.yml names for it
-- key: campaign_id, author_id
-- question: Which accounts are those of the people paid or invited?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the account, see core_authors
-- column creator: the name as brands.yml has it; two accounts that print one name both count
-- column creators: every name of brands.yml that leads to the account
-- column matched_by: handle, name (the one displayed), or person (another account of the same person, see person_links)
with named as (
    select campaign_id, creator, folded(creator) as words
    from (select campaign_id, unnest(creators) as creator from campaigns)
    where words <> ''
),

accounts as materialized (
    select distinct author_id, handle, name from identities
),

shown as (
    select author_id, handle as shown, 1 as rank, 'handle' as matched_by from accounts
    union
    select author_id, split_part(ltrim(handle, '@'), '@', 1), 1, 'handle' from accounts
    union
    select author_id, name, 2, 'name' from accounts
),

matched as (
    select named.campaign_id, shown.author_id, named.creator, shown.rank, shown.matched_by
    from named
    join shown on named.words = folded(shown.shown)
),

with_other_accounts as (
    from matched
    union all
    select matched.campaign_id, other.author_id, matched.creator, 3, 'person'
    from matched
    join core_persons as own using (author_id)
    join core_persons as other using (person_id)
)

select
    campaign_id,
    author_id,
    creator,
    list_sort(list_distinct(list(creator) over (partition by campaign_id, author_id))) as creators,
    matched_by
from with_other_accounts
qualify row_number() over (partition by campaign_id, author_id order by rank, creator) = 1
