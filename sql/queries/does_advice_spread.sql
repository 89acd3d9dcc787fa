-- part: chains
-- question: Does one recommendation of us lead to the next, and how deep does it go?
-- reads: reproduction is next-generation UMOTs per UMOT: above 1 advice spreads by itself; the interval is wide on few UMOTs. Take the brand's row or its products', never both: the brand holds them. Recent weeks had less time to be followed.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 13
select
    window_from_date,
    product,
    product_id is null as is_whole_brand,
    umot_count as umots_for,
    next_umot_count as next_umots,
    round(reproduction_number, 2) as reproduction,
    round(reproduction_low, 2) as low,
    round(reproduction_high, 2) as high,
    follower_count as people_who_followed,
    depth_1_count as chains_1_deep,
    depth_2_count as chains_2_deep,
    depth_3_count as chains_3_or_deeper,
    round(coverage, 3) as coverage
from chain_summary
where window_weeks = $window_weeks::integer
    and created_date = (select max(created_date) from core_windows)
    and umot_count > 0
    and ($brand is null or brand_id = $brand)
order by brand_id, is_whole_brand desc, umots_for desc, product
