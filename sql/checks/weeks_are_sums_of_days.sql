-- A week of share of voice is the sum of its days, and every day has its week.
with days as (
    select
        date_trunc('week', created_date)::date + 6 as created_date,
        source, lang, level, brand_id, product_id, category_id,
        sum(post_count) as post_count,
        max(author_count) as least_authors,
        sum(author_count) as most_authors
    from share_of_voice_daily
    group by all
)

select days.*, weeks.post_count as weekly_post_count, weeks.author_count as weekly_author_count
from days
full join share_of_voice_weekly as weeks
    on days.created_date = weeks.created_date
    and days.source = weeks.source
    and days.lang is not distinct from weeks.lang
    and days.level = weeks.level
    and days.brand_id = weeks.brand_id
    and days.product_id is not distinct from weeks.product_id
    and days.category_id is not distinct from weeks.category_id
where days.post_count is distinct from weeks.post_count
    or weeks.author_count not between days.least_authors and days.most_authors
    or days.source is null
    or weeks.source is null
