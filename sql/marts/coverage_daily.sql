-- grain: one day and one source
-- key: created_date, source
-- question: What did we not see, where, when and why?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column created_date: UTC day of the run, taken as the day in the reporting time zone that it covers; of an import each day of its rows
-- column planned_count: windows (queries of the source) planned for that day, asked or not; of an import each day of its rows; one that failed counts on the day it was tried, until it is mended
-- column complete_count: of these, windows complete that night, or seen whole by a later one
-- column coverage: complete_count / planned_count, 0 to 1
-- column states: what became of the windows, with their number, such as blocked 1, complete 2
-- column reasons: why windows are not complete, each reason once
-- column post_count: posts that the runs of that day parsed, those of an import on the last day of its rows unless another of its name has all its days; NULL when nothing was asked
-- column quarantined_count: items refused with a reason; NULL when nothing was asked
-- column request_count: requests answered; NULL when nothing was asked
with horizon as (
    select max(run_date) as last_date from outcomes
),

-- A source is planned from its first night to the lake's last one; once it has left brands.yml, to its own last one.
spans as (
    select
        outcomes.source,
        min(outcomes.run_date) as first_date,
        if(bool_or(sources.is_enabled), max(horizon.last_date), max(outcomes.run_date)) as last_date
    from outcomes
    cross join horizon
    left join sources using (source)
    where sources.type is distinct from 'file'
    group by outcomes.source
    union all
    select sources.source, horizon.last_date, horizon.last_date
    from sources
    cross join horizon
    where sources.is_enabled
        and sources.type <> 'file'
        and horizon.last_date is not null
        and sources.source not in (select source from outcomes)
),

-- An export tells of the days of its rows, and not of the night that brought it.
exports as (
    select
        outcomes.source,
        outcomes.query,
        outcomes.run_date,
        (outcomes.covered_from_at at time zone getvariable('timezone'))::date as from_date,
        (outcomes.covered_to_at at time zone getvariable('timezone'))::date as to_date,
        outcomes.post_count,
        outcomes.quarantined_count,
        outcomes.request_count
    from outcomes
    join sources using (source)
    where sources.type = 'file'
        and outcomes.state in ('complete', 'empty')
        and outcomes.covered_from_at is not null
        and outcomes.covered_to_at is not null
),

-- Days that another export of its name has all, of two alike the later one's, are told by that one: imported again, or
-- grown since, it counts no more. What only overlaps, as exports of every week may, counts by itself.
counted_exports as (
    select *
    from exports
    where not exists (
        select 1
        from exports as other
        where other.source = exports.source
            and other.query = exports.query
            and other.from_date <= exports.from_date
            and other.to_date >= exports.to_date
            and (other.to_date - other.from_date, other.run_date)
            > (exports.to_date - exports.from_date, exports.run_date)
    )
),

told_days as (
    select distinct
        unnest(generate_series(from_date, to_date, interval 1 day))::date as created_date,
        source,
        query
    from exports
),

-- An import that failed is mended by a later one of its name whose rows begin no later than the failure, nor later than
-- the day after the last that an earlier one brought: of what lies between nobody would be told.
nights as (
    select *
    from outcomes
    anti join exports using (source, query, run_date)
    where not exists (
        select 1
        from exports
        where exports.source = outcomes.source
            and exports.query = outcomes.query
            and exports.run_date > outcomes.run_date
            and outcomes.state not in ('complete', 'empty')
            and exports.from_date <= outcomes.run_date
            and exports.from_date <= coalesce((
                select max(earlier.to_date)
                from exports as earlier
                where earlier.source = outcomes.source
                    and earlier.query = outcomes.query
                    and earlier.run_date < outcomes.run_date
            ) + 1, exports.from_date)
    )
),

days as (
    select source, unnest(generate_series(first_date, last_date, interval 1 day))::date as created_date
    from spans
    union
    select source, run_date from nights
),

-- What each complete window saw whole: its own day, and the days inside the span that it really covered.
seen_windows as (
    select
        outcomes.source,
        outcomes.query,
        outcomes.run_date,
        (outcomes.covered_from_at at time zone getvariable('timezone'))::date + 1 as from_date,
        (outcomes.covered_to_at at time zone getvariable('timezone'))::date - 1 as to_date
    from nights as outcomes
    where outcomes.state in ('complete', 'empty')
),

unasked_queries as (
    select source, unnest(if(len(queries) = 0, [''], queries)) as query from sources
),

planned as (
    select
        days.created_date,
        days.source,
        coalesce(outcomes.query, unasked_queries.query, '') as query,
        coalesce(outcomes.state, 'not_asked') as state,
        if(outcomes.state is null, 'not asked', outcomes.reason) as reason,
        outcomes.post_count,
        outcomes.quarantined_count,
        outcomes.request_count
    from days
    left join nights as outcomes
        on days.source = outcomes.source
        and days.created_date = outcomes.run_date
    left join unasked_queries
        on days.source = unasked_queries.source
        and outcomes.source is null
),

judged as (
    select
        planned.*,
        exists (
            select 1
            from seen_windows
            where seen_windows.source = planned.source
                and seen_windows.query = planned.query
                and (
                    seen_windows.run_date = planned.created_date
                    or planned.created_date between seen_windows.from_date and seen_windows.to_date
                )
        ) as is_complete
    from planned
    union all by name
    select
        told_days.*,
        'complete' as state,
        null as reason,
        counted_exports.post_count,
        counted_exports.quarantined_count,
        counted_exports.request_count,
        true as is_complete
    from told_days
    left join counted_exports
        on told_days.source = counted_exports.source
        and told_days.query = counted_exports.query
        and told_days.created_date = counted_exports.to_date
),

states as (
    select created_date, source, string_agg(state || ' ' || windows, ', ' order by state) as states
    from (select created_date, source, state, count(*) as windows from judged group by all)
    group by all
)

select
    created_date,
    source,
    count(*) as planned_count,
    count_if(is_complete)::bigint as complete_count,
    count_if(is_complete) / count(*) as coverage,
    any_value(states.states) as states,
    string_agg(distinct reason, '; ' order by reason) filter (where not is_complete) as reasons,
    sum(post_count)::bigint as post_count,
    sum(quarantined_count)::bigint as quarantined_count,
    sum(request_count)::bigint as request_count
from judged
join states using (created_date, source)
group by created_date, source
