-- part: listen
-- question: Who asks for advice in our categories, with our brand neither named nor suggested?
-- reads: One row = one question, also when it touches two categories, where core_questions has two rows. answers and suggested are counted apart: joining answers with the names in them would count an answer once for every name. A thread that opens with our brand is about us.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
-- param lang: language such as fr; NULL for all (code of a language) = NULL
with asked as (
    select coalesce($brand, (select min(brand_id) from brands where not is_rival)) as brand_id
),

our_categories as (
    select category_id from brands where brand_id = (select brand_id from asked)
    union
    select category_id from products where brand_id = (select brand_id from asked)
),

questions as materialized (
    select
        post_id,
        any_value(brand_ids) as brand_ids,
        any_value(words) as words,
        list_sort(list(category_id)) as categories
    from core_questions
    where category_id in (select category_id from our_categories)
        and created_date > (select max(created_date) from coverage_daily) - $days::integer
    group by post_id
),

answers as (
    select question_id as post_id, count(distinct post_id) as answers
    from core_answers
    where question_id in (select post_id from questions)
    group by question_id
),

suggested as (
    select
        answers.question_id as post_id,
        list(distinct subjects.brand_id) as brand_ids,
        list(distinct coalesce(products.name, brands.name)) as names
    from core_answers as answers
    join core_subjects as subjects
        on answers.post_id = subjects.post_id
    join brands
        on subjects.brand_id = brands.brand_id
    left join products
        on subjects.product_id = products.product_id
    where answers.question_id in (select post_id from questions)
    group by answers.question_id
)

select
    posts.created_at,
    posts.source,
    coalesce(names.name, names.handle, left(posts.author_id, 8)) as author,
    questions.categories,
    coalesce(answers.answers, 0) as answers,
    list_sort(suggested.names) as suggested,
    questions.words,
    posts.url,
    posts.text
from questions
join core_posts as posts
    on questions.post_id = posts.post_id
left join answers
    on questions.post_id = answers.post_id
left join suggested
    on questions.post_id = suggested.post_id
left join author_names as names
    on posts.author_id = names.author_id
where not list_contains(questions.brand_ids, (select brand_id from asked))
    and not coalesce(list_contains(suggested.brand_ids, (select brand_id from asked)), false)
    and coalesce(posts.thread_id, posts.post_id) not in (
        select post_id
        from core_subjects
        where brand_id = (select brand_id from asked)
            and post_id in (select thread_id from core_posts where post_id in (select post_id from questions))
    )
    and ($lang is null or posts.lang = $lang)
order by answers.answers nulls first, posts.created_at desc, posts.url
