-- grain: one question that asks people for advice, its author, and one product of brands.yml that it names or that an answer advises on
-- key: question_id, brand_id, product_id
-- question: Did whoever asked get an answer, buy on it, and recommend in turn, and how long did each step take?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column question_id: post_id of the question
-- column created_date: day of the question in the reporting time zone
-- column asked_at: when it was published (UTC)
-- column author_id: keyed hash of the person who asks
-- column words: the words that ask
-- column category_ids: categories of brands.yml that the question is about, see core_questions; empty when none is known
-- column brand_id: brand of brands.yml; NULL when nothing of it is named, nor advised on
-- column product_id: product; NULL when only the brand is meant
-- column is_asked_about: whether the sentence that asks names it, or it is the only thing that the question names, or its page is about it
-- column answer_count: posts that answer with own advice on it; 0 when none was seen
-- column answerer_ids: people who so answer, the first first
-- column answer_post_ids: their posts, in the same order
-- column answered_at: when the first of them was published (UTC)
-- column days_to_answer: days from the question to it
-- column purchase_post_id: first post after the question in which the person says to have bought it, and not to have bought it before, at most 90 days after the first answer, else after the question; NULL when none was seen
-- column purchased_at: when it was published (UTC)
-- column days_to_purchase: days from the first answer, when it came before, else from the question
-- column is_stated: whether the person names an answerer as the one whose advice was followed
-- column umot_id: the person's first UMOT about it after the purchase, else after the question, within the same 90 days; NULL when none was seen
-- column umot_polarity: for or against
-- column recommended_at: when it was published (UTC)
-- column days_to_umot: days from the purchase, when known, else from the first answer, else from the question
-- column stage_reached: asked, answered, bought or recommended: the last step that was seen
-- column is_closed: question, answer, purchase and a UMOT for it were all seen, in that order
with questions as (
    select
        post_id as question_id,
        any_value(created_date) as created_date,
        any_value(created_at) as asked_at,
        any_value(author_id) as author_id,
        any_value(words) as words,
        coalesce(list_sort(list(category_id) filter (where category_id is not null)), []) as category_ids
    from core_questions
    where author_id is not null
    group by post_id
),

-- A long turn names much that nobody asks about: between the words that ask and those asked about no sentence ends.
asked_about as (
    select distinct
        cues.post_id as question_id, coalesce(mentions.brand_id, products.brand_id) as brand_id, mentions.product_id
    from core_cues as cues
    join core_mentions as mentions using (post_id, created_date)
    join core_posts as posts using (post_id, created_date)
    left join products
        on mentions.product_id = products.product_id
    where cues.kind = 'advice_sought'
        and (
            (mentions.start < cues."end" and cues.start < mentions."end")
            or not regexp_matches(
                words_between(posts.text, mentions.start, mentions."end", cues.start, cues.start),
                '[.!?…]+["”’»]*\s|\n'
            )
        )
    union
    -- On the page of a product "it" is that product.
    select posts.post_id, products.brand_id, products.product_id
    from core_posts as posts
    join sources
        on posts.source = sources.source
    join products
        on sources.product_id = products.product_id
    where posts.post_id in (select question_id from questions)
),

-- A brand named beside its product is no second thing.
things as (
    select distinct questions.question_id, topics.brand_id, topics.product_id
    from questions
    join core_topics as topics on questions.question_id = topics.post_id
    qualify topics.product_id is not null
        or count(topics.product_id) over (partition by questions.question_id, topics.brand_id) = 0
),

named as (
    select
        things.*,
        asked_about.question_id is not null or count(*) over (partition by things.question_id) = 1 as is_asked_about
    from things
    left join asked_about
        on things.question_id = asked_about.question_id
        and things.brand_id = asked_about.brand_id
        and things.product_id is not distinct from asked_about.product_id
),

advised as (
    select
        edges.from_post_id as question_id,
        coalesce(umots.brand_id, edges.brand_id) as brand_id,
        if(umots.umot_id is null, edges.product_id, umots.product_id) as product_id,
        edges.to_post_id as post_id,
        edges.to_author_id as author_id,
        edges.to_at as answered_at
    from edges
    left join umots
        on edges.to_post_id = umots.post_id
        and umots.brand_id is not null
    where edges.kind = 'reply_to_seeker'
),

answers as (
    select
        question_id,
        brand_id,
        product_id,
        count(*) as answer_count,
        list(author_id order by answered_at, post_id) as answerer_ids,
        list(post_id order by answered_at, post_id) as answer_post_ids,
        min(answered_at) as answered_at
    from (select distinct * from advised where brand_id is not null)
    group by all
),

