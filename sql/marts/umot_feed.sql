-- grain: one UMOT: one author, one target and one post
-- key: umot_id
-- question: Who told others to buy it or not, in which words, why, and who had told them?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column kind: post, review, comment, topic, reply, question, answer, article or episode_turn
-- column author_id: keyed hash of the author, see core_authors; NULL when the source does not tell
-- column brand_id: brand of brands.yml; NULL for a target outside the catalogue
-- column product_id: product of brands.yml; NULL when the brand as a whole or something outside the catalogue is meant
-- column target: what is recommended, as named in the text; NULL when only implied
-- column modality: asserted when any of the acts is, else conditional
-- column experience: claimed: no UMOT without first-hand experience
-- column addressee: seeker when any of the acts answers someone who asks, else public
-- column confidence: 0 to 1, of that act, less where the target is not named
-- column umot_id: the UMOT, see umots
-- column created_at: when the person said it (UTC)
-- column created_date: day of the post in the reporting time zone
-- column sentence: the sentence that recommends or advises against, as written; the dots of an address end none
-- column evidence: the words in it that do so
-- column text: the whole post
-- column brand: name of the brand
-- column product: name of the product; NULL when the brand as a whole is meant
-- column polarity: for or against, towards this target
-- column reasons: reasons that the post gives, in its words
-- column experience_words: words of the post that prove first-hand experience: having bought, used, visited
-- column influenced_by: who or what had led the author to the product, in their words
-- column influenced_by_post_id: the earlier post that these words lead to, see edges; NULL when it could not be found, or not without doubt
-- column influenced_by_author_id: its author
with own_spans as (
    select
        post_id,
        in_place(list(placed(start, span_id, text)) filter (where kind = 'reason')) as reasons,
        in_place(list(placed(start, span_id, text)) filter (where kind in ('purchase', 'experience'))) as experience_words
    from core_cues
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind in ('reason', 'purchase', 'experience')
    group by post_id
),

influences as (
    select to_post_id as post_id, from_post_id, from_author_id
    from edges
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind = 'stated'
    qualify row_number() over (partition by to_post_id order by confidence desc, edge_id) = 1
)

select
    umots.umot_id,
    umots.post_id,
    umots.created_date,
    umots.created_at,
    umots.source,
    posts.kind,
    umots.author_id,
    umots.polarity,
    umots.brand_id,
    umots.product_id,
    brands.name as brand,
    products.name as product,
    umots.target,
    trim(
        regexp_extract(posts.text[:acts.start], '((https?://|www\.)\S*[^\s.!?]|[^.!?\n])*$')
        || posts.text[acts.start + 1:acts."end"]
        || regexp_extract(posts.text[acts."end" + 1:], '^((https?://|www\.)\S*[^\s.!?]|[^.!?\n])*[.!?]*')
    ) as sentence,
    umots.evidence,
    posts.text,
    posts.url,
    posts.thread_title,
    posts.lang,
    umots.modality,
    umots.experience,
    coalesce(own_spans.experience_words, []) as experience_words,
    coalesce(own_spans.reasons, []) as reasons,
    umots.commercial,
    umots.addressee,
    readings.influenced_by,
    influences.from_post_id as influenced_by_post_id,
    influences.from_author_id as influenced_by_author_id,
    umots.act_id,
    umots.confidence
from umots
join core_posts as posts using (post_id, created_date)
join core_readings as readings using (post_id, created_date)
join core_acts as acts
    on umots.act_id = acts.span_id
    and acts.created_date between getvariable('from_date') and getvariable('to_date')
left join brands
    on umots.brand_id = brands.brand_id
left join products
    on umots.product_id = products.product_id
left join own_spans
    on umots.post_id = own_spans.post_id
left join influences
    on umots.post_id = influences.post_id
where umots.created_date between getvariable('from_date') and getvariable('to_date')
