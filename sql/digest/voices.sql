-- Brands by number of posts, with the people whose latest organic UMOT is for or against; where nothing was seen, a count
-- of none is NULL.
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
        and author_id is not null
    qualify row_number() over (partition by author_id, brand_id order by created_at desc, umot_id) = 1
),

people as (
    select brand_id, count_if(polarity = 'for') as plus, count_if(polarity = 'against') as minus
    from latest
    group by brand_id
),

seen as (
    select if(sum(complete_count) > 0, 0, null) as zero
    from coverage_daily
    where created_date between getvariable('first_day') and getvariable('last_day')
)

select
    name,
    is_rival,
    coalesce(heard.posts, seen.zero),
    heard.posts / nullif((select sum(tracked_post_count) from days), 0),
    coalesce(people.plus, seen.zero),
    coalesce(people.minus, seen.zero)
from brands
cross join seen
left join heard using (brand_id)
left join people using (brand_id)
order by heard.posts desc nulls last, is_rival, name
