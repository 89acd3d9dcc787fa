-- grain: one post, not a copy and not by a brand, that asks people for advice, and one category that it asks about
-- key: post_id, category_id
-- question: Who is about to choose something that we or our rivals sell?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90 of core_subjects
-- column category_id: category of a brand or product named, or of a word for it in the post or the title of its thread; where there is none, of a hashtag that writes such a word without its spaces, else of a brand or product named by the post that opened the thread, at most 90 days older; NULL when none of them tells
-- column words: the words that ask
-- column is_brand_named: whether the post, or the page that it stands on, names any brand or product of that category; a brand that sells in several, for itself, is one of each
-- column brand_ids: brands of brands.yml that it, or its page, names, in alphabetical order
-- column product_ids: products of brands.yml that it, or its page, names, in alphabetical order
with asking as (
    select
        posts.*,
        ' ' || folded(concat_ws(' ', posts.thread_title, posts.title, posts.text)) || ' ' as folded_words,
        ' ' || array_to_string(
            regexp_extract_all(lower(strip_accents(concat_ws(' ', posts.title, posts.text))), '#([\p{L}\p{N}_]+)', 1), ' '
        ) as hashtags
    from core_readings as readings
    join core_posts as posts using (post_id, created_date)
    where readings.is_seeking_advice
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and readings.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_owned
        and not posts.is_duplicate
),

named as (
    select
        post_id,
        list(distinct brand_id order by brand_id) as brand_ids,
        coalesce(list(distinct product_id order by product_id) filter (where product_id is not null), []) as product_ids
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
    group by post_id
),

category_words as (
    select category_id, ' ' || word as word, ' ' || replace(word, ' ', '') as joined_word
    from (select category_id, unnest(category_words(name, words)) as word from categories)
),

subjects as (
    select distinct post_id, category_id, true as is_brand_named
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
        and category_id is not null
    union all
    select distinct asking.post_id, category_words.category_id, false
    from asking
    join category_words on contains(asking.folded_words, category_words.word)
),

-- A hashtag files a post, often under more than it asks about: it tells only where the words do not.
tagged as (
    select distinct asking.post_id, category_words.category_id
    from asking
    join category_words on contains(asking.hashtags, category_words.joined_word)
    where asking.post_id not in (select post_id from subjects)
),

-- "Has anybody compared?", under a post about a mug, asks about mugs.
themes as (
    select post_id, category_id, bool_or(is_brand_named) as is_brand_named
    from subjects
    group by all
    union all
    select post_id, category_id, false
    from tagged
    union all
    select distinct asking.post_id, opening.category_id, false
    from asking
    join core_subjects as opening
        on asking.thread_id = opening.post_id
        and asking.post_id <> opening.post_id
        and opening.created_date between asking.created_date - getvariable('lookback')::integer and asking.created_date
    where opening.category_id is not null
        and opening.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and asking.post_id not in (select post_id from subjects union all select post_id from tagged)
),

-- A brand is at home in one category and may sell in others: who asks it about its box and its plan names it for both.
sold as (
    select distinct subjects.post_id, products.category_id
    from core_subjects as subjects
    join products using (brand_id)
    where subjects.product_id is null
        and subjects.created_date between getvariable('from_date') and getvariable('to_date')
        and products.category_id is not null
),

spoken as (
    select post_id, arg_min(text, struct_pack(start := start, span_id := span_id)) as words
    from core_cues
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind = 'advice_sought'
    group by post_id
)

select
    asking.post_id,
    asking.created_date,
    asking.created_at,
    asking.source,
    asking.author_id,
    themes.category_id,
    coalesce(themes.is_brand_named, false) or sold.post_id is not null as is_brand_named,
    coalesce(named.brand_ids, []) as brand_ids,
    coalesce(named.product_ids, []) as product_ids,
    spoken.words
from asking
left join themes using (post_id)
left join sold
    on themes.post_id = sold.post_id
    and themes.category_id = sold.category_id
left join named using (post_id)
left join spoken using (post_id)
