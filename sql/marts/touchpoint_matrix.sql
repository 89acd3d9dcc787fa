-- grain: one window of 1, 4 or 13 weeks, one brand, and one stage of the journey, type and channel in which it was ever met
-- key: created_date, window_weeks, brand_id, stage, type, channel
-- question: Which content, in which channel and stage, was followed by stated purchases and recommendations?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: followed_share v1 (2026-11-22) touchpoint posts after which somebody who replied to them, cited them or used their code said to have bought that product (any of the brand where the post names the brand only), or recommended it out of own experience, within 90 days, divided by touchpoint posts; Wilson 95 % interval; by day of the touchpoint
-- metric: followed_share v2 (2026-11-22) touchpoint posts after which somebody who said that the post led them, used its code, quoted it or replied to it said for the first time to have bought that product, and not to have bought it before the contact, or recommended it out of own experience, within 90 days, divided by touchpoint posts. A quote or a reply is little proof: it counts where the same product is meant (where the post names the brand only: what the reply names), the post does not advise against it or complain of it, nothing else is said to have led there, and the person had neither bought nor judged the product by then; Wilson 95 % interval; by day of the touchpoint
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column brand_id: brand of brands.yml
-- column type: what the touchpoint is
-- column channel: extractor that read it, such as forum, mastodon, podcast
-- column touchpoint_count: posts, each once, whatever number of products they name; NULL where nothing was seen
-- column author_count: people who wrote them, each once; NULL where nothing was seen
-- column followed_count: of touchpoint_count, posts that were followed
-- column followed_share: followed_count / touchpoint_count, 0 to 1; NULL without touchpoints
-- column followed_low: lower bound of its 95 % interval
-- column followed_high: upper bound of its 95 % interval
-- column purchase_count: posts with a stated purchase that followed, the first one told by each person of each product
-- column umot_count: posts with a UMOT for the brand that followed
-- column coverage: share of the planned source-windows of the channel in these days that were complete, 0 to 1
-- column followed_post_ids: the posts that were followed; NULL for a window of several weeks, where they are those of its weeks
-- column outcome_post_ids: the posts that followed; NULL for a window of several weeks, where they are those of its weeks
with source_channels as (
    select source, source_type as channel from core_posts
    union
    select source, type from sources
),

channels as (
    select
        windows.created_date,
        windows.window_weeks,
        windows.window_from_date,
        source_channels.channel,
        coalesce(sum(days.complete_count) / nullif(sum(days.planned_count), 0), 0) as coverage
    from core_windows as windows
    join core_days as days
        on days.created_date between windows.window_from_date and windows.created_date
    join source_channels on days.source = source_channels.source
    group by all
),

-- What was never seen for a brand in a channel has no row; what was seen once has one in every window.
kinds as materialized (
    select *, row_number() over () as kind
    from (select distinct brand_id, stage, type, channel from touchpoints)
),

touched as (
    select
        touchpoints.post_id, touchpoints.author_id, touchpoints.brand_id, touchpoints.product_id, kinds.kind,
        date_trunc('week', touchpoints.created_date)::date + 6 as sunday
    from touchpoints
    join kinds using (brand_id, stage, type, channel)
),

followed as (
    select touched.*, followups.outcome, followups.outcome_post_id
    from touched
    join core_followups as followups
        on touched.post_id = followups.post_id
        and touched.brand_id = followups.brand_id
        and touched.product_id is not distinct from followups.product_id
),

-- What a window counts once, though it may come in several of its weeks: a person, what followed.
counting as (
    select sunday, kind, 'author' as what, author_id as id from touched where author_id is not null
    union
    select sunday, kind, 'followed', post_id from followed
    union
    select sunday, kind, outcome, outcome_post_id from followed
    union
    select sunday, kind, 'outcome', outcome_post_id from followed
),

-- The last of these weeks counts: there it does not come again.
weekly as (
    select *, lead(sunday) over (partition by kind, what, id order by sunday) as next_sunday
    from counting
),

-- What comes again in the same week behaves alike: counted together, the windows add up few rows.
alike as (
    select sunday, next_sunday, kind, what, count(*) as id_count
    from weekly
    where what <> 'outcome'
    group by all
    union all by name
    select sunday, null::date as next_sunday, kind, 'touchpoint' as what, count(distinct post_id) as id_count
    from touched
    group by all
),

counted as (
    select
        windows.created_date,
        windows.window_weeks,
        alike.kind,
        coalesce(sum(alike.id_count) filter (where alike.what = 'touchpoint'), 0)::bigint as touchpoint_count,
        coalesce(sum(alike.id_count) filter (where alike.what = 'author'), 0)::bigint as author_count,
        coalesce(sum(alike.id_count) filter (where alike.what = 'followed'), 0)::bigint as followed_count,
        coalesce(sum(alike.id_count) filter (where alike.what = 'purchase'), 0)::bigint as purchase_count,
        coalesce(sum(alike.id_count) filter (where alike.what = 'umot'), 0)::bigint as umot_count
    from core_windows as windows
    join alike
        on alike.sunday between windows.created_date - 7 * (windows.window_weeks - 1)::integer and windows.created_date
        and (alike.next_sunday is null or alike.next_sunday > windows.created_date)
    group by all
),

weekly_ids as (
    select
        sunday,
        kind,
        list_sort(list(id) filter (where what = 'followed')) as followed_post_ids,
        list_sort(list(id) filter (where what = 'outcome')) as outcome_post_ids
    from counting
    where what in ('followed', 'outcome')
    group by all
),

filled as (
    select
        channels.*,
        kinds.brand_id,
        kinds.stage,
        kinds.type,
        if(channels.coverage > 0, 0, null) as nothing,
        coalesce(counted.touchpoint_count, nothing) as touchpoint_count,
        coalesce(counted.author_count, nothing) as author_count,
        coalesce(counted.followed_count, nothing) as followed_count,
        coalesce(counted.purchase_count, nothing) as purchase_count,
        coalesce(counted.umot_count, nothing) as umot_count,
        if(channels.window_weeks = 1, coalesce(weekly_ids.followed_post_ids, []), null) as followed_post_ids,
        if(channels.window_weeks = 1, coalesce(weekly_ids.outcome_post_ids, []), null) as outcome_post_ids
    from channels
    join kinds on channels.channel = kinds.channel
    left join counted
        on channels.created_date = counted.created_date
        and channels.window_weeks = counted.window_weeks
        and kinds.kind = counted.kind
    left join weekly_ids
        on channels.created_date = weekly_ids.sunday
        and kinds.kind = weekly_ids.kind
)

select
    created_date,
    window_weeks,
    window_from_date,
    brand_id,
    stage,
    type,
    channel,
    touchpoint_count,
    author_count,
    followed_count,
    followed_count / nullif(touchpoint_count, 0) as followed_share,
    wilson_low(followed_count, touchpoint_count) as followed_low,
    wilson_high(followed_count, touchpoint_count) as followed_high,
    purchase_count,
    umot_count,
    coverage,
    followed_post_ids,
    outcome_post_ids
from filled
