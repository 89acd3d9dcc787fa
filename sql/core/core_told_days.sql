-- grain: one span of core_cues that tells of a purchase or a switch, with words of time beside it
-- key: span_id
-- question: When does a post say that something was bought, or taken up?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column span_id: the words of purchase or switch, see core_cues
-- column kind: purchase or switch
-- column when_span_id: the words of time that tell it, see core_cues: the nearest, with no stop, comma or dash between
-- column bought_by_date: latest day on which it can have been, as those words tell (yesterday, last week, in September, il y a deux mois)
with deeds as (
    select post_id, created_date, span_id, kind, start, "end"
    from core_cues
    where kind in ('purchase', 'switch')
        and created_date between getvariable('from_date') and getvariable('to_date')
),

whens as (
    select
        cues.post_id,
        cues.created_date,
        cues.span_id as when_span_id,
        cues.start,
        cues."end",
        told_day(cues.value, cues.created_date) as bought_by_date,
        regexp_matches(right(left(posts.text, cues.start), 4), '(^|[.!?…,;:\n]|\s[-–—]{1,2})\s*$') as opens_clause,
        regexp_matches(substr(posts.text, cues."end" + 1, 4), '^\s*([.!?…,;:\n]|[-–—]{1,2}\s|$)') as ends_clause,
        posts.text
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.kind = 'when'
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
),

between_both as (
    select
        deeds.*,
        whens.* exclude (post_id, created_date, start, "end", text),
        whens.start < deeds.start as is_before,
        if(
            whens.start < deeds.start,
            substr(whens.text, whens."end" + 1, greatest(0, deeds.start - whens."end")),
            substr(whens.text, deeds."end" + 1, greatest(0, whens.start - deeds."end"))
        ) as words
    from deeds
    join whens using (post_id, created_date)
    where whens.bought_by_date is not null
),

-- Words of time between commas ("Yesterday, I bought it") still stand beside it.
beside as (
    select *, length(words) as distance
    from between_both
    where not regexp_matches(
        case
            when is_before and opens_clause then ltrim(words, ', ')
            when not is_before and ends_clause then rtrim(words, ', ')
            else words
        end,
        '[!?…;\n]|[.,:](\D|$)|(^|\s)[-–—]{1,2}(\s|$)'
    )
    -- They tell of the nearest one only.
    qualify row_number() over (partition by when_span_id, kind order by distance, start) = 1
)

select post_id, created_date, span_id, kind, when_span_id, bought_by_date
from beside
qualify row_number() over (partition by span_id order by distance, when_span_id) = 1
