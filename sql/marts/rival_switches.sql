-- grain: one stated switch: the words in which somebody says what they left
-- key: span_id
-- question: Who went over from which brand to which, and in which words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- metric: rival_switches v1 (2026-11-22) stated switches by authors who are not owned, copies apart, both ends resolved by a name of brands.yml; what is taken up is named in the same words, else the only other thing the post mentions; left out when neither end is in brands.yml
-- metric: rival_switches v2 (2026-11-22) as v1, and left out when what is left is not in brands.yml and what is taken up is named in another sentence only
-- column span_id: the words, see core_cues
-- column author_id: keyed hash of the author; NULL when the source does not tell
-- column left_words: what was left, as written
-- column from_brand_id: brand left; NULL when outside the catalogue, or not certain
-- column from_product_id: product left; NULL when the brand as a whole or something outside the catalogue is meant
-- column to_brand_id: brand taken up; NULL when outside the catalogue, or not certain
-- column to_product_id: product taken up; NULL when the brand as a whole or something outside the catalogue is meant
-- column direction: won (from a rival, or from outside the catalogue, to ours), lost (from ours to elsewhere), kept (between products of one brand), between_rivals; NULL when an end that decides is not known
-- column verbatim: the words of the switch
-- column text: the whole post
-- column commercial: organic (no commercial evidence found), disclosed or probable
-- column confidence: 0 to 1, of the words, less where the brand taken up is only inferred from the post
with switches as (
    select cues.*, folded(cues.value) as left_name
    from core_cues as cues
    join core_posts as posts using (post_id, created_date)
    where cues.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and cues.kind = 'switch'
        and cues.value is not null
        and not posts.is_owned
        and not posts.is_duplicate
),

-- The longest name of the catalogue in the words left; none when two things bear it.
named as (
    select switches.span_id, names.brand_id, names.product_id, length(names.name) as name_length
    from switches
    join core_names as names
        on contains(' ' || switches.left_name || ' ', ' ' || names.name || ' ')
),

left_things as (
    select *
    from named
    qualify rank() over (partition by span_id order by name_length desc) = 1
        and count(*) over (partition by span_id, name_length) = 1
),

-- Whatever else the post speaks of; a product says more than its brand.
others as (
    select
        switches.span_id,
        subjects.brand_id,
        subjects.product_id,
        coalesce(
            bool_or(mentions.start >= switches.start and mentions."end" <= switches."end"), false
        ) as is_inside,
        coalesce(bool_or(not regexp_matches(
            words_between(posts.text, switches.start, switches."end", mentions.start, mentions."end"),
            '[.!?…\n]'
        )), false) as is_beside
    from switches
    join core_posts as posts using (post_id, created_date)
    join core_subjects as subjects using (post_id, created_date)
    join core_mentions as mentions
        on subjects.post_id = mentions.post_id
        and subjects.created_date = mentions.created_date
        and subjects.brand_id = mentions.brand_id
        and subjects.product_id is not distinct from mentions.product_id
    left join left_things
        on switches.span_id = left_things.span_id
    where subjects.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
        and (
            left_things.span_id is null
            or subjects.brand_id <> left_things.brand_id
            or (subjects.product_id is not null and subjects.product_id <> left_things.product_id)
        )
        and not contains(' ' || switches.left_name || ' ', ' ' || folded(mentions.text) || ' ')
    group by all
),

taken as (
    select
        span_id,
        min(brand_id) as brand_id,
        if(count(distinct product_id) = 1, min(product_id), null) as product_id,
        bool_or(is_inside) as is_inside,
        bool_or(is_beside) as is_beside
    from others
    where is_inside or span_id not in (select span_id from others where is_inside)
    group by span_id
    having count(distinct brand_id) = 1
),

resolved as (
    select
        switches.*,
        left_things.brand_id as from_brand_id,
        left_things.product_id as from_product_id,
        coalesce(switches.brand_id, to_products.brand_id, taken.brand_id) as to_brand_id,
        coalesce(switches.product_id, if(switches.brand_id is null, taken.product_id, null)) as to_product_id,
        switches.brand_id is null and switches.product_id is null and not coalesce(taken.is_inside, false) as is_inferred,
        coalesce(taken.is_beside, false) as is_beside
    from switches
    left join left_things
        on switches.span_id = left_things.span_id
    left join taken
        on switches.span_id = taken.span_id
    left join products as to_products
        on switches.product_id = to_products.product_id
)

select
    resolved.span_id,
    resolved.post_id,
    resolved.created_date,
    posts.created_at,
    posts.source,
    posts.author_id,
    resolved.from_brand_id,
    resolved.from_product_id,
    resolved.to_brand_id,
    resolved.to_product_id,
    case
        when from_brand_id = to_brand_id then 'kept'
        when not to_brand.is_rival then 'won'
        when not from_brand.is_rival then 'lost'
        when from_brand.is_rival and to_brand.is_rival then 'between_rivals'
    end as direction,
    resolved.value as left_words,
    resolved.text as verbatim,
    posts.text,
    posts.url,
    posts.lang,
    readings.commercial,
    round(resolved.confidence * if(is_inferred, 0.8, 1), 4) as confidence
from resolved
join core_posts as posts using (post_id, created_date)
left join core_readings as readings using (post_id, created_date)
left join brands as from_brand
    on resolved.from_brand_id = from_brand.brand_id
left join brands as to_brand
    on resolved.to_brand_id = to_brand.brand_id
where resolved.from_brand_id is not null
    -- What was left may be anything ("I left the house"): what is taken up must then stand in the same sentence.
    or (resolved.to_brand_id is not null and (not resolved.is_inferred or resolved.is_beside))
