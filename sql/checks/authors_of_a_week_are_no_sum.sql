-- Authors of a week over all sources and languages are at least those of any one of them, and at most all added up.
select created_date, level, brand_id, product_id, category_id, sum(author_count) as summed, max(everywhere_author_count) as counted
from share_of_voice_weekly
where is_rebuilt('share_of_voice_weekly', created_date)
group by all
having max(everywhere_author_count) not between max(author_count) and sum(author_count)
    or max(everywhere_author_count) is distinct from min(everywhere_author_count)
    or max(everywhere_author_count) > max(everywhere_tracked_author_count)
    or (sum(author_count) is null) <> (max(everywhere_author_count) is null)
