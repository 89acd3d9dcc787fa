-- grain: one post that is not deleted
-- key: post_id
-- question: What was said, word for word, where, in answer to what, and about whom?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90 of core_posts
-- column kind: post, review, comment, topic, reply, question, answer, article or episode_turn
-- column created_at: when the person published it (UTC)
-- column created_date: day of created_at in the reporting time zone
-- column text: the person's words
-- column parent_text: the words that the post answers, when seen and at most 90 days older; NULL otherwise
-- column parent_author_id: author of the post answered
-- column brand_ids: brands mentioned, directly or by a product, or whose product the page is about, in alphabetical order
-- column product_ids: products mentioned, or that the page is about, in alphabetical order
-- column brands: names of the brands of brand_ids
-- column products: names of the products of product_ids
-- column umot: positive, negative or none; per product see umot_feed
-- column complaints: words of the post that complain
with mentioned as (
    select
        subjects.post_id,
        list_sort(list(distinct brands.brand_id)) as brand_ids,
        list_sort(list(distinct brands.name)) as brands,
        list_sort(list(distinct products.product_id) filter (where products.product_id is not null))
            as product_ids,
        list_sort(list(distinct products.name) filter (where products.name is not null)) as products
    from core_subjects as subjects
    left join products using (product_id)
    join brands on subjects.brand_id = brands.brand_id
    where subjects.created_date between getvariable('from_date') and getvariable('to_date')
    group by subjects.post_id
),

complaining as (
    select post_id, in_place(list(placed(start, span_id, text))) as complaints
    from core_cues
    where created_date between getvariable('from_date') and getvariable('to_date')
        and kind = 'complaint'
    group by post_id
)

select
    posts.post_id,
    posts.created_date,
    posts.created_at,
    posts.source,
    posts.kind,
    posts.text,
    posts.title,
    posts.url,
    posts.author_id,
    posts.is_owned,
    posts.lang,
    posts.thread_id,
    posts.thread_title,
    posts.parent_id,
    parent.text as parent_text,
    parent.author_id as parent_author_id,
    coalesce(mentioned.brand_ids, []) as brand_ids,
    coalesce(mentioned.product_ids, []) as product_ids,
    coalesce(mentioned.brands, []) as brands,
    coalesce(mentioned.products, []) as products,
    posts.rating,
    readings.umot,
    readings.stance,
    readings.experience,
    readings.purchase,
    readings.is_seeking_advice,
    readings.influenced_by,
    readings.commercial,
    readings.advocacy,
    coalesce(complaining.complaints, []) as complaints,
    seen.like_count,
    seen.reply_count,
    seen.share_count,
    seen.view_count,
    seen.engagement_at,
    seen.engagement_rate,
    seen.follower_count,
    seen.tier,
    posts.is_duplicate,
    posts.duplicate_of
from core_posts as posts
left join core_readings as readings
    on posts.post_id = readings.post_id
    and posts.created_date = readings.created_date
left join core_posts as parent
    on posts.parent_id = parent.post_id
    and parent.created_date between posts.created_date - getvariable('lookback')::integer and posts.created_date
    and parent.created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
left join mentioned
    on posts.post_id = mentioned.post_id
left join complaining
    on posts.post_id = complaining.post_id
left join core_reach as seen
    on posts.post_id = seen.post_id
    and posts.created_date = seen.created_date
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
