-- grain: one brand, one kind of people (authors, advocates), one month in which they first appeared, and one month since
-- key: brand_id, kind, cohort_date, months_since
-- question: Do people who speak of us come back, and do we keep those who recommend us?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: retention v1 (2026-11-22) people (linked accounts once, brands apart) who first mentioned the brand in one month and mention it in a later one; an advocate (first organic UMOT for in the month) is retained while the person speaks of the brand in the later month and their latest organic UMOT there, if any, is for; lost when silent, or against; Wilson 95 % interval
-- metric: retention v2 (2026-11-22) as v1, and of no one in the month in which they first appeared: to be in the cohort is to have spoken then
-- metric: retention v3 (2026-11-22) as v2, where a post on the page of a product mentions it, named or not
-- column brand_id: brand of brands.yml, its products included
-- column kind: authors (who mention it) or advocates (who recommend it organically, out of their own experience)
-- column cohort_date: first day of the month in which these people first did
-- column months_since: calendar months since, 0 to 24; 0 is the month itself, in which nobody can have come back yet
-- column month_date: first day of the month looked at
-- column is_complete: whether that month had ended on the last day listened to; until then people may still speak
-- column cohort_count: people of the cohort
-- column retained_count: of these, people who came back in the month looked at; NULL in month 0, and where nothing was heard in it
-- column lost_count: of these, people who did not, or are now against; NULL in month 0, where nothing was heard, and until the month has ended; where coverage is low, many were only not heard
-- column against_count: of cohort_count, people whose latest organic UMOT of the month is against, in month 0 too; always 0 for authors
-- column retention: retained_count / cohort_count, 0 to 1; NULL in month 0, where it would be 1 by construction
-- column retention_low: lower bound of its 95 % interval
-- column retention_high: upper bound of its 95 % interval
-- column cohort_person_ids: person_ids (see core_persons) of cohort_count
-- column retained_person_ids: person_ids of retained_count
-- column lost_person_ids: person_ids of lost_count
-- column coverage: share of the planned source-windows of the month looked at that were complete, 0 to 1
with mentions as (
    select distinct
        subjects.brand_id,
        persons.person_id,
        date_trunc('month', subjects.created_date)::date as month_date
    from core_subjects as subjects
    join core_persons as persons using (author_id)
    where not subjects.is_duplicate
        and not persons.is_owned
),

stances as (
    select
        umots.brand_id,
        persons.person_id,
        date_trunc('month', umots.created_date)::date as month_date,
        arg_min(umots.polarity, dated(umots.created_at, umots.umot_id)) as polarity,
        bool_or(umots.polarity = 'for') as is_recommending
    from umots
    join core_persons as persons using (author_id)
    where umots.commercial = 'organic'
        and umots.brand_id is not null
        and not persons.is_owned
    group by all
),

-- A UMOT may be about the thing that the thread speaks of, and name no brand.
spoken as (
    select brand_id, person_id, month_date from mentions
    union
    select brand_id, person_id, month_date from stances
),

cohorts as (
    select 'authors' as kind, brand_id, person_id, min(month_date) as cohort_date
    from spoken
    group by all
    union all
    select 'advocates', brand_id, person_id, min(month_date)
    from stances
    where is_recommending
    group by all
),

months as (
    select
        date_trunc('month', created_date)::date as month_date,
        sum(planned_count) as planned_count,
        coalesce(sum(complete_count) / nullif(sum(planned_count), 0), 0) as coverage
    from core_days
    group by all
),

calendar as (
    select unnest(generate_series(min(month_date), max(month_date), interval 1 month))::date as month_date
    from months
),

due as (
    select
        cohorts.*,
        calendar.month_date,
        datediff('month', cohorts.cohort_date, calendar.month_date) as months_since,
        spoken.person_id is not null as is_heard,
        cohorts.kind = 'advocates' and coalesce(stances.polarity = 'against', false) as is_against
    from cohorts
    join calendar
        on calendar.month_date between cohorts.cohort_date and cohorts.cohort_date + interval 24 months
    left join spoken
        on cohorts.brand_id = spoken.brand_id
        and cohorts.person_id = spoken.person_id
        and calendar.month_date = spoken.month_date
    left join stances
        on cohorts.brand_id = stances.brand_id
        and cohorts.person_id = stances.person_id
        and calendar.month_date = stances.month_date
),

counted as (
    select
        kind,
        brand_id,
        cohort_date,
        months_since,
        month_date,
        count(*) as cohort_count,
        list_sort(list(person_id)) as cohort_person_ids,
        count_if(is_heard and not is_against)::bigint as retained_count,
        count_if(is_against)::bigint as against_count,
        coalesce(list_sort(list(person_id) filter (is_heard and not is_against)), []) as retained_person_ids,
        coalesce(list_sort(list(person_id) filter (not is_heard or is_against)), []) as lost_person_ids
    from due
    group by all
),

judged as (
    select
        counted.*,
        coalesce(months.coverage, 0) as coverage,
        coalesce(months.coverage, 0) > 0 or counted.retained_count + counted.against_count > 0 as is_seen,
        is_seen and counted.months_since > 0 as is_told,
        last_day(counted.month_date) <= (select max(created_date) from core_days where planned_count > 0) as is_ended
    from counted
    left join months using (month_date)
)

select
    brand_id,
    kind,
    cohort_date,
    months_since,
    month_date,
    coalesce(is_ended, false) as is_complete,
    cohort_count,
    if(is_told, retained_count, null) as retained_count,
    if(is_told and is_complete, cohort_count - retained_count, null) as lost_count,
    if(is_seen, against_count, null) as against_count,
    if(is_told, retained_count / cohort_count, null) as retention,
    if(is_told, wilson_low(retained_count, cohort_count), null) as retention_low,
    if(is_told, wilson_high(retained_count, cohort_count), null) as retention_high,
    cohort_person_ids,
    if(is_told, retained_person_ids, []) as retained_person_ids,
    if(lost_count is null, [], lost_person_ids) as lost_person_ids,
    coverage
from judged
