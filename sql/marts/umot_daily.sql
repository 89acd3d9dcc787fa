-- grain: one day, one source, one brand and one product of it (NULL: the brand as a whole)
-- key: created_date, source, brand_id, product_id
-- question: How many people recommend or advise against each product, and how many of them organically?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day of the posts in the reporting time zone
-- column brand_id: brand of brands.yml
-- column product_id: product of the brand; NULL for UMOTs about the brand as a whole
-- column for_count: UMOTs that recommend; NULL where nothing was seen
-- column against_count: UMOTs that advise against; NULL where nothing was seen
-- column organic_for_count: of for_count, those without commercial evidence
-- column organic_against_count: of against_count, those without commercial evidence
-- column organic_for_author_count: authors of organic_for_count, each once
-- column organic_against_author_count: authors of organic_against_count, each once
-- column coverage: share of the planned source-windows of that day and source that were complete, 0 to 1
-- column umot_ids: the UMOTs counted, see umot_feed
with counted as (
    select
        created_date,
        source,
        brand_id,
        product_id,
        count_if(polarity = 'for')::bigint as for_count,
        count_if(polarity = 'against')::bigint as against_count,
        count_if(polarity = 'for' and commercial = 'organic')::bigint as organic_for_count,
        count_if(polarity = 'against' and commercial = 'organic')::bigint as organic_against_count,
        count(distinct author_id) filter (where polarity = 'for' and commercial = 'organic') as organic_for_author_count,
        count(distinct author_id) filter (where polarity = 'against' and commercial = 'organic')
            as organic_against_author_count,
        list_sort(list(umot_id)) as umot_ids
    from umots
    where created_date between getvariable('from_date') and getvariable('to_date')
        and brand_id is not null
    group by all
),

things as (
    select brand_id, null::varchar as product_id from brands
    union all
    select brand_id, product_id from products
),

days as (
    select created_date, source, coverage
    from core_days
    where created_date between getvariable('from_date') and getvariable('to_date')
)

select
    days.created_date,
    days.source,
    things.brand_id,
    things.product_id,
    coalesce(counted.for_count, if(days.coverage > 0, 0, null)) as for_count,
    coalesce(counted.against_count, if(days.coverage > 0, 0, null)) as against_count,
    coalesce(counted.organic_for_count, if(days.coverage > 0, 0, null)) as organic_for_count,
    coalesce(counted.organic_against_count, if(days.coverage > 0, 0, null)) as organic_against_count,
    coalesce(counted.organic_for_author_count, if(days.coverage > 0, 0, null)) as organic_for_author_count,
    coalesce(counted.organic_against_author_count, if(days.coverage > 0, 0, null)) as organic_against_author_count,
    days.coverage,
    coalesce(counted.umot_ids, []) as umot_ids
from days
cross join things
left join counted
    on days.created_date = counted.created_date
    and days.source = counted.source
    and things.brand_id = counted.brand_id
    and things.product_id is not distinct from counted.product_id
