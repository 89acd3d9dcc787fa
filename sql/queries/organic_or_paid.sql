-- part: umot
-- question: How much of what recommends us is organic, and how much is paid or given?
-- reads: umots counts one person, one product and one post as one; people counts authors once a row, and who speaks both paid and unpaid stands in two rows. Taken from umots, not from posts: a sponsored post that recommends nothing is no recommendation.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
with counted as (
    select
        brand,
        commercial,
        count(*) as umots,
        count_if(polarity = 'for') as umots_for,
        count_if(polarity = 'against') as umots_against,
        count(distinct author_id) as people
    from umot_feed
    where brand_id is not null
        and ($brand is null or brand_id = $brand)
        and created_date > (select max(created_date) from coverage_daily) - $days::integer
    group by brand, commercial
)

select
    brand,
    commercial,
    umots,
    umots_for,
    umots_against,
    people,
    round(umots / sum(umots) over (partition by brand), 3) as share_of_the_brands_umots
from counted
order by sum(umots) over (partition by brand) desc, brand, umots desc, commercial
