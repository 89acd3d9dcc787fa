-- A level says no more than its signals: each was looked at, is put into words, and a level above plausible has one.
select author_id, level, looked_at, signals
from audience_quality
where len(looked_at) <> len(list_distinct(looked_at))
    or not list_has_all(looked_at, [signal.signal for signal in signals])
    or (level in ('mixed', 'unusual') and len(signals) = 0)
    or (level = 'plausible' and len(signals) > 0)
    or (level = 'not_enough_seen') <> (len(looked_at) < 2)
    or len(list_filter(signals, lambda signal: coalesce(signal.words, '') = '')) > 0
