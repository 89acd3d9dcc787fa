-- Every figure of share of voice counts each of its posts once, and each post that it names.
select 'share_of_voice_daily' as mart, created_date, source, lang, level, brand_id, post_count, len(post_ids) as named
from share_of_voice_daily
where is_rebuilt('share_of_voice_daily', created_date)
    and (coalesce(post_count, 0) <> len(list_distinct(post_ids)) or len(post_ids) <> len(list_distinct(post_ids)))
union all
select 'share_of_voice_weekly', created_date, source, lang, level, brand_id, post_count, len(post_ids)
from share_of_voice_weekly
where is_rebuilt('share_of_voice_weekly', created_date)
    and (coalesce(post_count, 0) <> len(list_distinct(post_ids)) or len(post_ids) <> len(list_distinct(post_ids)))
