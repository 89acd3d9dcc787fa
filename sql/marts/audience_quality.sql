-- grain: one account, not a brand's, of whose audience anything was seen: followers, or 5 answers
-- key: author_id
-- question: Is there anything about an account's audience that a person should look at before working with it?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: audience_quality v1 (2026-11-22) how many of 5 signals show, of those that could be looked at (2 at least): followers up by a quarter and 200 between two observations at most 14 days apart while the account's own count of posts stood still; 3 accounts or more answering in the same short words within 10 minutes; following per follower, and median engagement rate over 3 posts or more, out of the range of the same tier and source type (3.5 robust deviations of the logarithm, each at least 0.5, so at least 6 times above or below the middle; 10 accounts or more); 100 likes and shares or more over 3 posts or more without one reply. None: plausible; one: mixed; more: unusual; an ordinary cause (a mention on television, a contest) may stand behind each
-- column author_id: keyed hash of the account, see core_authors
-- column person_id: the person of person_links; author_id itself where no other account is known
-- column source_type: extractor that reads the account
-- column instance: host of the account
-- column tier: nano below 10,000 followers, micro below 100,000, macro below a million, else mega; NULL when unknown
-- column follower_count: followers at the last observation; NULL where the source does not tell
-- column observation_count: observations with followers
-- column reply_count: answers by others seen
-- column level: plausible, mixed, unusual, or not_enough_seen where fewer than 2 signals could be looked at: a hint where to look, no judgement of a person
-- column looked_at: the signals that could be looked at, of follower_jump, repeated_comments, following_ratio, engagement_range and engagement_without_replies
-- column signals: those that show: signal, words (what was seen), post_ids (where it can be read; empty for counts of followers)
-- column coverage: share of the planned source-windows of the account's sources, over all days, that were complete, 0 to 1; NULL for an account met without a post
with observed as (
    select author_id, observed_at, max(follower_count) as follower_count, max(post_count) as post_count
    from author_observations
    where follower_count is not null
    group by all
),

steps as (
    select
        author_id,
        observed_at,
        follower_count,
        lag(follower_count) over history as earlier_follower_count,
        lag(observed_at) over history as earlier_at,
        post_count = lag(post_count) over history as is_silent
    from observed
    window history as (partition by author_id order by observed_at)
),

sudden as (
    select
        author_id,
        string_agg(
            format(
                'from {} followers on {} to {} on {}, with no new post by the account''s own count',
                earlier_follower_count, earlier_at::date, follower_count, observed_at::date
            ), '; ' order by observed_at
        ) as words
    from steps
    where is_silent
        and follower_count - earlier_follower_count >= greatest(200, 0.25 * earlier_follower_count)
        and observed_at - earlier_at <= interval 14 days
    group by author_id
),

jumps as (
    select watched.author_id, 'follower_jump' as signal, sudden.words, []::varchar[] as post_ids
    from (select distinct author_id from steps where is_silent is not null) as watched
    left join sudden using (author_id)
),

answered as (
    select
        author_id,
        sum(reply_count)::bigint as reply_count,
        list_sort(flatten(list(echo_post_ids))) as post_ids,
        list_sort(list_distinct(flatten(list(echo_words)))) as echo_words
    from core_audiences
    group by author_id
),

repeats as (
    select
        author_id,
        'repeated_comments' as signal,
        if(
            len(post_ids) = 0, null,
            format('{} of {} answers say the same within minutes of each other: {}', len(post_ids), reply_count,
                array_to_string(echo_words, ', '))
        ) as words,
        post_ids
    from answered
    where reply_count >= 5
),

engaged as (
    select
        posts.author_id,
        count(reach.engagement_rate) as rated_count,
        median(reach.engagement_rate) as engagement_rate,
        count(reach.reply_count) as told_count,
        sum(coalesce(reach.like_count, 0) + coalesce(reach.share_count, 0)) filter (reach.reply_count is not null) as liked,
        sum(reach.reply_count) as replied,
        list_sort(list(posts.post_id) filter (reach.engaged_count > 0)) as post_ids
    from core_posts as posts
    join core_reach as reach using (post_id, created_date)
    where posts.author_id is not null
        and not posts.is_duplicate
    group by posts.author_id
),

silences as (
    select
        author_id,
        'engagement_without_replies' as signal,
        if(replied = 0, format('{} likes and shares over {} posts, no reply', liked::bigint, told_count), null) as words,
        post_ids
    from engaged
    where told_count >= 3
        and liked >= 100
),

ratios as (
    select
        authors.author_id,
        authors.tier,
        authors.source_type,
        'following_ratio' as signal,
        authors.following_count / authors.follower_count as ratio,
        'accounts followed per follower' as what,
        []::varchar[] as post_ids
    from core_authors as authors
    where authors.follower_count > 0
        and authors.following_count > 0
        and not authors.is_owned
    union all
    select authors.author_id, authors.tier, authors.source_type, 'engagement_range', engaged.engagement_rate,
        'median engagement rate', engaged.post_ids
    from core_authors as authors
    join engaged using (author_id)
    where authors.tier is not null
        and engaged.rated_count >= 3
        and engaged.engagement_rate > 0
        and not authors.is_owned
),

ranged as (
    select
        *,
        count(*) over peers as peer_count,
        median(ln(ratio)) over peers as middle,
        greatest(1.4826 * mad(ln(ratio)) over peers, 0.5) as spread
    from ratios
    window peers as (partition by signal, tier, source_type)
),

outliers as (
    select
        author_id,
        signal,
        if(
            abs(ln(ratio) - middle) > 3.5 * spread,
            format('{} {:.4g}, {} the range of {} accounts of its size there ({:.4g} to {:.4g})', what, ratio,
                if(ln(ratio) > middle, 'above', 'below'), peer_count, exp(middle - 3.5 * spread),
                exp(middle + 3.5 * spread)),
            null
        ) as words,
        post_ids
    from ranged
    where peer_count >= 10
),

looks as (
    from jumps
    union all by name
    from repeats
    union all by name
    from silences
    union all by name
    from outliers
),

gathered as (
    select
        author_id,
        list_sort(list(signal)) as looked_at,
        coalesce(
            list(struct_pack(signal := signal, words := words, post_ids := post_ids) order by signal)
                filter (words is not null), []
        ) as signals
    from looks
    group by author_id
),

listened as (
    select source, sum(planned_count) as planned_count, sum(complete_count) as complete_count
    from core_days
    group by source
),

heard as (
    select author_id, coalesce(sum(complete_count) / nullif(sum(planned_count), 0), 0) as coverage
    from (select distinct author_id, source from core_posts)
    join listened using (source)
    group by author_id
)

select
    authors.author_id,
    persons.person_id,
    authors.source_type,
    authors.instance,
    authors.tier,
    authors.follower_count,
    coalesce((select count(*) from observed where observed.author_id = authors.author_id), 0) as observation_count,
    coalesce(answered.reply_count, 0) as reply_count,
    case
        when coalesce(len(gathered.looked_at), 0) < 2 then 'not_enough_seen'
        when len(gathered.signals) = 0 then 'plausible'
        when len(gathered.signals) = 1 then 'mixed'
        else 'unusual'
    end as level,
    coalesce(gathered.looked_at, []) as looked_at,
    coalesce(gathered.signals, []) as signals,
    heard.coverage
from core_authors as authors
join core_persons as persons using (author_id)
left join answered using (author_id)
left join gathered using (author_id)
left join heard using (author_id)
where not authors.is_owned
    and (authors.follower_count is not null or answered.reply_count >= 5)
