-- part: umot
-- question: Which products do people recommend most, and how do ours stand?
-- reads: place is by organic UMOTs for minus against, in one window; a product that nobody recommends has none and comes last; windows of different lengths overlap, never add them. UMOTs count posts, not people: for people ask net_advocacy_now with level=product.
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 4
select
    league.place,
    league.product,
    brands.name as brand,
    not brands.is_rival as is_ours,
    league.organic_for_count as umots_for,
    league.organic_against_count as umots_against,
    league.for_count + league.against_count - league.organic_for_count - league.organic_against_count as paid_or_given,
    league.reasons_for,
    league.reasons_against
from product_league as league
join brands
    on league.brand_id = brands.brand_id
where league.window_weeks = $window_weeks::integer
    and league.created_date = (select max(created_date) from core_windows)
    and league.for_count + league.against_count > 0
order by league.place, league.product
