-- grain: one account or site that a brand owns
-- key: author_id, instance, brand_id
-- question: Which brand speaks when an owned account does?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the account; NULL for a whole site
-- column instance: host of the site; NULL for one account
-- column brand_id: brand whose handles or domains in brands.yml name it
with handles as (
    select brand_id, ltrim(lower(unnest(handles)), '@') as handle from brands
),

domains as (
    select brand_id, unnest(domains) as domain from brands
),

-- A brand answers in a forum under some name; its profile there points to its own site.
accounts as (
    select
        author_id,
        split_part(ltrim(lower(handle), '@'), '@', 1) as handle,
        lower(regexp_extract(profile_url, '^https?://([^/:?#]+)', 1)) as host
    from identities
    where author_id in (select author_id from core_authors where is_owned)
)

select distinct accounts.author_id, null::varchar as instance, handles.brand_id
from accounts
join handles on accounts.handle = handles.handle
union
select accounts.author_id, null, domains.brand_id
from accounts
join domains on accounts.host = domains.domain or accounts.host like '%.' || domains.domain
union
select null, posts.instance, domains.brand_id
from (select distinct instance from core_posts where is_owned) as posts
join domains on posts.instance = domains.domain or posts.instance like '%.' || domains.domain
