-- grain: one correction of a span whose words still stand in the post's latest version
-- key: correction_id
-- question: Which words did a person say to be, or not to be, an act, a cue or a mention?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column start: first character, counted from 0 in posts.text
-- column kind: of a cue, its kind
-- column value: of a cue, what it says
-- column text: the words themselves
with found as (
    select
        corrections.* exclude (start, "end"),
        posts.source,
        posts.created_date,
        quote_start(posts.text, corrections.quote, corrections.start) as start
    from corrections
    join core_posts as posts using (post_id)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.deleted_at is null
        and contains(posts.text, corrections.quote)
)

select
    correction_id,
    corrected,
    action,
    post_id,
    source,
    start,
    start + length(quote) as "end",
    quote as text,
    brand_id,
    product_id,
    kind,
    value,
    polarity,
    modality,
    created_date
from found
