-- Brands by number of posts, with the people whose latest organic UMOT is for or against.
with heard as (
    select brand_id, sum(post_count)::bigint as posts
    from share_of_voice_daily
    where created_date between getvariable('first_day') and getvariable('last_day')
        and level = 'brand'
    group by brand_id
),

days as (
    select distinct created_date, source, lang, tracked_post_count
    from share_of_voice_daily
    where created_date between getvariable('first_day') and getvariable('last_day')
        and level = 'brand'
),

latest as (
    select brand_id, polarity
    from umot_feed
    where created_date between getvariable('first_day') and getvariable('last_day')
        and commercial = 'organic'
        and brand_id is not null
    qualify row_number() over (partition by author_id, brand_id order by created_at desc, umot_id) = 1
)

select
    name,
    is_rival,
    coalesce(heard.posts, 0),
    heard.posts / nullif((select sum(tracked_post_count) from days), 0),
    (select count_if(polarity = 'for') from latest where latest.brand_id = brands.brand_id),
    (select count_if(polarity = 'against') from latest where latest.brand_id = brands.brand_id)
from brands
left join heard using (brand_id)
order by heard.posts desc nulls last, is_rival, name
