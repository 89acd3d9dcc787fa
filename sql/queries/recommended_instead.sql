-- part: umot
-- question: Which product do people recommend instead of ours, and in which words?
-- reads: Three ways to lose: advised against in the same post, asked about and answered with another, or not thought of where people ask openly in our categories. people counts a person once a product, whichever way and how often; who recommends ours in the same post is left out, which a mere join by post would count.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 90
with asked as (
    select coalesce($brand, (select min(brand_id) from brands where not is_rival)) as brand_id
),

others as (
    select umots.*
    from umot_feed as umots, asked
    where umots.polarity = 'for'
        and umots.brand_id <> asked.brand_id
        and umots.created_date > (select max(created_date) from coverage_daily) - $days::integer
),

instead as (
    select others.umot_id, 'advises against ours' as how
    from others, asked
    where exists (
        select 1
        from umots as ours
        where ours.post_id = others.post_id and ours.brand_id = asked.brand_id and ours.polarity = 'against'
    )
    union
    select others.umot_id, 'answers who asked about ours'
    from others
    join core_answers as answers
        on others.post_id = answers.post_id
    join core_subjects as named
        on answers.question_id = named.post_id
    join asked
        on named.brand_id = asked.brand_id
    union
    select others.umot_id, 'answers who asked openly'
    from others
    join core_answers as answers
        on others.post_id = answers.post_id
    join core_questions as questions
        on answers.question_id = questions.post_id
    where not questions.is_brand_named
        and questions.category_id in (
            select category_id from brands, asked where brands.brand_id = asked.brand_id
            union
            select category_id from products, asked where products.brand_id = asked.brand_id
        )
)

select
    coalesce(others.product, others.brand) as instead,
    count(distinct others.author_id) as people,
    count(distinct others.post_id) as posts,
    list_sort(list(distinct instead.how)) as how,
    arg_max(others.url, others.created_at) as latest_url,
    arg_max(others.sentence, others.created_at) as latest_words
from others
join instead
    on others.umot_id = instead.umot_id
where not exists (
    select 1
    from umots as ours, asked
    where ours.post_id = others.post_id and ours.brand_id = asked.brand_id and ours.polarity = 'for'
)
group by coalesce(others.product, others.brand)
order by people desc, instead
