-- grain: one objective of one campaign
-- key: campaign_id, objective
-- question: Did the campaign reach what it had to reach, and what would have come without it?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: expected_without v1 (2026-11-22) for each day heard of the campaign, the mean of the same weekday in the baseline (where that weekday was not heard there, of all its days), added up; times what rivals did meanwhile, divided by what their own baseline expected (0.5 added to both), where rivals have 10 or more in the baseline and the KPI has a rivals' side (difference in differences); of a share or balance, its value in the baseline; withheld where fewer than 7 days, or under half of the baseline, were heard
-- metric: effect v1 (2026-11-22) counts: of all that came in the campaign and its baseline, the Wilson interval of the campaign's part against the part expected (a conditional test of two Poisson counts); shares: Newcombe's interval of the difference; 95 %
-- metric: effect v2 (2026-11-22) counts: the same conditional test by exact binomial tails, 2.5 % on either side; shares: as v1; no_difference only where one could have shown: 5 or more due to each period (of a share: in it and out of it, in each period) had nothing changed (W. G. Cochran's rule); else cannot_tell
-- metric: campaign_share_of_voice v1 (2026-11-22) posts that name the campaign's brand, of those that name any tracked brand
-- metric: campaign_share_of_voice v2 (2026-11-22) copies and posts by brands' own accounts apart, posts that name a product of the campaign, of those that name one or a rival; of a campaign for the whole brand, posts that name it, of those that name any tracked brand
-- metric: campaign_share_of_voice v3 (2026-11-22) as v2, where a post on the page of a product names it, written or not
-- metric: reach v1 (2026-11-22) an interval, over the posts counted: at least the likes, replies and shares that are known, at most the followers of their authors, each author once; unknown as soon as those of one author are; followers of resharers are told by no source
-- metric: reach v2 (2026-11-22) as v1, but at least, of each author, the greatest of the likes, the replies and the shares of one post, added over authors: whoever likes, answers and shares, or does so under two posts of one author, is one person
-- column campaign_id: id in brands.yml
-- column objective: place among the campaign's objectives, 1 first
-- column kpi: what is measured; kpi_definition says what that means
-- column from_date: first day measured: the campaign's first
-- column to_date: last day measured: the deadline, or the last day listened to before it
-- column measured: the figure: a count, or a share or balance where is_rate; NULL where nothing was heard, or a balance has fewer than 10 people
-- column measured_low: lower bound of its 95 % interval: Poisson for counts, Wilson for shares
-- column measured_high: upper bound of its 95 % interval
-- column counted: posts, UMOTs or people behind the figure; of a share, its denominator
-- column target: the value to reach, or to stay under
-- column verdict: met, on_track, missed or cannot_tell, towards the target
-- column verdict_why: in words; also which creators of brands.yml no account heard has the name of
-- column expected: what would have come in these days without the campaign, see the metric expected_without; NULL when withheld
-- column control_ratio: what rivals did divided by what their baseline expected; NULL where it is not used
-- column effect: more or less than expected beyond what chance does to both the campaign and its baseline (95 %), no_difference, or cannot_tell, see the metric effect
-- column effect_why: in words: what the baseline had, and the day that alone has more than a third of the figure (of 7 days heard or more)
-- column organic_count: of counted, those without commercial evidence
-- column commercial_count: of counted, those with commercial evidence, disclosed or probable
-- column creator_count: of counted (of a share, of its numerator only), those by the creators named; too low where unheard_creators is not empty
-- column other_count: of counted (of a share, of its numerator only), those by others
-- column unheard_creators: creators of brands.yml that are neither handle nor name of any account heard: misspelt, or not heard yet; their posts count as those of others, and their own codes as uses
-- column reach_low: people who are known to have met the posts counted, see the metric reach; NULL when unknown
-- column reach_high: people who may have met them; NULL when unknown
-- column reach_unknown_count: authors of the posts counted whose followers are not known
-- column budget: what the campaign cost; NULL when not told
-- column umots_for_count: UMOTs that recommend what the campaign is about, from from_date to to_date
-- column cost_per_umot: budget / umots_for_count; NULL without a budget or a UMOT
-- column cost_per_organic_umot: budget / those of them without commercial evidence; NULL without a budget or such a UMOT
-- column heard_days: days from from_date to to_date on which anything was heard
-- column coverage: share of the planned source-windows of these days that were complete, 0 to 1
-- column baseline_heard_days: days of the baseline on which anything was heard
-- column post_ids: posts behind the figure; of a share, those of its numerator
-- column umot_ids: UMOTs behind the figure; of a share, those of its numerator
with days as (
    select
        created_date,
        dayofweek(created_date) as weekday,
        sum(planned_count) as planned_count,
        sum(complete_count) as complete_count,
        sum(complete_count) > 0 as is_heard
    from core_days
    group by created_date
),

last_day as (
    select max(created_date) as last_date from days where planned_count > 0
),

goals as (
    select
        objectives.*,
        campaigns.brand_id,
        campaigns.product_ids,
        campaigns.first_date,
        campaigns.budget,
        campaigns.currency,
        least(objectives.deadline_date, last_day.last_date) as to_date,
        coalesce(last_day.last_date < campaigns.first_date, true) as is_ahead,
        coalesce(last_day.last_date >= objectives.deadline_date, false) as is_over
    from campaign_objectives as objectives
    join campaigns using (campaign_id)
    cross join last_day
),

-- Every day of both periods, heard or not: a day without a row of its own was not planned.
heard as (
    select
        goals.campaign_id,
        goals.objective,
        count_if(days.is_heard and days.created_date >= goals.first_date)::bigint as heard_days,
        count_if(days.is_heard and days.created_date < goals.first_date)::bigint as baseline_heard_days,
        coalesce(
            sum(days.complete_count) filter (days.created_date >= goals.first_date)
            / nullif(sum(days.planned_count) filter (days.created_date >= goals.first_date), 0), 0
        ) as coverage
    from goals
    left join days
        on days.created_date between goals.first_date - goals.baseline_days and goals.to_date
    group by all
),

events as (
    select events.*, dayofweek(events.created_date) as weekday
    from core_campaign_events as events
    join goals using (campaign_id, objective)
    where events.created_date <= goals.to_date
),

counted as (
    select
        campaign_id,
        objective,
        sum(weight) as total,
        sum(weight * weight) as squares,
        count(*) as counted,
        count_if(commercial = 'organic')::bigint as organic_count,
        count_if(commercial <> 'organic')::bigint as commercial_count,
        count_if(is_by_creator and (weight > 0 or kpi = 'engagement'))::bigint as creator_count,
        count_if(not is_by_creator and (weight > 0 or kpi = 'engagement'))::bigint as other_count,
        coalesce(list(distinct post_id order by post_id) filter (weight > 0 or kpi = 'engagement'), []) as post_ids,
        coalesce(list(distinct umot_id order by umot_id) filter (weight > 0 and umot_id is not null), []) as umot_ids
    from events
    where period = 'campaign'
        and side = 'own'
    group by all
),

-- Rates: the whole of the baseline; counts: its weekdays, for as many of them as the campaign was heard on.
baseline_rates as (
    select
        campaign_id, objective, avg(weight) as rate, sum(weight) as before, count(*) as baseline_count,
        count(weight) > 0 as is_told
    from events
    where period = 'baseline'
        and side = 'own'
    group by all
),

-- Only what came on days heard: a day that was not listened to has no usual count.
daily as (
    select
        goals.campaign_id,
        goals.objective,
        sides.side,
        days.created_date,
        days.weekday,
        if(days.created_date < goals.first_date, 'baseline', 'campaign') as period,
        coalesce(sum(events.weight), 0) as total
    from goals
    join days
        on days.created_date between goals.first_date - goals.baseline_days and goals.to_date
        and days.is_heard
    cross join (select unnest(['own', 'rival']) as side) as sides
    left join events
        on goals.campaign_id = events.campaign_id
        and goals.objective = events.objective
        and sides.side = events.side
        and days.created_date = events.created_date
    where not goals.is_rate
    group by all
),

usual as (
    select campaign_id, objective, side, weekday, avg(total) as usual
    from daily
    where period = 'baseline'
    group by all
),

sides as (
    select
        daily.campaign_id,
        daily.objective,
        daily.side,
        sum(daily.total) filter (daily.period = 'baseline') as before,
        sum(daily.total) filter (daily.period = 'campaign') as during,
        sum(coalesce(usual.usual, anyday.usual)) filter (daily.period = 'campaign') as expected
    from daily
    left join usual using (campaign_id, objective, side, weekday)
    left join (
        select campaign_id, objective, side, avg(total) as usual from daily where period = 'baseline' group by all
    ) as anyday using (campaign_id, objective, side)
    group by all
),

controlled as (
    select
        own.campaign_id,
        own.objective,
        if(
            rival.before >= 10 and goals.kpi not in ('code_uses', 'influenced'),
            (rival.during + 0.5) / (rival.expected + 0.5), null
        ) as control_ratio,
        own.before,
        own.expected * coalesce(control_ratio, 1) as expected
    from sides as own
    join goals using (campaign_id, objective)
    join sides as rival
        on own.campaign_id = rival.campaign_id
        and own.objective = rival.objective
        and rival.side = 'rival'
    where own.side = 'own'
),

audiences as (
    select
        events.campaign_id,
        events.objective,
        count(distinct events.author_id) filter (reach.follower_count is null) + count_if(events.author_id is null)
            as unknown_count
    from (
        select distinct campaign_id, objective, post_id, author_id
        from events
        where period = 'campaign' and side = 'own' and (weight > 0 or kpi = 'engagement')
    ) as events
    left join core_reach as reach using (post_id)
    group by all
),

followers as (
    select campaign_id, objective, sum(follower_count) as follower_count, sum(reach_low) as reach_low
    from (
        select
            events.campaign_id,
            events.objective,
            coalesce(events.author_id, events.post_id) as author_id,
            max(reach.follower_count) as follower_count,
            max(reach.reach_low) as reach_low
        from events
        join core_reach as reach using (post_id)
        where events.period = 'campaign' and events.side = 'own' and (events.weight > 0 or events.kpi = 'engagement')
        group by all
    )
    group by all
),

-- The day with most of the figure: a scandal or a contest may hold what the campaign is praised or blamed for.
peaks as (
    select campaign_id, objective, max(total) as peak, arg_min(created_date, struct_pack(t := -total, d := created_date)) as peak_date
    from (
        select campaign_id, objective, created_date, sum(weight) as total
        from events
        where period = 'campaign' and side = 'own'
        group by all
    )
    group by all
),

unheard as (
    select campaign_id, list(creator order by creator) as creators
    from (select campaign_id, unnest(creators) as creator from campaigns)
    where (campaign_id, creator) not in (select (campaign_id, unnest(creators)) from core_creators)
    group by campaign_id
),

recommended as (
    select
        goals.campaign_id,
        goals.objective,
        count(*) as for_count,
        count_if(umots.commercial = 'organic') as organic_for_count
    from goals
    join umots
        on goals.brand_id = umots.brand_id
        and umots.created_date between goals.first_date and goals.to_date
        and umots.polarity = 'for'
        and (len(goals.product_ids) = 0 or list_contains(goals.product_ids, umots.product_id))
    group by all
),

-- An interval of a sum is that of a count as surely known: of n_eff events of one size.
figures as (
    select
        goals.*,
        heard.* exclude (campaign_id, objective),
        coalesce(counted.counted, if(heard.heard_days > 0, 0, null)) as counted,
        coalesce(counted.organic_count, if(heard.heard_days > 0, 0, null)) as organic_count,
        coalesce(counted.commercial_count, if(heard.heard_days > 0, 0, null)) as commercial_count,
        coalesce(counted.creator_count, if(heard.heard_days > 0, 0, null)) as creator_count,
        coalesce(counted.other_count, if(heard.heard_days > 0, 0, null)) as other_count,
        coalesce(counted.post_ids, []) as post_ids,
        coalesce(counted.umot_ids, []) as umot_ids,
        counted.total,
        counted.squares / nullif(counted.total, 0) as size,
        case
            when goals.kpi = 'net_advocacy' then if(counted.counted >= 10, 2 * counted.total / counted.counted - 1, null)
            when goals.is_rate then counted.total / counted.counted
            when goals.kpi = 'engagement' and counted.counted > 0 then counted.total
            else coalesce(counted.total, if(heard.heard_days > 0, 0, null))
        end as measured,
        heard.baseline_heard_days >= greatest(7, goals.baseline_days / 2) as has_baseline,
        case
            when not has_baseline or goals.is_ahead or not coalesce(baseline_rates.is_told, true) then null
            when goals.kpi = 'net_advocacy' then 2 * baseline_rates.rate - 1
            when goals.is_rate then baseline_rates.rate
            else round(controlled.expected, 6)
        end as expected,
        round(controlled.control_ratio, 6) as control_ratio,
        if(goals.is_rate, baseline_rates.before, controlled.before) as before,
        baseline_rates.baseline_count,
        audiences.unknown_count,
        followers.follower_count,
        followers.reach_low,
        peaks.peak,
        peaks.peak_date,
        coalesce(unheard.creators, []) as unheard_creators,
        recommended.for_count,
        recommended.organic_for_count
    from goals
    join heard using (campaign_id, objective)
    left join counted using (campaign_id, objective)
    left join baseline_rates using (campaign_id, objective)
    left join controlled using (campaign_id, objective)
    left join audiences using (campaign_id, objective)
    left join followers using (campaign_id, objective)
    left join recommended using (campaign_id, objective)
    left join peaks using (campaign_id, objective)
    left join unheard using (campaign_id)
),

bounded as (
    select
        *,
        case
            when measured is null then null
            when kpi = 'net_advocacy' then 2 * wilson_low(total, counted) - 1
            when is_rate then wilson_low(total, counted)
            else coalesce(size, 1) * poisson_low(measured / coalesce(size, 1))
        end as measured_low,
        case
            when measured is null then null
            when kpi = 'net_advocacy' then 2 * wilson_high(total, counted) - 1
            when is_rate then wilson_high(total, counted)
            else coalesce(size, 1) * poisson_high(measured / coalesce(size, 1))
        end as measured_high,
        if(is_rate, measured, measured / nullif(to_date - first_date + 1, 0) * (deadline_date - first_date + 1)) as pace,
        if(direction = 'at_least', measured >= target, measured <= target) as is_reached,
        if(direction = 'at_least', pace >= target, pace <= target) as is_on_pace,
        not is_rate and if(direction = 'at_least', measured >= target, measured > target) as is_settled
    from figures
),

-- Both the campaign and its baseline are counts that chance moves. Of all that came in both, how much should have come
-- in the campaign had nothing changed (a conditional test of two Poisson counts)? Shares: R. G. Newcombe's difference.
tested as (
    select
        *,
        nullif(if(
            before > 0 and expected > 0, expected / before,
            heard_days / nullif(baseline_heard_days, 0) * coalesce(control_ratio, 1)
        ), 0) as odds,
        odds / (1 + odds) as due_share,
        round(measured / coalesce(size, 1))::bigint as own_count,
        round((measured + before) / coalesce(size, 1))::bigint as both_count,
        (total + before) / (counted + baseline_count) as pooled_share,
        if(
            is_rate, least(counted, baseline_count) * least(pooled_share, 1 - pooled_share),
            both_count * least(due_share, 1 - due_share)
        ) < 5 as is_scant,
        case
            when measured is null or expected is null then null
            when is_rate then total / counted - before / baseline_count - sqrt(
                pow(total / counted - wilson_low(total, counted), 2)
                + pow(wilson_high(before, baseline_count) - before / baseline_count, 2)
            ) > 0
            else coalesce(binomial_tail(own_count, both_count, due_share) <= 0.025, false)
        end as is_more,
        case
            when measured is null or expected is null then null
            when is_rate then total / counted - before / baseline_count + sqrt(
                pow(wilson_high(total, counted) - total / counted, 2)
                + pow(before / baseline_count - wilson_low(before, baseline_count), 2)
            ) < 0
            else coalesce(binomial_tail(both_count - own_count, both_count, 1 - due_share) <= 0.025, false)
        end as is_less
    from bounded
),

judged as (
    select
        *,
        case
            when is_ahead or measured is null then 'cannot_tell'
            when is_settled then if(direction = 'at_least', 'met', 'missed')
            when coverage < 0.8 then 'cannot_tell'
            when is_over then if(is_reached, 'met', 'missed')
            when is_on_pace then 'on_track'
            else 'cannot_tell'
        end as verdict,
        case
            when is_ahead then 'it has not begun, or nothing of it was heard yet'
            when measured is null and kpi = 'net_advocacy' and heard_days > 0
                then format('people with an organic UMOT: {}; under 10, a balance says more about chance', counted)
            when measured is null and heard_days > 0 then 'nothing to divide, or no source tells the counts'
            when measured is null then 'nothing was heard in these days'
            when is_settled then format('{:.4g} seen, the {} was {:g}', measured,
                if(direction = 'at_least', 'target', 'limit'), target)
            when coverage < 0.8 then format(
                'coverage is {:.0f} %, under 80 %: what was not heard could decide', 100 * coverage)
            when is_over then format('{:.4g} seen by the deadline, the {} was {:g}', measured,
                if(direction = 'at_least', 'target', 'limit'), target)
            when is_on_pace then format('the deadline {} is not reached; {:.4g} so far, {:.4g} by then at this pace, {} {:g}',
                deadline_date, measured, pace, if(direction = 'at_least', 'target', 'limit'), target)
            else format('the deadline {} is not reached; {:.4g} so far, {:.4g} by then at this pace: {} the {} of {:g}',
                deadline_date, measured, pace, if(direction = 'at_least', 'short of', 'over'),
                if(direction = 'at_least', 'target', 'limit'), target)
        end as verdict_words,
        case
            when measured is null or expected is null then 'cannot_tell'
            when is_more then 'more'
            when is_less then 'less'
            when is_scant then 'cannot_tell'
            else 'no_difference'
        end as effect,
        case
            when is_ahead then 'it has not begun, or nothing of it was heard yet'
            when not has_baseline then format(
                'the baseline is too short: {} days heard of {}', baseline_heard_days, baseline_days)
            when expected is null then 'the baseline has nothing to compare with'
            when measured is null then 'there is no figure to compare'
            else format('{:.4g} expected without the campaign ({}), {:.4g} measured ({:.4g} to {:.4g}){}{}',
                expected,
                if(is_rate, format('{:g} of {} in the baseline', before, baseline_count),
                    format('{:.10g} in the {} days of the baseline heard', before, baseline_heard_days)),
                measured, measured_low, measured_high,
                case
                    when kpi = 'net_advocacy' then ''
                    when is_rate then '; rivals are in the share itself'
                    when kpi in ('code_uses', 'influenced') then '; rivals have no such figure'
                    when control_ratio is null then '; rivals said too little to compare with'
                    else format('; rivals moved by {:.2f} meanwhile, and that is in it', control_ratio)
                end,
                if(effect = 'cannot_tell', '; too few for the test to tell', ''))
        end as effect_words
    from tested
)

select
    campaign_id,
    objective,
    kpi,
    kpi_definition,
    is_rate,
    first_date as from_date,
    to_date,
    deadline_date,
    measured,
    measured_low,
    measured_high,
    counted,
    target,
    direction,
    verdict,
    verdict_words || if(
        is_rate and is_over and target between measured_low and measured_high,
        '; the interval holds the target, so chance could turn it', ''
    ) || if(
        len(unheard_creators) > 0 and heard_days > 0 and not is_ahead,
        format('; {} not heard: check the spelling', if(
            len(unheard_creators) = 1, format('creator {} was', unheard_creators[1]),
            format('creators {} were', array_to_string(unheard_creators, ', ')))), ''
    ) as verdict_why,
    expected,
    if(expected is null, null, control_ratio) as control_ratio,
    effect,
    effect_words || if(
        heard_days >= 7 and peak >= 3 and peak > total / 3,
        format('; {:.10g} of {:.10g} on {}', peak, total, peak_date), ''
    ) as effect_why,
    organic_count,
    commercial_count,
    creator_count,
    other_count,
    unheard_creators,
    reach_low::bigint as reach_low,
    if(unknown_count = 0, greatest(follower_count, coalesce(reach_low, 0)), null)::bigint as reach_high,
    coalesce(unknown_count, 0)::bigint as reach_unknown_count,
    budget,
    currency,
    coalesce(for_count, if(heard_days > 0, 0, null)) as umots_for_count,
    budget / nullif(for_count, 0) as cost_per_umot,
    budget / nullif(organic_for_count, 0) as cost_per_organic_umot,
    heard_days,
    coverage,
    baseline_days,
    baseline_heard_days,
    post_ids,
    umot_ids
from judged
