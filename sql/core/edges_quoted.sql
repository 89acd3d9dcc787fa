-- grain: one earlier post and one later post that quotes it, by its address or word for word
-- key: from_post_id, to_post_id
-- question: Which posts about a brand are quoted by others, or quote them to speak of it?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column kind: quote: the later post gives the address of the earlier one, or repeats its words behind ">"
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
with quoting as materialized (
    select *
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and not is_duplicate
        and deleted_at is null
        and author_id is not null
        and (quoted_url is not null or regexp_matches(text, '(?m)^\s*>'))
),

earlier as not materialized (
    select *
    from core_posts
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and not is_duplicate
        and deleted_at is null
        and author_id is not null
),

addresses as (
    select post_id, url as address from earlier where url in (select quoted_url from quoting)
    union
    select post_id, canonical_url from earlier where canonical_url in (select quoted_url from quoting)
),

by_address as (
    select quoting.post_id as to_post_id, addresses.post_id as from_post_id, quoting.quoted_url as evidence, 0.9::double as confidence
    from quoting
    join addresses on quoting.quoted_url = addresses.address
),

-- "> so-and-so wrote: the words": with and without what stands before the first colon or arrow.
quoted_lines as materialized (
    select post_id, thread_id, created_at, trim(ltrim(trim(line), '> ')) as line
    from (select post_id, thread_id, created_at, unnest(string_split(text, chr(10))) as line from quoting)
    where starts_with(ltrim(line), '>')
),

readings_of_line as (
    select *, folded(line) as words from quoted_lines
    union
    select *, folded(regexp_replace(line, '^[^:↑]{1,60}[:↑]\s*[↑]?', '')) from quoted_lines
),

conversations as materialized (
    select post_id, thread_id, created_at, folded(text) as words
    from earlier
    where thread_id in (select thread_id from quoted_lines)
),

matched_lines as (
    select
        lines.post_id as to_post_id,
        conversations.post_id as from_post_id,
        conversations.created_at as from_at,
        lines.line as evidence,
        0.8::double as confidence
    from readings_of_line as lines
    join conversations
        on lines.thread_id = conversations.thread_id
        and conversations.post_id <> lines.post_id
        and conversations.created_at < lines.created_at
        and contains(' ' || conversations.words || ' ', ' ' || lines.words || ' ')
    where length(lines.words) >= 25
),

-- Words that several posts hold were first said by the earliest.
by_words as (
    select * exclude (from_at)
    from matched_lines
    qualify row_number() over (partition by to_post_id, evidence order by from_at, from_post_id) = 1
),

topics as (
    select post_id, brand_id, product_id
    from core_topics
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

found as materialized (
    from by_address
    union all by name
    from by_words
),

-- Of what the later post speaks of, only the brand that the earlier one speaks of; any, where that speaks of none.
spoken as (
    select
        pairs.*,
        told.brand_id as told_brand_id,
        told.product_id as told_product_id,
        if(told.post_id is null or said.brand_id = told.brand_id, said.brand_id, null) as said_brand_id,
        if(told.post_id is null or said.brand_id = told.brand_id, said.product_id, null) as said_product_id
    from (select distinct to_post_id, from_post_id from found) as pairs
    left join topics as told
        on pairs.from_post_id = told.post_id
    left join topics as said
        on pairs.to_post_id = said.post_id
),

subjects as (
    select
        to_post_id,
        from_post_id,
        coalesce(said_brand_id, told_brand_id) as brand_id,
        coalesce(said_product_id, told_product_id) as product_id
    from spoken
    where coalesce(said_brand_id, told_brand_id) is not null
    qualify row_number() over (
        partition by to_post_id, from_post_id
        order by (said_product_id = told_product_id) desc nulls last, (said_brand_id = told_brand_id) desc nulls last,
            said_product_id nulls last, told_product_id nulls last, said_brand_id nulls last, told_brand_id
    ) = 1
),

quoted as materialized (
    select post_id, author_id, created_at, created_date
    from earlier
    where post_id in (select from_post_id from found)
)

select
    'quote' as kind,
    quoted.post_id as from_post_id,
    quoted.author_id as from_author_id,
    quoted.created_at as from_at,
    quoting.post_id as to_post_id,
    quoting.author_id as to_author_id,
    quoting.created_at as to_at,
    quoting.created_date,
    subjects.product_id,
    subjects.brand_id,
    found.evidence,
    null::varchar as span_id,
    found.confidence
from found
join subjects using (to_post_id, from_post_id)
join quoting on found.to_post_id = quoting.post_id
join quoted
    on found.from_post_id = quoted.post_id
    and quoted.author_id <> quoting.author_id
    and quoted.created_at < quoting.created_at
    and quoted.created_date between quoting.created_date - getvariable('lookback')::integer and quoting.created_date
qualify row_number() over (partition by to_post_id, from_post_id order by found.confidence desc, found.evidence) = 1
