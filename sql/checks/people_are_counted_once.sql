-- Whoever stands for or against a brand stands there once a window, and a product or category has no more people than its brand.
select parts.created_date, parts.window_weeks, parts.level, parts.brand_id, parts.product_id, parts.author_count
from net_advocacy as parts
join net_advocacy as wholes
    on parts.created_date = wholes.created_date
    and parts.window_weeks = wholes.window_weeks
    and parts.brand_id = wholes.brand_id
    and wholes.level = 'brand'
where is_rebuilt('net_advocacy', parts.created_date)
    and (
        parts.author_count > wholes.author_count
        or parts.for_author_count + parts.against_author_count <> parts.author_count
        or parts.author_count <> len(list_distinct(parts.umot_ids))
        or (parts.is_withheld and parts.net_advocacy is not null)
        or parts.net_advocacy not between parts.net_advocacy_low and parts.net_advocacy_high
    )
