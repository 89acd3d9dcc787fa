-- The UMOTs of the catalogue are counted once a day in umot_daily and once a week in product_league.
with said as (
    select count(*) as umots from umots where brand_id is not null
),

daily as (
    select sum(for_count + against_count) as umots, sum(len(umot_ids)) as named from umot_daily
),

weekly as (
    select sum(for_count + against_count) as umots, sum(len(for_umot_ids) + len(against_umot_ids)) as named
    from product_league
    where window_weeks = 1
)

select said.umots, daily.umots as daily_umots, weekly.umots as weekly_umots
from said, daily, weekly
where said.umots not in (coalesce(daily.umots, 0))
    or said.umots not in (coalesce(weekly.umots, 0))
    or said.umots not in (coalesce(daily.named, 0))
    or said.umots not in (coalesce(weekly.named, 0))
