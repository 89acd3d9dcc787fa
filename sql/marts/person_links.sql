-- grain: one account of a person who is known to speak from several accounts
-- key: author_id
-- question: Which accounts belong to one person, and who says so?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the account, see core_authors
-- column person_id: id of the person in brands.yml; where only the profiles say so, the first author_id of the accounts. Taking the entry out of brands.yml takes the link out at the next build
-- column evidence: declared (brands.yml lists the accounts as one person's) or profiles (the profile of each account gives the address of the other); likeness of names, words or pictures is no evidence
-- column evidence_words: that in words
-- column linked_author_ids: the other accounts of the person
with latest as (
    select author_id, source, arg_max(struct_pack(handle := handle, profile_url := profile_url), run_date) as seen
    from identities
    group by author_id, source
),

accounts as (
    select
        latest.author_id,
        latest.source,
        lower(ltrim(trim(seen.handle), '@')) as handle,
        split_part(lower(ltrim(trim(seen.handle), '@')), '@', 1) as local_handle,
        lower(regexp_extract(seen.profile_url, '^https?://([^/?#]+)', 1)) as profile_host,
        lower(regexp_extract(seen.profile_url, '^https?://[^/?#]+/(?:[^?#]*/)?@?([^/?#]+)/?$', 1)) as profile_name,
        lower(core_authors.instance) as instance
    from latest
    join core_authors using (author_id)
),

declared as (
    select accounts.author_id, min(person_accounts.person_id) as person_id
    from person_accounts
    join accounts
        on person_accounts.source = accounts.source
        and lower(ltrim(trim(person_accounts.handle), '@')) = accounts.handle
    group by accounts.author_id
),

-- An address names an account when its host is the account's and its end the handle, and no other account fits.
pointing as (
    select distinct here.author_id as from_author_id, there.author_id as to_author_id
    from accounts as here
    join accounts as there
        on here.profile_host = there.instance
        and here.profile_name = there.local_handle
    where not (here.profile_host = here.instance and here.profile_name = here.local_handle)
        and here.author_id <> there.author_id
    qualify count(distinct there.author_id) over (partition by here.author_id, here.profile_host, here.profile_name) = 1
),

mutual as (
    select one.from_author_id as author_id, one.to_author_id as other_id
    from pointing as one
    join pointing as other
        on one.from_author_id = other.to_author_id
        and one.to_author_id = other.from_author_id
),

pairs as (
    select author_id, other_id from mutual
    union
    select one.author_id, other.author_id
    from declared as one
    join declared as other
        on one.person_id = other.person_id
        and one.author_id <> other.author_id
),

-- An account that brands.yml gives to somebody is never pulled over to somebody else by a profile.
allowed as (
    select pairs.*
    from pairs
    left join declared as one on pairs.author_id = one.author_id
    left join declared as other on pairs.other_id = other.author_id
    where one.person_id is null
        or other.person_id is null
        or one.person_id = other.person_id
),

reached as (
    with recursive reach as (
        select author_id, author_id as other_id from allowed
        union
        select reach.author_id, allowed.other_id
        from reach
        join allowed on reach.other_id = allowed.author_id
    )

    select author_id, other_id from reach
),

persons as (
    select
        reached.author_id,
        coalesce(min(own.person_id), min(linked.person_id), min(reached.other_id)) as person_id
    from reached
    left join declared as own on reached.author_id = own.author_id
    left join declared as linked on reached.other_id = linked.author_id
    group by reached.author_id
)

select
    persons.person_id,
    persons.author_id,
    core_authors.source_type,
    core_authors.instance,
    if(declared.author_id is null, 'profiles', 'declared') as evidence,
    if(
        declared.author_id is null,
        'the profile of each account gives the address of the other',
        'brands.yml lists the accounts under people: ' || persons.person_id
    ) as evidence_words,
    list_sort(
        list_filter(list(persons.author_id) over (partition by persons.person_id), lambda other: other <> persons.author_id)
    ) as linked_author_ids
from persons
join core_authors using (author_id)
left join declared
    on persons.author_id = declared.author_id
qualify count(*) over (partition by persons.person_id) > 1
