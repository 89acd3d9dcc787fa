-- grain: one stated reason and the UMOT that it is given for
-- key: span_id
-- question: Why does somebody recommend a product, or advise against it?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column span_id: the words, see core_cues
-- column umot_id: the UMOT of the post whose act stands nearest to the words, one about the same product or brand first
-- column reason: the aspect that the words speak of; where none was recognised, the words themselves, folded
-- column is_aspect: whether an aspect was recognised: only then are different words grouped by meaning
-- column verbatim: the words that give the reason, as written
-- column brand_id: brand of the UMOT; NULL for a target outside the catalogue
-- column product_id: product of the UMOT; NULL when the brand as a whole or something outside the catalogue is meant
-- column author_id: keyed hash of the author; NULL when the source does not tell
-- column polarity: for or against, of the UMOT
-- column commercial: organic (no commercial evidence found), disclosed or probable
select
    cues.span_id,
    umots.umot_id,
    umots.post_id,
    umots.created_date,
    umots.created_at,
    umots.source,
    umots.author_id,
    umots.brand_id,
    umots.product_id,
    umots.polarity,
    umots.commercial,
    coalesce(cues.value, folded(cues.text)) as reason,
    cues.value is not null as is_aspect,
    cues.text as verbatim
from core_cues as cues
join umots using (post_id, created_date)
join core_acts as acts
    on umots.act_id = acts.span_id
    and acts.created_date between getvariable('from_date') and getvariable('to_date')
where cues.created_date between getvariable('from_date') and getvariable('to_date')
    and umots.created_date between getvariable('from_date') and getvariable('to_date')
    and cues.kind = 'reason'
    and coalesce(cues.value, folded(cues.text)) <> ''
qualify row_number() over (
    partition by cues.span_id
    order by
        (cues.product_id = umots.product_id) desc nulls last,
        (cues.brand_id = umots.brand_id) desc nulls last,
        greatest(acts.start - cues."end", cues.start - acts."end"),
        umots.umot_id
) = 1
