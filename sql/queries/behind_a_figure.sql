-- part: trust
-- question: Which words, posts and captures stand behind a figure?
-- reads: One row = one span, or one post without a span, that the figure rests on; a post with two spans shows twice, so count distinct post_id. key holds the key columns of the mart in the order of its header, between bars; captures of run_date and source hold the raw answer.
-- param mart: table of the figure, see lineage = umot_daily
-- param key: its key, such as 2026-10-21|blog|acme|acme_one; NULL for the newest row of the mart = NULL
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
)

select
    lineage.mart,
    lineage.key,
    lineage.source,
    lineage.run_date,
    lineage.url,
    coalesce(acts.text, cues.text, mentions.text) as span,
    posts.text
from asked as lineage
join core_posts as posts
    on lineage.post_id = posts.post_id
left join core_acts as acts
    on lineage.span_id = acts.span_id
left join core_cues as cues
    on lineage.span_id = cues.span_id
left join core_mentions as mentions
    on lineage.span_id = mentions.span_id
order by posts.created_at, lineage.post_id, lineage.span_id
