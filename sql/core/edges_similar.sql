-- grain: one earlier post and one later post like it in words, product and time
-- key: to_post_id
-- question: Which UMOTs repeat the rare words of an earlier one about the same product, though nobody says why?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: similarity: inferred, never stated: both have a UMOT of one polarity about one product within 14 days, by two people, and share at least five words that three such posts at most hold in 90 days, a fifth of the long words of the later one: long texts share five by chance
-- column from_post_id: the earlier post
-- column from_author_id: its author
-- column from_at: when it was published (UTC)
-- column to_post_id: the later post
-- column to_author_id: its author
-- column to_at: when it was published (UTC)
-- column created_date: day of the later post in the reporting time zone
-- column product_id: product that both speak of; NULL when only the brand is common, or neither is known
-- column brand_id: brand that both speak of; NULL when not known
-- column evidence: the words of the later post that prove the influence
-- column span_id: where they stand: a span of core_cues or core_acts; NULL where no span holds them
-- column confidence: 0 to 1
with words as (
    select *
    from core_umot_words
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- Rare: of the posts with a UMOT of the 90 days up to that one, three at most use it.
daily as (
    select word, created_date, count(*) as post_count
    from words
    group by all
),

counted as (
    select word, created_date, sum(post_count) over (
        partition by word order by created_date
        range between to_days(getvariable('lookback')::integer) preceding and current row
    ) as post_count
    from daily
),

rare as materialized (
    select words.*
    from words
    join counted using (word, created_date)
    where counted.post_count <= 3
        and words.created_date between getvariable('from_date') and getvariable('to_date')
),

shared as (
    select rare.post_id as to_post_id, theirs.post_id as from_post_id, rare.word
    from rare
    join words as theirs
        on rare.word = theirs.word
        and rare.author_id <> theirs.author_id
        and theirs.created_at < rare.created_at
        and theirs.created_date between rare.created_date - 14 and rare.created_date
    where theirs.word in (select word from rare)
),

lengths as (
    select post_id as to_post_id, count(*) as length
    from words
    where created_date between getvariable('from_date') and getvariable('to_date')
    group by post_id
),

alike as materialized (
    select
        to_post_id, from_post_id, count(*) as word_count, string_agg(word, ', ' order by word) as evidence
    from shared
    join lengths using (to_post_id)
    group by to_post_id, from_post_id, lengths.length
    having count(*) >= greatest(5, lengths.length / 5)
),

said as (
    select distinct post_id, created_date, created_at, author_id, brand_id, product_id, polarity
    from umots
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and brand_id is not null
        and author_id is not null
),

-- Authors of whom one is known to have moved the other in the 90 days up to a post: that edge says it better.
known as (
    select from_author_id, to_author_id, created_date
    from edges_stated
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union all
    select from_author_id, to_author_id, created_date
    from edges_named
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union all
    select from_author_id, to_author_id, created_date
    from edges_addressed
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

pairs as (
    select
        later.post_id as to_post_id,
        later.author_id as to_author_id,
        later.created_at as to_at,
        later.created_date,
        earlier.post_id as from_post_id,
        earlier.author_id as from_author_id,
        earlier.created_at as from_at,
        later.product_id,
        later.brand_id,
        alike.word_count,
        alike.evidence
    from alike
    join said as later
        on alike.to_post_id = later.post_id
    join said as earlier
        on alike.from_post_id = earlier.post_id
        and later.product_id = earlier.product_id
        and later.polarity = earlier.polarity
    where not exists (
            select 1 from known
            where known.from_author_id = earlier.author_id
                and known.to_author_id = later.author_id
                and known.created_date
                between later.created_date - getvariable('lookback')::integer and later.created_date
        )
        and (earlier.post_id, later.post_id) not in (
            select (from_post_id, to_post_id) from edges_quoted where created_date between getvariable('from_date') and getvariable('to_date')
            union all
            select (from_post_id, to_post_id) from edges_codes where created_date between getvariable('from_date') and getvariable('to_date')
        )
)

select
    'similarity' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date, product_id,
    brand_id, evidence, null::varchar as span_id, least(0.3, 0.03 * word_count)::double as confidence
from pairs
qualify row_number() over (
    partition by to_post_id order by word_count desc, from_at desc, from_post_id, product_id
) = 1
