-- part: people
-- question: Whose audience should a person look at before we work with them?
-- reads: One row = one account; the level counts signals out of those that could be looked at, and none is an accusation: read the evidence. Taking the signals apart and joining back would show an account once a signal.
-- param level: how the audience looks; NULL for all (plausible, mixed, unusual or not_enough_seen) = NULL
-- param tier: size of the following; NULL for all (nano, micro, macro or mega) = NULL
select
    coalesce(names.name, names.handle, left(audience.author_id, 8)) as account,
    audience.source_type as where_found,
    audience.tier,
    audience.follower_count as followers,
    audience.level,
    len(audience.signals) as signals,
    len(audience.looked_at) as looked_at,
    [entry.signal || ': ' || entry.words for entry in audience.signals] as evidence,
    round(audience.coverage, 3) as coverage
from audience_quality as audience
left join author_names as names
    on audience.author_id = names.author_id
where ($level is null or audience.level = $level)
    and ($tier is null or audience.tier = $tier)
order by signals desc, looked_at desc, followers desc nulls last, account
