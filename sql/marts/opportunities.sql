-- grain: one thing worth acting on, on the day it showed: a spike, a question that is fresh, or a term that rises
-- key: opportunity_id
-- question: Where should we look, and whom could we help, today?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day it showed, in the reporting time zone
-- column opportunity_id: hash of kind, day and what it is about
-- column kind: spike (see spikes), question (somebody asks for advice in a category of ours, our brand named or not) or rising_term (see rising_terms); repeats within the cool-down are left out
-- column headline: what it is about: the thing spoken of, the sentence that asks (its words that ask where it is long), or the term
-- column detail: why it is here, in words
-- column brand_id: brand that spikes; at a question NULL, see the post
-- column product_id: product that spikes
-- column category_id: category of the question
-- column source: where; NULL for a term, which counts everywhere
-- column is_brand_named: whether the question, or the page that it stands on, names a brand or product of the category; NULL for the other kinds
-- column score: 0 to 1, to sort by within a kind: 1 minus the tail probability of a spike or term; for a question 0.5, more when the asker means to buy (0.3) and when no brand is named yet (0.2)
-- column post_ids: the posts that carry it
-- column url: address of the question; NULL for the other kinds
-- column text: the question, as written; NULL for the other kinds
with our_categories as (
    select category_id from brands where not is_rival
    union
    select products.category_id from products join brands using (brand_id) where not brands.is_rival
),

asked as (
    select
        questions.created_date,
        questions.post_id,
        questions.source,
        questions.is_brand_named,
        questions.category_id,
        questions.words,
        categories.name as category,
        posts.text,
        posts.url,
        strpos(posts.text, questions.words) as place,
        trim(
            regexp_extract(posts.text[:place - 1], '[^.!?\n]*$')
            || regexp_extract(posts.text[place:], '^[^.!?\n]*[.!?]*')
        ) as sentence,
        readings.purchase
    from core_questions as questions
    join core_posts as posts using (post_id, created_date)
    join core_readings as readings using (post_id, created_date)
    join categories using (category_id)
    where questions.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and readings.created_date between getvariable('from_date') and getvariable('to_date')
        and questions.category_id in (from our_categories)
),

found as (
    select
        spikes.created_date,
        'spike' as kind,
        coalesce(products.name, brands.name) as headline,
        spikes.post_count || ' posts at ' || spikes.source || ', usually ' || format('{:g}', spikes.usual_count) as detail,
        spikes.brand_id,
        spikes.product_id,
        null::varchar as category_id,
        spikes.source,
        null::boolean as is_brand_named,
        1 - spikes.tail_probability as score,
        spikes.post_ids,
        null::varchar as url,
        null::varchar as text
    from spikes
    join brands on spikes.brand_id = brands.brand_id
    left join products on spikes.product_id = products.product_id
    where spikes.created_date between getvariable('from_date') and getvariable('to_date')
        and not spikes.is_repeat
    union all by name
    select
        created_date,
        'question' as kind,
        coalesce(if(place > 0 and length(sentence) <= 160, sentence, null), words, text[:80]) as headline,
        'asks about ' || category || if(is_brand_named, '', ', no brand of it named') as detail,
        category_id,
        source,
        is_brand_named,
        0.5 + if(purchase = 'intends', 0.3, 0) + if(is_brand_named, 0, 0.2) as score,
        [post_id] as post_ids,
        url,
        text
    from asked
    union all by name
    select
        created_date,
        'rising_term' as kind,
        wording as headline,
        author_count || ' people in 7 days, ' || earlier_author_count || ' in the 28 before (' || kind || ')' as detail,
        1 - tail_probability as score,
        post_ids
    from rising_terms
    where created_date between getvariable('from_date') and getvariable('to_date')
        and not is_repeat
)

select
    substr(sha256(concat_ws(
        chr(31), kind, created_date, source, brand_id, product_id, category_id, if(kind = 'question', post_ids[1], headline)
    )), 1, 20) as opportunity_id,
    *
from found
