-- grain: one span of core_cues that tells of a purchase or a switch, with words of time beside it
-- key: span_id
-- question: When does a post say that something was bought, or taken up?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column span_id: the words of purchase or switch, see core_cues
-- column kind: purchase or switch
-- column bought_by_date: latest day on which it can have been, as the words between the stops or commas around the span tell (yesterday, last week, in September, il y a deux mois)
with dated as (
    select
        cues.post_id,
        cues.created_date,
        cues.span_id,
        cues.kind,
        told_day(clause_at(posts.text, cues.start), cues.created_date) as bought_by_date
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.kind in ('purchase', 'switch')
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
)

select *
from dated
where bought_by_date is not null
