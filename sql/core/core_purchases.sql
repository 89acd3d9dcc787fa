-- grain: one post whose author says to have bought something, and one thing bought
-- key: post_id, brand_id, product_id
-- question: Who says to have bought what, in which words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day of created_at in the reporting time zone
-- column author_id: keyed hash of the author, see core_authors; NULL when the source does not tell
-- column brand_id: brand of brands.yml
-- column product_id: product bought; NULL when only the brand is named
-- column product_from: how it was found: words (the nearest mention to the words of purchase), source (the product that its page is about), post (the only thing it names), edge (it names none, but the advice that it follows does)
-- column evidence: the words of purchase; NULL where the post as a whole says it
-- column span_id: where they stand, see core_cues
-- column bought_by_date: latest day on which it can have been bought, as the words tell (yesterday, last week, in September, il y a deux mois), of source, post and edge those of no other purchase; NULL where they tell none
with buying as (
    select posts.post_id, posts.created_date, posts.created_at, posts.source, posts.author_id
    from core_readings as readings
    join core_posts as posts using (post_id, created_date)
    where readings.purchase = 'bought'
        and readings.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and not posts.is_owned
        and not posts.is_duplicate
),

things as (
    select
        post_id, brand_id, product_id,
        count(product_id) over (partition by post_id, brand_id) as products,
        count(*) over (partition by post_id) as things
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
),

-- A brand named beside its product is no second thing.
own_things as (
    select * from things where product_id is not null or products = 0
),

-- On a page about one product another one was bought only where its name is among the words of purchase, or right after.
paged as (
    select buying.post_id, page.brand_id, page.product_id
    from buying
    join sources on buying.source = sources.source
    join products as page on sources.product_id = page.product_id
),

near as (
    select
        cues.post_id, own_things.brand_id, own_things.product_id, cues.text as evidence, cues.span_id, cues.start
    from core_cues as cues
    join core_mentions as mentions using (post_id, created_date)
    left join products on mentions.product_id = products.product_id
    join own_things
        on cues.post_id = own_things.post_id
        and coalesce(mentions.brand_id, products.brand_id) = own_things.brand_id
        and mentions.product_id is not distinct from own_things.product_id
    left join paged
        on cues.post_id = paged.post_id
    where cues.kind = 'purchase'
        and (
            paged.post_id is null
            or paged.product_id = own_things.product_id
            or (not mentions.is_linked and mentions."end" > cues.start and mentions.start <= cues."end" + 1)
        )
        and cues.created_date between getvariable('from_date') and getvariable('to_date')
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
    qualify row_number() over (
        partition by cues.span_id
        order by
            greatest(0, mentions.start - cues."end", cues.start - mentions."end"), mentions.is_linked, mentions.start,
            mentions.span_id
    ) = 1
),

-- "I had a Bolt X. Then I ordered this one."
untaken as (
    select post_id
    from core_cues
    where kind = 'purchase'
        and created_date between getvariable('from_date') and getvariable('to_date')
        and span_id not in (select span_id from near)
),

only_things as (
    select post_id, min(brand_id) as brand_id, min(product_id) as product_id
    from own_things
    group by post_id
    having count(*) = 1
),

led as (
    select to_post_id as post_id, brand_id, product_id, evidence, span_id
    from edges
    where kind in ('stated', 'code_or_link')
        and brand_id is not null
        and created_date between getvariable('from_date') and getvariable('to_date')
        and to_post_id not in (select post_id from things)
    qualify row_number() over (partition by to_post_id order by confidence desc, edge_id) = 1
),

dated as (
    select post_id, span_id, bought_by_date
    from core_told_days
    where kind = 'purchase'
        and created_date between getvariable('from_date') and getvariable('to_date')
),

found as (
    select 1 as rank, 'words' as product_from, * from near
    union all by name
    select 2 as rank, 'source' as product_from, *, null::varchar as evidence, null::varchar as span_id from paged
    where post_id not in (select post_id from near)
        or post_id in (select post_id from untaken)
    union all by name
    select 3 as rank, 'post' as product_from, *, null::varchar as evidence, null::varchar as span_id from only_things
    where post_id not in (select post_id from near)
        and post_id not in (select post_id from paged)
    union all by name
    select 4 as rank, 'edge' as product_from, * from led
)

select
    buying.*, found.brand_id, found.product_id, found.product_from, found.evidence, found.span_id,
    if(found.product_from = 'words', of_words.bought_by_date, of_post.bought_by_date) as bought_by_date
from buying
join found using (post_id)
left join dated as of_words
    on found.span_id = of_words.span_id
left join (
    select post_id, min(bought_by_date) as bought_by_date
    from dated
    where span_id not in (select span_id from near)
    group by post_id
) as of_post
    on found.post_id = of_post.post_id
qualify row_number() over (
    partition by buying.post_id, found.brand_id, found.product_id order by found.rank, found.start, found.span_id
) = 1
