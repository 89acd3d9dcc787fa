-- grain: one earlier post and one later post, led there by a name in the words of an influence cue
-- key: span_id
-- question: Whose advice does a post say that it followed, by name: a person, a show, the title of a page?
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
with influence_cues as (
    select
        cues.span_id,
        cues.text as evidence,
        cues.value,
        cues.confidence,
        cues.post_id,
        posts.author_id,
        posts.thread_id,
        posts.created_at,
        posts.created_date,
        folded(cues.value) as words
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.kind = 'influence'
        and folded(cues.value) <> ''
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_duplicate
        and posts.author_id is not null
),

tokens as (
    select *, string_split(words, ' ') as token_list
    from influence_cues
),

phrases as materialized (
    select distinct
        tokens.span_id,
        tokens.created_date as said_date,
        tokens.created_at as said_at,
        tokens.author_id as follower_id,
        tokens.thread_id,
        tokens.value,
        array_to_string(token_list[first.place:last.place], ' ') as phrase,
        phrase = tokens.words as is_whole
    from tokens
    join range(1, 13) as first(place) on first.place <= len(token_list)
    join range(1, 13) as last(place) on last.place between first.place and least(first.place + 7, len(token_list))
),

topics as (
    select *
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

-- Names first: they leave few posts to compare. Two tables at a time: the planner, which does not see how few these
-- are, would begin with all pairs of a day or of a brand.
named as materialized (
    select
        phrases.span_id,
        phrases.said_at,
        phrases.follower_id,
        bylines.post_id,
        bylines.created_date,
        max(bylines.sureness - if(phrases.is_whole, 0, 0.1) + 0.001 * length(phrases.phrase)) as name_score,
        round(max(bylines.sureness - if(phrases.is_whole, 0, 0.1)), 4) as name_confidence
    from phrases
    join core_bylines as bylines
        on phrases.phrase = bylines.phrase
        and bylines.created_date between phrases.said_date - getvariable('lookback')::integer and phrases.said_date
        and (not bylines.needs_capital or contains(strip_accents(phrases.value), bylines.shown))
        and (not bylines.is_common or bylines.thread_id = phrases.thread_id)
    where bylines.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by all
),

told as materialized (
    select named.span_id, named.name_score, named.name_confidence, topics.*
    from named
    join topics
        on named.post_id = topics.post_id
        and topics.author_id <> named.follower_id
        and topics.created_at < named.said_at
),

said as materialized (
    select cues.span_id, topics.brand_id, topics.product_id
    from influence_cues as cues
    join topics on cues.post_id = topics.post_id
),

-- Earlier posts that bear the name and speak of the same product, else of the same brand where one of both names no product.
candidates as (
    select
        cues.span_id,
        cues.evidence,
        cues.confidence,
        cues.post_id as to_post_id,
        cues.author_id as to_author_id,
        cues.created_at as to_at,
        cues.created_date,
        told.post_id as from_post_id,
        told.author_id as from_author_id,
        told.created_at as from_at,
        coalesce(said.product_id, told.product_id) as product_id,
        said.brand_id,
        told.name_score,
        told.name_confidence,
        (said.product_id is not distinct from told.product_id)::integer as is_same_product,
        told.is_recommended::integer as is_recommending,
        (told.answered_author_id is not distinct from cues.author_id)::integer as is_answering
    from told
    join said
        on told.span_id = said.span_id
        and told.brand_id = said.brand_id
        and (said.product_id = told.product_id or said.product_id is null or told.product_id is null)
    join influence_cues as cues
        on told.span_id = cues.span_id
),

best_of_author as (
    select *
    from candidates
    qualify row_number() over (
        partition by span_id, from_author_id
        order by (product_id is not null) desc, is_same_product desc, name_score desc, is_recommending desc,
            is_answering desc, from_at desc, from_post_id, product_id
    ) = 1
),

-- Never to two at once: when two authors fit equally well, none is named.
resolved as (
    select *
    from best_of_author
    window
        fit as (partition by span_id order by name_score desc, is_same_product desc, is_recommending desc),
        equals as (partition by span_id, name_score, is_same_product, is_recommending)
    qualify rank() over fit = 1 and count(*) over equals = 1
)

select
    'stated' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date, product_id,
    brand_id, evidence, span_id, confidence * name_confidence * if(is_same_product = 1, 1, 0.8) as confidence
from resolved
