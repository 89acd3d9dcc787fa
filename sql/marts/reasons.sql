-- grain: one window of 1, 4 or 13 weeks, one brand or product of it (NULL: the brand as a whole), one polarity and one reason
-- key: created_date, window_weeks, brand_id, product_id, polarity, reason
-- question: Why do people recommend it, and why do they advise against it?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- metric: reasons v1 (2026-11-22) authors who give a reason of one aspect in a UMOT, by product and polarity, organic or not; words whose aspect is not known count by themselves
-- column created_date: last day of the window, a Sunday; the window of the current week is not full yet
-- column window_weeks: length: 1, 4 or 13 weeks from Monday to Sunday
-- column window_from_date: first day of the window, a Monday
-- column brand_id: brand of brands.yml; targets outside the catalogue are left out
-- column product_id: product of the brand; NULL for UMOTs about the brand as a whole
-- column polarity: for or against
-- column author_count: authors who give the reason, each once
-- column organic_author_count: of these, authors without commercial evidence
-- column umot_count: UMOTs that give it
-- column verbatims: their words, each wording once, the most frequent first
-- column span_ids: where they stand, see core_cues
-- column umot_ids: the UMOTs, see umot_feed
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
with given as (
    select *, date_trunc('week', created_date)::date + 6 as sunday
    from core_reasons
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and brand_id is not null
),

windowed as (
    select windows.created_date, windows.window_weeks, windows.window_from_date, windows.coverage, given.* exclude (created_date)
    from core_windows as windows
    join given
        on given.sunday between windows.created_date - 7 * (windows.window_weeks - 1)::integer and windows.created_date
    where windows.created_date between getvariable('from_date') and getvariable('to_date')
),

wordings as (
    select created_date, window_weeks, brand_id, product_id, polarity, reason, verbatim, count(*) as times
    from windowed
    group by all
),

words as (
    select
        created_date, window_weeks, brand_id, product_id, polarity, reason,
        list(verbatim order by times desc, verbatim) as verbatims
    from wordings
    group by all
)

select
    windowed.created_date,
    windowed.window_weeks,
    windowed.window_from_date,
    windowed.brand_id,
    windowed.product_id,
    windowed.polarity,
    windowed.reason,
    bool_or(windowed.is_aspect) as is_aspect,
    count(distinct coalesce(windowed.author_id, windowed.post_id)) as author_count,
    count(distinct coalesce(windowed.author_id, windowed.post_id)) filter (where windowed.commercial = 'organic')
        as organic_author_count,
    count(distinct windowed.umot_id) as umot_count,
    any_value(words.verbatims) as verbatims,
    list_sort(list(windowed.span_id)) as span_ids,
    list(distinct windowed.umot_id order by windowed.umot_id) as umot_ids,
    any_value(windowed.coverage) as coverage
from windowed
join words
    on windowed.created_date = words.created_date
    and windowed.window_weeks = words.window_weeks
    and windowed.brand_id = words.brand_id
    and windowed.product_id is not distinct from words.product_id
    and windowed.polarity = words.polarity
    and windowed.reason = words.reason
group by
    windowed.created_date, windowed.window_weeks, windowed.window_from_date, windowed.brand_id, windowed.product_id,
    windowed.polarity, windowed.reason
