-- grain: one post of the last 30 days that expects a word from a brand of ours, or could use one, and one such brand
-- key: post_id, brand_id
-- question: What asks for an answer and has none, and what first?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the author, see core_authors
-- metric: urgency v1 (2026-11-22) 0.5 x need (1 complains or advises against; 0.8 asks and intends to buy; 0.6 asks; 0.1 gives thanks; 0.3 else) + 0.3 x reach (log10(1 + reach) / 6, reach the larger of followers and engaged people, at most 1) + 0.2 x freshness (1 on the last night, 0 after 30 days)
-- metric: urgency v2 (2026-11-22) 0.5 x need (0.5 a question about it that is put to nobody of the brand; else 1 complains or advises against; 0.8 asks people and intends to buy; 0.6 asks people; 0.5 puts a question to the brand; 0.1 gives thanks; 0.3 else) + 0.3 x reach (log10(1 + reach) / 6, reach the larger of followers and engaged people, at most 1) + 0.2 x freshness (1 on the last night, 0 after 30 days); what is settled is left out: a question whose author has since said to have bought something of a brand or category that it names, and thanks for the brand's answer that ask and complain of nothing
-- column brand_id: brand of ours that should answer
-- column addressed_by: handle (names an account of the brand), reply (answers a post of the brand), question (asks people for advice about it), about (a question, not to be taken for an exclamation or a quotation, that names it); the first that holds
-- column text: the person's words
-- column parent_text: the words that the post answers, when seen
-- column complaints: words of the post that complain
-- column age_days: days from the post to the end of the last night in the lake
-- column answer_count: later posts in the thread by others than the author, none of them by the brand
-- column reach_low: people who are known to have met it; NULL when unknown
-- column urgency: 0 to 1, see metric_versions
with horizon as (
    select max(run_date) as last_date from outcomes
),

ours as (
    select brand_id from brands where not is_rival
),

waiting as (
    select posts.*, datesub('hour', posts.created_at, (horizon.last_date + 1)::timestamp at time zone 'UTC') / 24 as age_days
    from core_posts as posts
    cross join horizon
    where posts.created_date > horizon.last_date - 30
        and posts.deleted_at is null
        and not posts.is_owned
        and not posts.is_duplicate
),

owned as (
    select posts.post_id, posts.thread_id, posts.parent_id, posts.created_at, owners.brand_id
    from core_posts as posts
    join core_owners as owners
        on posts.author_id = owners.author_id
        or (owners.author_id is null and posts.instance = owners.instance)
    where posts.is_owned
        and posts.deleted_at is null
),

handles as (
    select brand_id, ltrim(lower(unnest(handles)), '@') as handle
    from brands
    where not is_rival
),

-- The sentence that names it, or that its hashtag ends, has one question mark: two, or one beside "!", exclaim; before a
-- closing quotation mark somebody else asks. Who judges in the same post is not asking.
asking_about as (
    select distinct waiting.post_id, ours.brand_id
    from waiting
    join core_mentions as mentions on waiting.post_id = mentions.post_id
    left join products on mentions.product_id = products.product_id
    join ours on coalesce(mentions.brand_id, products.brand_id) = ours.brand_id
    join core_readings as readings on waiting.post_id = readings.post_id
    where contains(waiting.text, '?')
        and waiting.kind not in ('article', 'episode_turn')
        and readings.stance = 'none'
        and not mentions.is_linked
        and (
            regexp_matches(substr(waiting.text, mentions."end" + 1), '^[^.!?…\n]*\?(\s*$|\s*[^\s?!"”»])')
            or (
                regexp_matches(left(waiting.text, mentions.start), '[^?!]\?(\s*#[\w]+)*\s*#?$')
                and regexp_matches(left(waiting.text, mentions.start + 1), '#.?$')
            )
        )
),

addressed as (
    select waiting.post_id, handles.brand_id, 1 as rank, 'handle' as addressed_by
    from waiting
    join handles
        on contains(lower(waiting.text), '@' || handles.handle)
        and regexp_matches(lower(waiting.text), '(^|[^\w@])@' || regexp_escape(handles.handle) || '($|[^\w])')
    union all
    select waiting.post_id, owned.brand_id, 2, 'reply'
    from waiting
    join owned on waiting.parent_id = owned.post_id
    join ours on owned.brand_id = ours.brand_id
    union all
    select waiting.post_id, subjects.brand_id, 3, 'question'
    from waiting
    join core_subjects as subjects on waiting.post_id = subjects.post_id
    join core_readings as readings on waiting.post_id = readings.post_id
    join ours on subjects.brand_id = ours.brand_id
    where readings.is_seeking_advice
    union all
    select post_id, brand_id, 4, 'about'
    from asking_about
),

