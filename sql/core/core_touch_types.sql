-- grain: one sign that a post gives
-- key: signal
-- question: Which stage of the journey and which type of touchpoint does each sign stand for?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column signal: kind of cue or of post, or what was read in the whole post
-- column stage: where the person who speaks stands: awareness (speaks of it, or spreads the word), consideration (asks, answers, compares, tries), decision (wants it, buys it, has just got it), loyalty (owns it: recommends, warns, complains, helps)
-- column type: what the touchpoint is
select *
from (values
    ('mention', 'awareness', 'mention'),
    ('article', 'awareness', 'article'),
    ('episode_turn', 'awareness', 'episode'),
    ('giveaway', 'awareness', 'giveaway'),
    ('gifted', 'awareness', 'gift'),
    ('question', 'consideration', 'question'),
    ('answer', 'consideration', 'answer'),
    ('comparison', 'consideration', 'comparison'),
    ('test', 'consideration', 'test'),
    ('intent', 'decision', 'intent'),
    ('promo_code', 'decision', 'offer'),
    ('affiliate_link', 'decision', 'offer'),
    ('purchase', 'decision', 'purchase'),
    ('switch', 'decision', 'switch'),
    ('unboxing', 'decision', 'unboxing'),
    ('haul', 'decision', 'haul'),
    ('review', 'loyalty', 'review'),
    ('recommendation', 'loyalty', 'recommendation'),
    ('warning', 'loyalty', 'warning'),
    ('complaint', 'loyalty', 'complaint'),
    ('thanks', 'loyalty', 'thanks'),
    ('tip', 'loyalty', 'tip'),
    ('tutorial', 'loyalty', 'tutorial'),
    ('suggestion', 'loyalty', 'suggestion')
) as signs(signal, stage, type)
