-- grain: one day, one source and one language heard there that day, or that brands.yml expects there
-- key: created_date, source, lang
-- question: In which languages could we hear on a day?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column created_date: day in the reporting time zone
-- column lang: ISO 639-1 code; NULL for posts whose language is not known, or where none is expected
with expected as (
    select days.created_date, days.source, unnest(if(len(sources.languages) > 0, sources.languages, [null])) as lang
    from core_days as days
    left join sources using (source)
    where days.created_date between getvariable('from_date') and getvariable('to_date')
),

heard as (
    select created_date, source, lang
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
        and not is_duplicate
),

langs as (
    from expected
    union
    from heard
)

select langs.created_date, langs.source, langs.lang, days.planned_count, days.complete_count, days.coverage
from langs
join core_days as days using (created_date, source)
where days.created_date between getvariable('from_date') and getvariable('to_date')
