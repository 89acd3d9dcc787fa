-- part: trust
-- question: Which words, posts and captures stand behind a figure?
-- reads: One row = one span, or one post without a span, that the figure rests on; a post with two spans shows twice, so count distinct post_id. key holds the key columns of the mart in the order of its header, between bars; captures of run_date and source hold the raw answer. A key without evidence gives one row without a post, whose text shows what a key looks like.
-- param mart: table of the figure, see lineage (lineage.mart) = umot_daily
-- param key: its key, such as 2026-10-21|blog|acme|acme_one; NULL for the newest row of the mart (any words) = NULL
with evidence as materialized (
    select * from lineage where mart = $mart
),

newest as (
    select arg_max(evidence.key, posts.created_at) as key
    from evidence
    join core_posts as posts
        on evidence.post_id = posts.post_id
),

asked as materialized (
    select * from evidence where key = coalesce($key, (select key from newest))
),

found as (
    select
        lineage.mart,
        lineage.key,
        lineage.source,
        lineage.run_date,
        lineage.url,
        coalesce(acts.text, cues.text, mentions.text) as span,
        posts.text,
        posts.created_at,
        lineage.post_id,
        lineage.span_id
    from asked as lineage
    join core_posts as posts
        on lineage.post_id = posts.post_id
    left join core_acts as acts
        on lineage.span_id = acts.span_id
    left join core_cues as cues
        on lineage.span_id = cues.span_id
    left join core_mentions as mentions
        on lineage.span_id = mentions.span_id
)

select mart, key, source, run_date, url, span, text
from (
    from found
    union all by name
    select
        $mart as mart,
        coalesce($key, '') as key,
        'Nothing stands behind this key: the figure is 0, or there is none. '
        || coalesce('A key of ' || $mart || ' is ' || (select key from newest), $mart || ' has no figure with evidence')
        || '.' as text
    where not exists (from found)
)
order by created_at, post_id, span_id
