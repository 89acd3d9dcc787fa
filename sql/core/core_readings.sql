-- grain: one post that was understood and is not deleted, in its latest version
-- key: post_id
-- question: What would a careful person conclude from the post?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
with latest as (
    select post_id, field, value
    from corrections
    where corrected = 'readings'
    qualify row_number() over (partition by post_id, field order by corrected_at desc, correction_id desc) = 1
),

corrected as (
    select
        post_id,
        max(value) filter (field = 'stance') as stance,
        max(value) filter (field = 'experience') as experience,
        max(value) filter (field = 'purchase') as purchase,
        max(value) filter (field = 'is_seeking_advice') as is_seeking_advice,
        max(value) filter (field = 'influenced_by') as influenced_by,
        max(value) filter (field = 'commercial') as commercial,
        max(value) filter (field = 'umot') as umot
    from latest
    group by post_id
)

select
    reading.* exclude (run_date, lang, lang_confidence, bands) replace (
        coalesce(corrected.stance, reading.stance) as stance,
        coalesce(corrected.experience, reading.experience) as experience,
        coalesce(corrected.purchase, reading.purchase) as purchase,
        coalesce(corrected.is_seeking_advice::boolean, reading.is_seeking_advice) as is_seeking_advice,
        nullif(coalesce(corrected.influenced_by, reading.influenced_by), '') as influenced_by,
        coalesce(corrected.commercial, reading.commercial) as commercial,
        coalesce(corrected.umot, reading.umot) as umot
    ),
    posts.created_date
from readings as reading
join core_posts as posts using (post_id, run_date, source)
left join corrected
    on reading.post_id = corrected.post_id
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
