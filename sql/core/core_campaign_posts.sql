-- grain: one campaign and one post, not a copy, in its time or before it, that is about it, carries its signs, or names a tracked brand
-- key: campaign_id, post_id
-- question: What was said of a campaign's things, of its rivals, and with its hashtags, codes and links?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column campaign_id: id in brands.yml
-- column is_about: names a product of the campaign, or stands on its page; where the campaign lists none, the brand or any product of it
-- column is_naming_brand: names the campaign's brand or any product of it, or stands on the page of one
-- column is_naming_rival: names a rival of the campaign's brand, or stands on the page of a product of one: the controls
-- column is_naming_any: names any brand of brands.yml, or stands on the page of a product
-- column hashtags: hashtags of the campaign in the text
-- column codes: codes of the campaign in the text, case apart, as a word of their own
-- column links: links of the campaign in the text, http(s), www and a final slash apart
-- column is_owned: written by an account or on a site that a brand owns
-- column commercial: organic (no commercial evidence found), disclosed or probable; NULL when the post was not understood
-- column purchase: bought, intends or none; NULL when the post was not understood
-- column is_seeking_advice: asks people which product to choose or whether it is good
with goals as (
    select campaign_id, max(baseline_days)::integer as baseline_days, max(deadline_date) as deadline_date
    from campaign_objectives
    group by campaign_id
),

spans as (
    select
        campaigns.*,
        campaigns.first_date - goals.baseline_days as from_date,
        greatest(campaigns.last_date, goals.deadline_date) as to_date
    from campaigns
    join goals using (campaign_id)
),

posts as (
    select post_id, created_date, created_at, source, author_id, is_owned, text
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and created_date between (select min(from_date) from spans) and (select max(to_date) from spans)
        and deleted_at is null
        and not is_duplicate
),

signs as (
    select campaign_id, 'hashtag' as kind, unnest(hashtags) as sign, '#' || ltrim(lower(strip_accents(sign)), '#') as shape
    from campaigns
    union all
    select campaign_id, 'code', unnest(codes) as code, lower(strip_accents(trim(code))) from campaigns
    union all
    select
        campaign_id,
        'link',
        unnest(links) as link,
        rtrim(regexp_replace(lower(strip_accents(link)), '^https?://(www\.)?', ''), '/')
    from campaigns
),

-- Within a longer word it is another one: MAUD150 is not MAUD15, nor /cadence-2 the page /cadence.
carried as (
    select
        spans.campaign_id,
        posts.post_id,
        list(distinct signs.sign order by signs.sign) filter (signs.kind = 'hashtag') as hashtags,
        list(distinct signs.sign order by signs.sign) filter (signs.kind = 'code') as codes,
        list(distinct signs.sign order by signs.sign) filter (signs.kind = 'link') as links
    from (select *, lower(strip_accents(text)) as words from posts) as posts
    join spans
        on posts.created_date between spans.from_date and spans.to_date
    join signs
        on spans.campaign_id = signs.campaign_id
        and contains(posts.words, signs.shape)
        and if(
            contains(posts.words, signs.shape),
            regexp_matches(
                ' ' || posts.words || ' ',
                '[^\p{L}\p{N}_-]' || regexp_escape(signs.shape)
                || if(signs.kind = 'link', '/?([^\p{L}\p{N}_/-]|$)', '[^\p{L}\p{N}_-]')
            ),
            false
        )
    group by all
),

named as (
    select
        spans.campaign_id,
        subjects.post_id,
        bool_or(
            subjects.brand_id = spans.brand_id
            and (len(spans.product_ids) = 0 or coalesce(list_contains(spans.product_ids, subjects.product_id), false))
        ) as is_about,
        bool_or(subjects.brand_id = spans.brand_id) as is_naming_brand,
        bool_or(brands.is_rival and subjects.brand_id <> spans.brand_id) as is_naming_rival
    from core_subjects as subjects
    join brands using (brand_id)
    join spans
        on subjects.created_date between spans.from_date and spans.to_date
    where subjects.created_date between getvariable('from_date') and getvariable('to_date')
        and not subjects.is_duplicate
    group by all
),

members as (
    select campaign_id, post_id from named
    union
    select campaign_id, post_id from carried
)

select
    members.campaign_id,
    posts.post_id,
    posts.created_date,
    posts.created_at,
    posts.source,
    posts.author_id,
    posts.is_owned,
    coalesce(named.is_about, false) as is_about,
    coalesce(named.is_naming_brand, false) as is_naming_brand,
    coalesce(named.is_naming_rival, false) as is_naming_rival,
    named.post_id is not null as is_naming_any,
    coalesce(carried.hashtags, []) as hashtags,
    coalesce(carried.codes, []) as codes,
    coalesce(carried.links, []) as links,
    readings.commercial,
    readings.purchase,
    coalesce(readings.is_seeking_advice, false) as is_seeking_advice,
    reach.engaged_count,
    reach.follower_count
from members
join posts using (post_id)
left join named using (campaign_id, post_id)
left join carried using (campaign_id, post_id)
left join core_readings as readings
    on posts.post_id = readings.post_id
    and posts.created_date = readings.created_date
left join core_reach as reach
    on posts.post_id = reach.post_id
    and posts.created_date = reach.created_date
