-- part: chains
-- question: Of all who ask for advice, how many get an answer, buy, and recommend in turn?
-- reads: One row = one step, of the questions in a category of ours, and of those that name a brand or are answered with one (of all questions where brands.yml has no categories); each question counts once, by the furthest step of any product it was answered with: the rows of advice_loop count it once a product. Who says nothing more may still have bought: these are lower bounds.
-- param brand: brand_id in brands.yml, named by the question or by an answer; NULL for all questions in our categories or about a brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 90
with our_categories as (
    select brands.category_id from brands where not brands.is_rival
    union
    select products.category_id from products join brands using (brand_id) where not brands.is_rival
),

-- A refuge and a soup are asked about in the same threads.
ours as (
    select distinct question_id
    from (select question_id, brand_id, unnest(if(len(category_ids) = 0, [null], category_ids)) as category_id from advice_loop)
    where brand_id is not null
        or category_id in (select category_id from our_categories)
        or not exists (from categories)
),

questions as (
    select
        question_id,
        bool_or(answer_count > 0) as is_answered,
        bool_or(answered_at <= purchased_at) as is_bought,
        bool_or(is_closed) as is_recommended
    from advice_loop
    where question_id in (select question_id from ours)
        and ($brand is null or brand_id = $brand)
        and created_date > (select max(created_date) from coverage_daily) - $days::integer
    group by question_id
),

steps as (
    select 1 as place, '1 asked' as step, count(*) as questions from questions
    union all
    select 2, '2 answered with advice on a product', count(*) filter (is_answered) from questions
    union all
    select 3, '3 said to have bought it then', count(*) filter (is_bought) from questions
    union all
    select 4, '4 and recommended it in turn', count(*) filter (is_recommended) from questions
)

select
    step,
    questions,
    round(questions / nullif(max(questions) over (), 0), 3) as share_of_all_questions,
    round(questions / nullif(lag(questions) over (order by place), 0), 3) as share_of_the_step_before
from steps
order by place
