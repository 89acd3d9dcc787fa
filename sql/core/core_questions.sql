-- grain: one post, not a copy and not by a brand, that asks people for advice, and one category that it asks about
-- key: post_id, category_id
-- question: Who is about to choose something that we or our rivals sell?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column category_id: category of a brand or product named, else of a word for it in the post or the title of its thread; NULL when neither is there
-- column words: the words that ask
-- column is_brand_named: whether the post names any brand or product of that category
-- column brand_ids: brands of brands.yml that it names, in alphabetical order
-- column product_ids: products of brands.yml that it names, in alphabetical order
with asking as (
    select
        posts.*,
        ' ' || folded(concat_ws(' ', posts.thread_title, posts.title, posts.text)) || ' ' as folded_words
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
    select distinct category_id, ' ' || folded(unnest([name] || words)) as word from categories
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

themes as (
    select post_id, category_id, bool_or(is_brand_named) as is_brand_named
    from subjects
    group by all
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
    coalesce(themes.is_brand_named, false) as is_brand_named,
    coalesce(named.brand_ids, []) as brand_ids,
    coalesce(named.product_ids, []) as product_ids,
    spoken.words
from asking
left join themes using (post_id)
left join named using (post_id)
left join spoken using (post_id)
