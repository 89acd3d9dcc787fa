-- grain: one post and one person whom it recommends for their advice
-- key: post_id, adviser_id
-- question: Whom do people tell others to listen to?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- metric: recommended_advisers v1 (2026-11-22) posts that tell others to follow, listen to, read or trust somebody, or whose recommending act names somebody, where the name is that of one author, show or page that spoke of a brand or product in the 90 days before; of several that fit, none
-- column adviser_id: keyed hash of the author who is recommended
-- column author_id: keyed hash of who recommends
-- column evidence: the words themselves
-- column span_id: where they stand: a cue of kind adviser, see core_cues, or an act, see core_acts
-- column from_post_id: latest post of the adviser about a brand or product before
-- column confidence: 0 to 1
with written as (
    select post_id, created_date, created_at, author_id, text
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and not is_duplicate
        and not is_owned
),

aimed as materialized (
    -- A name may go on where the cue ends it ("This Week in Tea"): it is looked for in the words up to a stop.
    select
        written.*,
        folded(if(
            ends_with(cues.text, cues.value),
            regexp_extract(substr(written.text, cues."end" - length(cues.value) + 1), '^[^.!?,;:)\n]{0,60}'),
            cues.value
        )) as called,
        cues.text as evidence,
        cues.span_id,
        cues.confidence
    from core_cues as cues
    join written using (post_id, created_date)
    where cues.created_date between getvariable('from_date') and getvariable('to_date')
        and cues.kind = 'adviser'
        and cues.value is not null
    union all
    select written.*, folded(acts.target), acts.text, acts.span_id, 0.8 * acts.confidence
    from core_acts as acts
    join written using (post_id, created_date)
    where acts.created_date between getvariable('from_date') and getvariable('to_date')
        and acts.polarity = 'for'
        and acts.modality in ('asserted', 'conditional')
        and acts.brand_id is null
        and acts.product_id is null
        and acts.target is not null
),

-- Only a name that the words start with: "listen to the rain with Ann" names no adviser.
phrases as materialized (
    select distinct called, array_to_string(string_split(called, ' ')[:word_count], ' ') as phrase
    from aimed
    cross join range(1, 13) as lengths(word_count)
    where word_count <= len(string_split(called, ' '))
),

borne as materialized (
    select *
    from core_bylines
    where phrase in (select phrase from phrases)
        and length(phrase) > 3
        and not is_common
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

known as (
    select borne.*, topics.author_id, topics.created_at
    from borne
    join core_topics as topics using (post_id, created_date)
    where topics.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

resolved as (
    select
        aimed.*,
        known.author_id as adviser_id,
        known.post_id as from_post_id,
        known.created_at as known_at,
        known.sureness + 0.001 * length(known.phrase) as fit,
        known.sureness
    from aimed
    join phrases
        on aimed.called = phrases.called
    join known
        on phrases.phrase = known.phrase
        and (known.sureness > 0.7 or contains(strip_accents(aimed.text), known.shown))
        and known.author_id is distinct from aimed.author_id
        and known.created_at < aimed.created_at
        and known.created_date between aimed.created_date - getvariable('lookback')::integer and aimed.created_date
    qualify rank() over (partition by aimed.span_id order by fit desc) = 1
),

sole as (
    select span_id
    from resolved
    group by all
    having count(distinct adviser_id) = 1
)

select
    resolved.post_id,
    resolved.created_date,
    resolved.created_at,
    resolved.author_id,
    resolved.adviser_id,
    resolved.evidence,
    resolved.span_id,
    resolved.from_post_id,
    round(resolved.confidence * resolved.sureness, 4) as confidence
from resolved
join sole using (span_id)
qualify row_number() over (
    partition by resolved.post_id, resolved.adviser_id
    order by resolved.confidence desc, resolved.span_id, resolved.known_at desc, resolved.from_post_id
) = 1
