-- part: people
-- question: Do people who speak of us come back month after month, and do we keep our advocates?
-- reads: One row = one month in which people first appeared (the cohort) and one month since. Divide within a row only: a cohort stands in every later month, so cohort_people does not add up. NULL: it is the month of the cohort itself, nothing was heard, or the month has not ended.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param kind: those who recommend us, or all who mention us (advocates or authors) = advocates
select
    community.cohort_date,
    community.months_since,
    community.cohort_count as cohort_people,
    community.retained_count as came_back,
    community.lost_count as lost,
    community.against_count as of_these_against_us_now,
    round(community.retention, 3) as retention,
    round(community.retention_low, 3) as low,
    round(community.retention_high, 3) as high,
    community.is_complete as month_has_ended,
    round(community.coverage, 3) as coverage
from community
where community.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and community.kind = $kind
order by community.cohort_date desc, community.months_since
