-- grain: one earlier post, one later post that it influenced, and how we know
-- key: edge_id
-- question: Which post led to which later post, by whose own words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column edge_id: hash of both posts and kind
-- column kind: stated (the later post names the person, show or page, or says "you" to whom it answers), code_or_link (it repeats a promo code or affiliate link), quote (it quotes the earlier one), reply_to_seeker (it answers someone who asked), similarity (same product, same rare words: inferred)
-- column is_inferred: true for similarity: nobody says so, confidence 0.3 at most; never sum it with the others
-- column evidence: the words of the later post that prove the influence; for similarity the words that both share
-- column span_id: where they stand: a span of core_cues or core_acts; NULL where no span holds them
-- column confidence: 0 to 1
with all_kinds as (
    from edges_stated
    union all by name
    from edges_named
    union all by name
    from edges_addressed
    union all by name
    from edges_codes
    union all by name
    from edges_answers
    union all by name
    from edges_quoted
    union all by name
    from edges_similar
)

select
    substr(sha256(concat_ws(chr(31), from_post_id, to_post_id, kind)), 1, 20) as edge_id,
    kind,
    kind = 'similarity' as is_inferred,
    from_post_id,
    from_author_id,
    from_at,
    to_post_id,
    to_author_id,
    to_at,
    created_date,
    product_id,
    brand_id,
    evidence,
    span_id,
    round(confidence, 4) as confidence
from all_kinds
where created_date between getvariable('from_date') and getvariable('to_date')
qualify row_number() over (
    partition by from_post_id, to_post_id, kind order by confidence desc, span_id, product_id
) = 1
