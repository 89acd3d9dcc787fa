-- grain: one earlier post, one later post that it influenced, and how we know
-- key: edge_id
-- question: Which post led to which later post, by whose own words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column edge_id: hash of both posts and kind
-- column kind: stated (the later post names the person, or says "you" to whom it answers), code_or_link (it repeats a promo code or affiliate link), reply_to_seeker (it answers someone who asked)
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
-- column span_id: where they stand: a span of core_cues or core_acts; NULL where the post only names the person
-- column confidence: 0 to 1
with recent_posts as (
    select post_id, thread_id, parent_id, author_id, created_at, created_date
    from core_posts
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and deleted_at is null
        and not is_duplicate
        and author_id is not null
),

things as (
    select post_id, product_id, brand_id
    from core_subjects
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    union
    select post_id, product_id, brand_id
    from umots
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and brand_id is not null
),

recommending_posts as (
    select distinct post_id, product_id, brand_id
    from umots
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and polarity = 'for'
),

-- Stated influence: names in the words of the cue.
influence_cues as (
    select
        cues.span_id,
        cues.text as evidence,
        cues.confidence,
        cues.post_id,
        posts.author_id,
        posts.created_at,
        posts.created_date,
        trim(regexp_replace(lower(strip_accents(cues.value)), '[^\p{L}\p{N}]+', ' ', 'g')) as words
    from core_cues as cues
    join recent_posts as posts using (post_id, created_date)
    where cues.kind = 'influence'
        and cues.value is not null
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
),

tokens as (
    select span_id, words, string_split(words, ' ') as token_list
    from influence_cues
    where words <> ''
),

phrases as (
    select distinct
        tokens.span_id,
        array_to_string(token_list[first.place:last.place], ' ') as phrase,
        phrase = tokens.words as is_whole
    from tokens
    join range(1, 13) as first(place) on first.place <= len(token_list)
    join range(1, 13) as last(place) on last.place between first.place and least(first.place + 3, len(token_list))
),

names as (
    select distinct author_id, name, sureness
    from (
        select author_id, handle as name, 0.9 as sureness from identities
        union all
        select author_id, split_part(ltrim(handle, '@'), '@', 1), 0.9 from identities
        union all
        select author_id, name, 0.9 from identities
        union all
        select author_id, split_part(trim(name), ' ', 1), 0.6 from identities
    )
),

folded_names as (
    select
        author_id,
        trim(regexp_replace(lower(strip_accents(name)), '[^\p{L}\p{N}]+', ' ', 'g')) as phrase,
        max(sureness) as sureness
    from names
    where name is not null
    group by all
    having length(phrase) > 2
),

named_authors as (
    select
        phrases.span_id,
        folded_names.author_id,
        max(folded_names.sureness - if(phrases.is_whole, 0, 0.1) + 0.001 * length(phrases.phrase)) as name_score,
        round(max(folded_names.sureness - if(phrases.is_whole, 0, 0.1)), 4) as name_confidence
    from phrases
    join folded_names using (phrase)
    group by all
),

-- Earlier posts of a named author about the same product, else the same brand where one of both names no product.
stated_candidates as (
    select
        cues.span_id,
        cues.evidence,
        cues.confidence,
        cues.post_id as to_post_id,
        cues.author_id as to_author_id,
        cues.created_at as to_at,
        cues.created_date,
        earlier.post_id as from_post_id,
        earlier.author_id as from_author_id,
        earlier.created_at as from_at,
        coalesce(said.product_id, told.product_id) as product_id,
        said.brand_id,
        named_authors.name_score,
        named_authors.name_confidence,
        (said.product_id is not distinct from told.product_id)::integer as is_same_product,
        (recommending_posts.post_id is not null)::integer as is_recommending
    from influence_cues as cues
    join named_authors
        on cues.span_id = named_authors.span_id
        and cues.author_id <> named_authors.author_id
    join recent_posts as earlier
        on named_authors.author_id = earlier.author_id
        and earlier.created_at < cues.created_at
        and earlier.created_date between cues.created_date - getvariable('lookback')::integer and cues.created_date
    join things as said
        on cues.post_id = said.post_id
    join things as told
        on earlier.post_id = told.post_id
        and said.brand_id = told.brand_id
        and (said.product_id = told.product_id or said.product_id is null or told.product_id is null)
    left join recommending_posts
        on earlier.post_id = recommending_posts.post_id
        and told.brand_id = recommending_posts.brand_id
        and told.product_id is not distinct from recommending_posts.product_id
),