once as (
    select post_id, brand_id, arg_min(addressed_by, rank) as addressed_by
    from addressed
    group by all
),

asking as materialized (
    select waiting.*, once.brand_id, once.addressed_by
    from waiting
    join once on waiting.post_id = once.post_id
),

answered as (
    select asking.post_id, asking.brand_id
    from asking
    join owned
        on asking.brand_id = owned.brand_id
        and asking.post_id = owned.parent_id
        and owned.created_at > asking.created_at
    union
    select asking.post_id, asking.brand_id
    from asking
    join owned
        on asking.brand_id = owned.brand_id
        and asking.thread_id = owned.thread_id
        and owned.created_at > asking.created_at
),

-- Who has bought meanwhile needs no advice any more.
decided as (
    select asking.post_id, asking.brand_id
    from asking
    join core_purchases as purchases
        on asking.author_id = purchases.author_id
        and asking.created_at < purchases.created_at
    join brands on purchases.brand_id = brands.brand_id
    left join products on purchases.product_id = products.product_id
    join core_subjects as subjects
        on asking.post_id = subjects.post_id
        and (
            purchases.brand_id = subjects.brand_id
            or coalesce(products.category_id, brands.category_id) = subjects.category_id
        )
    where asking.addressed_by in ('question', 'about')
),

-- "Merci, ça marche": the brand has had its say, and the last word is theirs.
thankful as (
    select asking.post_id, asking.brand_id
    from asking
    join owned
        on asking.parent_id = owned.post_id
        and asking.brand_id = owned.brand_id
    join core_cues as cues on asking.post_id = cues.post_id
    where not contains(asking.text, '?')
    group by all
    having count_if(cues.kind = 'thanks') > 0
        and count_if(cues.kind in ('complaint', 'advice_sought')) = 0
),

unanswered as materialized (
    from asking
    anti join answered using (post_id, brand_id)
    anti join decided using (post_id, brand_id)
    anti join thankful using (post_id, brand_id)
),

answers as (
    select unanswered.post_id, count(distinct later.post_id) as answer_count
    from unanswered
    join core_posts as later
        on unanswered.thread_id = later.thread_id
        and later.created_at > unanswered.created_at
        and later.author_id is distinct from unanswered.author_id
        and later.deleted_at is null
    group by unanswered.post_id
),

complaining as (
    select post_id, in_place(list(placed(start, span_id, text))) as complaints
    from core_cues
    where kind = 'complaint'
        and post_id in (select post_id from unanswered)
    group by post_id
)

select
    waiting.post_id,
    waiting.brand_id,
    waiting.created_date,
    waiting.created_at,
    waiting.addressed_by,
    waiting.text,
    waiting.thread_title,
    parent.text as parent_text,
    waiting.url,
    waiting.source,
    waiting.lang,
    waiting.author_id,
    coalesce(complaining.complaints, []) as complaints,
    readings.is_seeking_advice,
    readings.purchase,
    readings.umot,
    round(waiting.age_days, 1) as age_days,
    coalesce(answers.answer_count, 0) as answer_count,
    reach.tier,
    reach.reach_low,
    reach.reach_high,
    round(
        0.5 * case
            when waiting.addressed_by = 'about' then 0.5
            when complaining.post_id is not null or readings.stance = 'against' then 1
            when readings.is_seeking_advice and readings.purchase = 'intends' then 0.8
            when readings.is_seeking_advice then 0.6
            when contains(waiting.text, '?') then 0.5
            when waiting.post_id in (select post_id from core_cues where kind = 'thanks') then 0.1
            else 0.3
        end
        + 0.3 * least(1, log10(1 + greatest(coalesce(reach.reach_high, 0), coalesce(reach.reach_low, 0))) / 6)
        + 0.2 * greatest(0, least(1, 1 - (waiting.age_days - 1) / 30)),
        4
    ) as urgency
from unanswered as waiting
left join core_posts as parent
    on waiting.parent_id = parent.post_id
left join core_readings as readings
    on waiting.post_id = readings.post_id
left join core_reach as reach
    on waiting.post_id = reach.post_id
left join answers
    on waiting.post_id = answers.post_id
left join complaining
    on waiting.post_id = complaining.post_id
