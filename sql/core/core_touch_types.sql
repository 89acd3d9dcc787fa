-- grain: one sign that a post gives
-- key: signal
-- question: Which stage of the journey and which type of touchpoint does each sign stand for?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column signal: kind of cue or of post, or what was read in the whole post
-- column stage: where the person who speaks stands: awareness (speaks of it, or spreads the word), consideration (asks, answers, compares, tries), decision (wants it, buys it, has just got it), loyalty (owns it: recommends, warns, complains, helps)
-- column type: what the touchpoint is
-- column is_personal: whether only a person can give it, who chooses, buys or uses: in a brand's own post it is no sign
select *
from (values
    ('mention', 'awareness', 'mention', false),
    ('article', 'awareness', 'article', false),
    ('episode_turn', 'awareness', 'episode', false),
    ('giveaway', 'awareness', 'giveaway', false),
    ('gifted', 'awareness', 'gift', false),
    ('question', 'consideration', 'question', true),
    ('answer', 'consideration', 'answer', false),
    ('comparison', 'consideration', 'comparison', true),
    ('test', 'consideration', 'test', true),
    ('intent', 'decision', 'intent', true),
    ('promo_code', 'decision', 'offer', false),
    ('affiliate_link', 'decision', 'offer', false),
    ('code_used', 'decision', 'code_use', true),
    ('purchase', 'decision', 'purchase', true),
    ('switch', 'decision', 'switch', true),
    ('unboxing', 'decision', 'unboxing', true),
    ('haul', 'decision', 'haul', true),
    ('review', 'loyalty', 'review', true),
    ('recommendation', 'loyalty', 'recommendation', true),
    ('warning', 'loyalty', 'warning', true),
    ('complaint', 'loyalty', 'complaint', true),
    ('thanks', 'loyalty', 'thanks', true),
    ('tip', 'loyalty', 'tip', false),
    ('tutorial', 'loyalty', 'tutorial', false),
    ('suggestion', 'loyalty', 'suggestion', true)
) as signs(signal, stage, type, is_personal)