best_of_author as (
    select *
    from stated_candidates
    qualify row_number() over (
        partition by span_id, from_author_id
        order by (product_id is not null) desc, is_same_product desc, is_recommending desc,
            from_at desc, from_post_id, product_id
    ) = 1
),

-- Never to two at once: when two authors fit equally well, none is named.
stated as (
    select *
    from best_of_author
    window
        fit as (partition by span_id order by name_score desc, is_same_product desc, is_recommending desc),
        equals as (partition by span_id, name_score, is_same_product, is_recommending)
    qualify rank() over fit = 1 and count(*) over equals = 1
),

-- Influence without a name is that of the person addressed: the author of the post answered, else of the thread's first.
addressed_cues as (
    select
        cues.span_id,
        cues.text as evidence,
        cues.confidence,
        posts.post_id,
        posts.author_id,
        posts.created_at,
        posts.created_date,
        coalesce(posts.parent_id, posts.thread_id) as answered_id,
        exists (
            select 1
            from core_cues as link
            where link.post_id = cues.post_id
                and link.created_date = cues.created_date
                and link.kind in ('affiliate_link', 'promo_code')
                and link.start < cues."end"
                and cues.start < link."end"
        ) as is_link
    from core_cues as cues
    join recent_posts as posts using (post_id, created_date)
    where cues.kind = 'influence'
        and (
            cues.value is null
            or regexp_matches(lower(cues.value), '^(you|your|vous|votre|vos|toi|tu|te|ton|ta|tes|t|this|ce|cet|cette)\b')
        )
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
),

addressed as (
    select
        if(cues.is_link, 'code_or_link', 'stated') as kind,
        cues.span_id,
        cues.evidence,
        cues.confidence * 0.7 as confidence,
        answered.post_id as from_post_id,
        answered.author_id as from_author_id,
        answered.created_at as from_at,
        cues.post_id as to_post_id,
        cues.author_id as to_author_id,
        cues.created_at as to_at,
        cues.created_date,
        coalesce(said.product_id, told.product_id) as product_id,
        told.brand_id
    from addressed_cues as cues
    join recent_posts as answered
        on cues.answered_id = answered.post_id
        and cues.author_id <> answered.author_id
        and answered.created_at < cues.created_at
        and answered.created_date between cues.created_date - getvariable('lookback')::integer and cues.created_date
    join things as told
        on answered.post_id = told.post_id
    left join things as said
        on cues.post_id = said.post_id
    where said.post_id is null
        or (
            said.brand_id = told.brand_id
            and (said.product_id = told.product_id or said.product_id is null or told.product_id is null)
        )
    qualify row_number() over (
        partition by cues.span_id
        order by (said.product_id is not distinct from told.product_id) desc, (told.product_id is null),
            told.product_id, told.brand_id
    ) = 1
),