pairs as (
    select *
    from (select question_id, brand_id, product_id from named union select question_id, brand_id, product_id from answers)
    qualify product_id is not null or count(product_id) over (partition by question_id, brand_id) = 0
),

loops as (
    select
        questions.*,
        pairs.brand_id,
        pairs.product_id,
        coalesce(named.is_asked_about, false) as is_asked_about,
        coalesce(answers.answer_count, 0) as answer_count,
        coalesce(answers.answerer_ids, []) as answerer_ids,
        coalesce(answers.answer_post_ids, []) as answer_post_ids,
        answers.answered_at,
        coalesce(answers.answered_at, questions.asked_at) + to_days(90) as until_at
    from questions
    left join pairs using (question_id)
    left join named
        on pairs.question_id = named.question_id
        and pairs.brand_id = named.brand_id
        and pairs.product_id is not distinct from named.product_id
    left join answers
        on pairs.question_id = answers.question_id
        and pairs.brand_id = answers.brand_id
        and pairs.product_id is not distinct from answers.product_id
),

bought as (
    select loops.question_id, loops.brand_id, loops.product_id, purchases.post_id, purchases.created_at
    from loops
    join core_purchases as purchases
        on loops.author_id = purchases.author_id
        and loops.brand_id = purchases.brand_id
        and (loops.product_id is null or loops.product_id = purchases.product_id)
        and purchases.created_at > loops.asked_at
        and purchases.created_at <= loops.until_at
        and coalesce(purchases.bought_by_date >= loops.created_date, true)
    qualify row_number() over (
        partition by loops.question_id, loops.brand_id, loops.product_id order by purchases.created_at, purchases.post_id
    ) = 1
),

recommended as (
    select loops.question_id, loops.brand_id, loops.product_id, umots.umot_id, umots.polarity, umots.created_at
    from loops
    left join bought
        on loops.question_id = bought.question_id
        and loops.brand_id = bought.brand_id
        and loops.product_id is not distinct from bought.product_id
    join umots
        on loops.author_id = umots.author_id
        and loops.brand_id = umots.brand_id
        and (loops.product_id is null or loops.product_id = umots.product_id)
        and umots.created_at > loops.asked_at
        and umots.created_at <= loops.until_at
        and umots.created_at >= coalesce(bought.created_at, loops.asked_at)
    qualify row_number() over (
        partition by loops.question_id, loops.brand_id, loops.product_id order by umots.created_at, umots.umot_id
    ) = 1
)

select
    loops.question_id,
    loops.created_date,
    loops.asked_at,
    loops.author_id,
    loops.words,
    loops.category_ids,
    loops.brand_id,
    loops.product_id,
    loops.is_asked_about,
    loops.answer_count,
    loops.answerer_ids,
    loops.answer_post_ids,
    loops.answered_at,
    round(epoch(loops.answered_at - loops.asked_at) / 86400, 2) as days_to_answer,
    bought.post_id as purchase_post_id,
    bought.created_at as purchased_at,
    round(epoch(
        bought.created_at - if(loops.answered_at <= bought.created_at, loops.answered_at, loops.asked_at)
    ) / 86400, 2) as days_to_purchase,
    exists (
        select 1
        from edges
        where edges.kind = 'stated'
            and edges.to_author_id = loops.author_id
            and edges.to_at > loops.asked_at
            and edges.brand_id = loops.brand_id
            and (loops.product_id is null or edges.product_id = loops.product_id)
            and list_contains(loops.answerer_ids, edges.from_author_id)
    ) as is_stated,
    recommended.umot_id,
    recommended.polarity as umot_polarity,
    recommended.created_at as recommended_at,
    round(epoch(recommended.created_at - coalesce(
        bought.created_at, if(loops.answered_at <= recommended.created_at, loops.answered_at, loops.asked_at)
    )) / 86400, 2) as days_to_umot,
    case
        when recommended.umot_id is not null then 'recommended'
        when bought.post_id is not null then 'bought'
        when loops.answer_count > 0 then 'answered'
        else 'asked'
    end as stage_reached,
    coalesce(loops.answered_at <= bought.created_at and recommended.polarity = 'for', false) as is_closed
from loops
left join bought
    on loops.question_id = bought.question_id
    and loops.brand_id = bought.brand_id
    and loops.product_id is not distinct from bought.product_id
left join recommended
    on loops.question_id = recommended.question_id
    and loops.brand_id = recommended.brand_id
    and loops.product_id is not distinct from recommended.product_id
