-- grain: one post and one person whom it recommends for their advice
-- key: post_id, adviser_id
-- question: Whom do people tell others to listen to?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- metric: recommended_advisers v1 (2026-11-22) posts that tell others to follow, listen to, read or trust somebody, or whose recommending act names somebody, where the name is that of one author, show or page that spoke of a brand or product in the 90 days before; of several that fit, none
-- column adviser_id: keyed hash of the author who is recommended
-- column author_id: keyed hash of who recommends
-- column evidence: the words, in lower case and without accents; of an act, as written
-- column span_id: the act, see core_acts; NULL where the post's own words say it
-- column from_post_id: latest post of the adviser about a brand or product before
-- column confidence: 0 to 1
with calls as (
    select
        post_id, created_date, created_at, author_id, text,
        regexp_extract(
            lower(strip_accents(text)),
            '(?:^|[.!?,;:(\n]\s*|\b(?:and|et|y|go|just|please|do|should|must|donc|alors|surtout)\s+)'
            || '((?:suivez|suis|ecoutez|ecoute|fiez-vous a|fie-toi a|faites confiance a|fais confiance a|lisez|regardez|'
            || 'listen to|follow|trust|watch|read|escuchad|escucha|seguid|haced caso a|haz caso a)\s+'
            || '(?:(?:les|le|la|l.|the|los|las|el)\s*\b)?'
            || '(?:(?:conseils?|avis|recommandations?|recos?|tests?|advice|recommendations?|reviews?|consejos?)\s+'
            || '(?:d.|de|du|des|of|from|by)\s*\b)?)([@\p{L}\p{N}][^.!?,;:)\n]{0,60})',
            ['call', 'called']
        ) as found
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
        and not is_duplicate
        and not is_owned
),

aimed as materialized (
    select post_id, created_date, created_at, author_id, text, folded(found.called) as called,
        trim(found.call || found.called) as evidence, null::varchar as span_id, 0.6 as confidence
    from calls
    where found.called <> ''
    union all
    select posts.post_id, posts.created_date, posts.created_at, posts.author_id, posts.text, folded(acts.target), acts.text,
        acts.span_id, 0.8 * acts.confidence
    from core_acts as acts
    join core_posts as posts using (post_id, created_date)
    where acts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_duplicate
        and not posts.is_owned
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
    qualify rank() over (partition by aimed.post_id, aimed.evidence order by fit desc) = 1
),

sole as (
    select post_id, evidence
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
join sole using (post_id, evidence)
qualify row_number() over (
    partition by resolved.post_id, resolved.adviser_id
    order by resolved.confidence desc, resolved.span_id, resolved.known_at desc, resolved.from_post_id
) = 1
