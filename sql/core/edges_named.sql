-- grain: one earlier post and one later post by somebody who takes a product up and names whoever recommended it, without a word of influence
-- key: to_post_id
-- question: Whom does somebody name who bought, recommends or gives thanks, with no other word of influence?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: stated: the later post names whom it follows
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
with topics as (
    select *
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

thanking as (
    select distinct post_id
    from core_cues
    where kind = 'thanks'
        and created_date between getvariable('from_date') and getvariable('to_date')
),

takers as materialized (
    select
        posts.post_id,
        posts.thread_id,
        posts.author_id,
        posts.created_at,
        posts.created_date,
        posts.text,
        folded(posts.text) as words,
        readings.purchase = 'bought' or readings.umot = 'positive' as is_taking,
        answered.author_id as answered_author_id
    from core_posts as posts
    join core_readings as readings using (post_id, created_date)
    left join core_posts as answered
        on posts.parent_id = answered.post_id
        and answered.created_date between posts.created_date - getvariable('lookback')::integer and posts.created_date
        and answered.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and readings.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_duplicate
        and posts.author_id is not null
        and readings.stance <> 'against'
        and (readings.purchase = 'bought' or readings.umot = 'positive' or posts.post_id in (from thanking))
        and posts.post_id not in (select to_post_id from edges_stated where created_date between getvariable('from_date') and getvariable('to_date'))
),

-- Whose names the texts hold at all comes before who wrote what: a first name is that of thousands of posts.
names as materialized (
    select distinct phrase, shown, needs_capital, split_part(phrase, ' ', 1) as first_word
    from core_bylines
    where is_person
        and length(phrase) > 3
        and created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

tokens as (
    select post_id, string_split(words, ' ') as token_list from takers
),

starts as (
    select post_id, unnest(token_list) as token, unnest(range(1, len(token_list) + 1)) as place from tokens
),

begun as (
    select post_id, place from starts where token in (select first_word from names)
),

phrases as materialized (
    select distinct tokens.post_id, array_to_string(token_list[place:place + more], ' ') as phrase
    from begun
    join tokens on begun.post_id = tokens.post_id
    cross join range(0, 4) as ends(more)
    where place + more <= len(token_list)
),

written as materialized (
    select distinct phrases.post_id as taker_id, names.phrase, names.shown, names.needs_capital
    from phrases
    join names on phrases.phrase = names.phrase
    join takers
        on phrases.post_id = takers.post_id
        and contains(
            if(names.needs_capital, takers.text, lower(takers.text)),
            if(names.needs_capital, names.shown, lower(names.shown))
        )
),

named as materialized (
    select
        written.taker_id, takers.author_id as taker_author_id, takers.created_at as taken_at,
        takers.created_date as taken_date, takers.is_taking, bylines.post_id, bylines.shown, bylines.sureness
    from written
    join takers
        on written.taker_id = takers.post_id
    join core_bylines as bylines
        on written.phrase = bylines.phrase
        and written.shown = bylines.shown
        and written.needs_capital = bylines.needs_capital
        and (not bylines.is_common or bylines.thread_id = takers.thread_id)
    where bylines.is_person
        and bylines.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- Thanks alone prove that advice was taken when it had been given to that very person.
told as materialized (
    select named.taker_id, named.shown, named.sureness, topics.*
    from named
    join topics
        on named.post_id = topics.post_id
        and topics.is_recommended
        and named.taker_author_id <> topics.author_id
        and topics.created_at < named.taken_at
        and topics.created_date between named.taken_date - getvariable('lookback')::integer and named.taken_date
        and (named.is_taking or topics.answered_author_id = named.taker_author_id)
),

naming as (
    select
        takers.post_id as to_post_id,
        takers.author_id as to_author_id,
        takers.created_at as to_at,
        takers.created_date,
        told.post_id as from_post_id,
        told.author_id as from_author_id,
        told.created_at as from_at,
        told.product_id,
        told.brand_id,
        told.shown,
        takers.text,
        if(takers.is_taking, 0.7, 0.6)::double * told.sureness as confidence,
        told.sureness + if(told.author_id is not distinct from takers.answered_author_id, 0.01, 0) as fit,
        length(told.shown) as name_length
    from told
    join takers
        on told.taker_id = takers.post_id
    left join topics as said
        on told.taker_id = said.post_id
    where said.product_id = told.product_id
        or (said.post_id is null and told.product_id is not null and takers.thread_id = told.thread_id)
),

-- Never to two at once: of several people named, the one answered, else none.
fittest as (
    select *
    from naming
    qualify rank() over (partition by to_post_id order by fit desc) = 1
),

sole as (
    select to_post_id
    from fittest
    group by to_post_id
    having count(distinct from_author_id) = 1
)

select
    'stated' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date, product_id,
    brand_id, trim(regexp_extract(text, '(?i)[^.!?\n]*' || regexp_escape(shown) || '[^.!?\n]*')) as evidence,
    null::varchar as span_id, confidence
from fittest
where to_post_id in (from sole)
qualify row_number() over (
    partition by to_post_id order by name_length desc, from_at desc, from_post_id, product_id
) = 1