-- No cue, but the person who takes the product up names somebody who had recommended it.
takers as (
    select
        posts.post_id,
        posts.thread_id,
        posts.author_id,
        posts.created_at,
        posts.created_date,
        texts.text,
        ' ' || trim(regexp_replace(lower(strip_accents(texts.text)), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ' as words
    from recent_posts as posts
    join core_posts as texts using (post_id, created_date)
    join core_readings as readings using (post_id, created_date)
    where posts.created_date between getvariable('from_date') and getvariable('to_date')
        and readings.stance <> 'against'
        and (readings.purchase = 'bought' or readings.umot = 'positive')
        and posts.post_id not in (select to_post_id from stated)
),

naming as (
    select
        takers.post_id as to_post_id,
        takers.author_id as to_author_id,
        takers.created_at as to_at,
        takers.created_date,
        adviser.post_id as from_post_id,
        adviser.author_id as from_author_id,
        adviser.created_at as from_at,
        recommending_posts.product_id,
        recommending_posts.brand_id,
        trim(regexp_extract(
            takers.text, '(?i)[^.!?\n]*' || regexp_escape(identities.shown) || '[^.!?\n]*'
        )) as evidence,
        0.7 * folded_names.sureness as confidence
    from takers
    left join things as said
        on takers.post_id = said.post_id
    join recommending_posts
        on said.product_id = recommending_posts.product_id
        or (said.post_id is null and recommending_posts.product_id is not null)
    join recent_posts as adviser
        on recommending_posts.post_id = adviser.post_id
        and takers.author_id <> adviser.author_id
        and adviser.created_at < takers.created_at
        and adviser.created_date between takers.created_date - getvariable('lookback')::integer and takers.created_date
        and (said.post_id is not null or takers.thread_id = adviser.thread_id)
    join folded_names
        on adviser.author_id = folded_names.author_id
        and length(folded_names.phrase) > 3
        and contains(takers.words, ' ' || folded_names.phrase || ' ')
    join (
        select author_id, unnest([split_part(ltrim(handle, '@'), '@', 1), name, split_part(name, ' ', 1)]) as shown
        from identities
    ) as identities
        on adviser.author_id = identities.author_id
        and contains(lower(takers.text), lower(identities.shown))
    qualify row_number() over (
        partition by takers.post_id
        order by folded_names.sureness desc, length(identities.shown) desc, adviser.created_at desc, adviser.post_id,
            recommending_posts.product_id
    ) = 1
),

-- A code or link that somebody else published first.
codes as (
    select
        cues.span_id,
        cues.text as evidence,
        cues.post_id,
        cues.kind,
        lower(trim(cues.value)) as code,
        cues.product_id,
        cues.brand_id,
        posts.author_id,
        posts.created_at,
        posts.created_date
    from core_cues as cues
    join recent_posts as posts using (post_id, created_date)
    where cues.kind in ('promo_code', 'affiliate_link')
        and length(trim(cues.value)) > 3
        and cues.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

repeated_codes as (
    select
        used.span_id,
        used.evidence,
        used.post_id as to_post_id,
        used.author_id as to_author_id,
        used.created_at as to_at,
        used.created_date,
        first_use.post_id as from_post_id,
        first_use.author_id as from_author_id,
        first_use.created_at as from_at,
        coalesce(used.product_id, first_use.product_id) as product_id,
        coalesce(used.brand_id, first_use.brand_id) as brand_id
    from codes as used
    join codes as first_use
        on used.kind = first_use.kind
        and used.code = first_use.code
        and first_use.created_at < used.created_at
        and first_use.created_date between used.created_date - getvariable('lookback')::integer and used.created_date
    where used.created_date between getvariable('from_date') and getvariable('to_date')
    qualify row_number() over (
        partition by used.span_id order by first_use.created_at, first_use.post_id, first_use.span_id
    ) = 1
),

-- Own advice under a post whose author asks for it.
only_things as (
    select post_id, min(product_id) as product_id, min(brand_id) as brand_id
    from things
    group by post_id
    having count(*) = 1
),

answers as (
    select
        acts.span_id,
        acts.text as evidence,
        acts.confidence,
        coalesce(acts.product_id, if(acts.brand_id is null, only_thing.product_id, null)) as product_id,
        coalesce(acts.brand_id, only_thing.brand_id) as brand_id,
        answer.post_id as to_post_id,
        answer.author_id as to_author_id,
        answer.created_at as to_at,
        answer.created_date,
        question.post_id as from_post_id,
        question.author_id as from_author_id,
        question.created_at as from_at,
        if(core_answers.is_direct, 0.9, 0.7) as link_confidence
    from core_acts as acts
    join recent_posts as answer using (post_id, created_date)
    join core_answers using (post_id, created_date)
    join recent_posts as question
        on core_answers.question_id = question.post_id
        and question.author_id <> answer.author_id
        and question.created_at < answer.created_at
    left join only_things as only_thing
        on answer.post_id = only_thing.post_id
    where acts.modality in ('asserted', 'conditional')
        and acts.created_date between getvariable('from_date') and getvariable('to_date')
    qualify row_number() over (
        partition by answer.post_id
        order by link_confidence desc, (acts.product_id is null), acts.strength desc, acts.start, acts.span_id
    ) = 1
),

all_kinds as (
    select
        'stated' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date,
        product_id, brand_id, evidence, span_id,
        confidence * name_confidence * if(is_same_product = 1, 1, 0.8) as confidence
    from stated
    union all by name
    select
        kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date, product_id, brand_id,
        evidence, span_id, confidence
    from addressed
    where kind = 'code_or_link'
        or to_post_id not in (select to_post_id from naming)
    union all by name
    select
        'stated' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date,
        product_id, brand_id, evidence, null::varchar as span_id, confidence
    from naming
    union all by name
    select
        'code_or_link' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date,
        product_id, brand_id, evidence, span_id, 0.9 as confidence
    from repeated_codes
    where from_author_id <> to_author_id
    union all by name
    select
        'reply_to_seeker' as kind, from_post_id, from_author_id, from_at, to_post_id, to_author_id, to_at, created_date,
        product_id, brand_id, evidence, span_id, confidence * link_confidence as confidence
    from answers
)

select
    substr(sha256(concat_ws(chr(31), from_post_id, to_post_id, kind)), 1, 20) as edge_id,
    kind,
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
qualify row_number() over (
    partition by from_post_id, to_post_id, kind order by confidence desc, span_id, product_id
) = 1
