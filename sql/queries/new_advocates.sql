-- part: umot
-- question: Who recommended us for the first time?
-- reads: The first recommendation is looked for in all that was ever heard, then the days are applied: filter by days first and every old advocate is new again. One row = one person; paid words do not make an advocate.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 7
with firsts as (
    select
        author_id,
        min(created_date) as first_date,
        count(distinct post_id) as posts,
        arg_min(coalesce(product, brand), created_at) as product,
        arg_min(source, created_at) as source,
        arg_min(influenced_by, created_at) as led_by,
        arg_min(url, created_at) as url,
        arg_min(sentence, created_at) as words
    from umot_feed
    where polarity = 'for'
        and commercial = 'organic'
        and author_id is not null
        and brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    group by author_id
)

select
    firsts.first_date,
    coalesce(names.name, names.handle, left(firsts.author_id, 8)) as author,
    authors.tier,
    firsts.source,
    firsts.product,
    firsts.posts as posts_since,
    firsts.led_by,
    firsts.url,
    firsts.words
from firsts
join core_authors as authors
    on firsts.author_id = authors.author_id
left join author_names as names
    on firsts.author_id = names.author_id
where firsts.first_date > (select max(created_date) from coverage_daily) - $days::integer
order by firsts.first_date desc, author
