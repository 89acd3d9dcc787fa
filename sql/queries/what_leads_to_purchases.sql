-- part: touchpoints
-- question: Which kind of content, in which channel, is followed by stated purchases?
-- reads: One row = one type and channel. A post of two types stands in both, so posts do not add up over types; a purchase after two touchpoints stands with both. followed_share on few posts means little: read low and high.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param window_weeks: length of the window in weeks (1, 4 or 13) = 13
-- param least_posts: fewest posts for a row (whole number from 1 to 1000000) = 3
select
    stage,
    type,
    channel,
    touchpoint_count as posts,
    author_count as people,
    followed_count as followed,
    round(followed_share, 3) as followed_share,
    round(followed_low, 3) as low,
    round(followed_high, 3) as high,
    purchase_count as purchases_after,
    umot_count as umots_after,
    round(coverage, 3) as coverage
from touchpoint_matrix
where brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and window_weeks = $window_weeks::integer
    and created_date = (select max(created_date) from core_windows)
    and touchpoint_count >= $least_posts::integer
order by followed desc, followed_share desc, posts desc, type, channel
