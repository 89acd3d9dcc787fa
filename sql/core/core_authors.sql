-- grain: one author of one source type and instance
-- key: author_id
-- question: Who speaks, since when, and before how many people?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column source_type: extractor that read it: appreviews, bluesky, discourse, feed, file, forum, hackernews, lemmy, mastodon, podcast, reddit, reviews, stackexchange, steam, wordpress, youtube
-- column instance: host of the account
-- column is_owned: brands.yml says that a brand owns the account or the site it writes on
-- column author_id: keyed hash of the author
-- column first_post_at: first post seen of the author (UTC)
-- column last_post_at: latest post seen of the author (UTC)
-- column seen_post_count: posts seen, copies and deleted ones included; 0 for an author met without a post
-- column observed_at: when the counts below were read (UTC); NULL where the source tells none
-- column follower_count: followers at observed_at; NULL where the source does not tell
-- column following_count: accounts followed at observed_at; NULL where the source does not tell
-- column post_count: posts ever published there, as the source says; NULL where it does not
-- column tier: nano below 10,000 followers, micro below 100,000, macro below a million, else mega; NULL when unknown
with writing as (
    select
        author_id,
        min(source_type) as source_type,
        min(instance) as instance,
        bool_or(is_owned) as is_owned,
        min(created_at) as first_post_at,
        max(created_at) as last_post_at,
        count(*) as seen_post_count
    from core_posts
    where author_id is not null
    group by author_id
),

-- The newest that tells a count: a thread that names the account alone says nothing new of it.
latest as (
    select
        author_id,
        coalesce(
            max(observed_at) filter (coalesce(follower_count, following_count, post_count) is not null),
            max(observed_at)
        ) as observed_at
    from author_observations
    group by author_id
),

observed as (
    select
        seen.author_id,
        min(seen.source_type) as source_type,
        min(seen.instance) as instance,
        bool_or(seen.is_owned) as is_owned,
        seen.observed_at,
        max(seen.follower_count) as follower_count,
        max(seen.following_count) as following_count,
        max(seen.post_count) as post_count
    from author_observations as seen
    join latest using (author_id, observed_at)
    group by seen.author_id, seen.observed_at
)

select
    author_id,
    coalesce(observed.source_type, writing.source_type) as source_type,
    coalesce(observed.instance, writing.instance) as instance,
    coalesce(writing.is_owned, false) or coalesce(observed.is_owned, false) as is_owned,
    writing.first_post_at,
    writing.last_post_at,
    coalesce(writing.seen_post_count, 0) as seen_post_count,
    observed.observed_at,
    observed.follower_count,
    observed.following_count,
    observed.post_count,
    case
        when observed.follower_count < 10000 then 'nano'
        when observed.follower_count < 100000 then 'micro'
        when observed.follower_count < 1000000 then 'macro'
        when observed.follower_count >= 1000000 then 'mega'
    end as tier
from writing
full join observed using (author_id)
