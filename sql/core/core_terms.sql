-- grain: one term that nobody listed and one post, not a copy, that uses it
-- key: term, post_id
-- question: Which products, companies and reasons come up that brands.yml does not name?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column term: the words in lower case, without accents and punctuation
-- column kind: candidate (looks like a product or company), target (is recommended or advised against) or reason (given in a post that names a thing of brands.yml or has a UMOT); the first that holds
-- column wording: the words as written
-- column author_id: keyed hash of the author; NULL when the source does not tell
with spans as (
    select post_id, created_date, 1 as rank, kind, coalesce(value, text) as wording, start
    from core_cues
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind = 'candidate'
    union all
    select post_id, created_date, 2, 'target', target, start
    from core_acts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and target is not null
        and brand_id is null
        and product_id is null
    union all
    select post_id, created_date, 3, 'reason', coalesce(value, text), start
    from core_cues
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind = 'reason'
        and post_id in (
            select post_id
            from core_subjects
            where created_date between getvariable('from_date') and getvariable('to_date')
            union all
            select post_id
            from umots
            where created_date between getvariable('from_date') and getvariable('to_date')
        )
)

select
    folded(spans.wording) as term,
    spans.post_id,
    posts.created_date,
    posts.source,
    posts.author_id,
    arg_min(spans.kind, spans.rank) as kind,
    arg_min(spans.wording, struct_pack(rank := spans.rank, start := spans.start, wording := spans.wording)) as wording
from spans
join core_posts as posts using (post_id, created_date)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and not posts.is_duplicate
    and not posts.is_owned
    and length(folded(spans.wording)) > 2
    and folded(spans.wording) not in (select name from core_names)
group by all
