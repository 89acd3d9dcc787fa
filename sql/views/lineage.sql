-- grain: one row of a mart and one span, or one post without a span, that it rests on
-- key: mart, key, post_id, span_id
-- question: Where does this figure come from: which posts, which words, which night's capture?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column mart: table of the figure
-- column key: the values of the table's key columns, in the order of its header, between bars; empty for NULL
-- column post_id: a post that the row rests on
-- column span_id: the words in it: a span of core_acts, core_cues or core_mentions; NULL where the row rests on the post itself
-- column source: id of the source in brands.yml: with run_date, the partition of the captures
-- column run_date: UTC date of the run whose captures first brought the post's latest version
-- column url: where a person can read it
with shortlist_rows as (
    -- Reasons and cautions name posts and UMOTs alike.
    select 'creator_shortlist' as mart, concat_ws('|', category_id, lang, person_id) as key, unnest(reason.ids) as id
    from (select *, unnest(reasons || cautions) as reason from creator_shortlist)
),

umot_rows as (
    select 'umot_feed' as mart, umot_id as key, umot_id from umot_feed
    union all
    select 'umot_daily', concat_ws('|', created_date, source, brand_id, coalesce(product_id, '')), unnest(umot_ids)
    from umot_daily
    union all
    select
        'net_advocacy',
        concat_ws(
            '|', created_date, window_weeks, level, brand_id, coalesce(product_id, ''), coalesce(category_id, '')
        ),
        unnest(umot_ids)
    from net_advocacy
    union all
    select
        'share_of_recommendation',
        concat_ws(
            '|', created_date, window_weeks, level, brand_id, coalesce(product_id, ''), coalesce(category_id, '')
        ),
        unnest(umot_ids)
    from share_of_recommendation
    union all
    select
        'product_league',
        concat_ws('|', created_date, window_weeks, brand_id, coalesce(product_id, '')),
        unnest(for_umot_ids || against_umot_ids)
    from product_league
    union all
    select 'chain_summary', concat_ws('|', created_date, window_weeks, brand_id, coalesce(product_id, '')), unnest(umot_ids)
    from chain_summary
    union all
    select 'umot_latency', concat_ws('|', created_date, window_weeks, brand_id, coalesce(product_id, '')), unnest(umot_ids)
    from umot_latency
    union all
    select 'influence_yield', concat_ws('|', author_id, brand_id, coalesce(product_id, ''), kind), unnest(umot_ids)
    from influence_yield
    union all
    select 'advice_loop', concat_ws('|', question_id, coalesce(brand_id, ''), coalesce(product_id, '')), umot_id
    from advice_loop
    where umot_id is not null
    union all
    select 'chains', chain_id || '|' || author_id, umot_id
    from chains
    where umot_id is not null
    union all
    select
        'author_profiles', author_id || '|' || category_id,
        unnest(umot_ids || yield_umot_ids || confirmation_umot_ids || contradiction_umot_ids)
    from author_profiles
    union all
    select 'campaign_scorecard', campaign_id || '|' || objective, unnest(umot_ids) from campaign_scorecard
    union all
    select 'campaign_daily', created_date || '|' || campaign_id, unnest(umot_ids) from campaign_daily
    union all
    from shortlist_rows
),

-- What rests on edges: the words of both ends.
edge_rows as (
    select
        'influence_yield' as mart, concat_ws('|', author_id, brand_id, coalesce(product_id, ''), kind) as key,
        unnest(edge_ids) as edge_id
    from influence_yield
    union all
    select 'edges', edge_id, edge_id
    from edges
),

-- What rests on posts as a whole.
post_rows as (
    select 'chains' as mart, chain_id || '|' || author_id as key, unnest(path_post_ids) as post_id from chains
    union all
    select 'chain_shapes', chains.chain_id, unnest(chains.path_post_ids) from chains
    union all
    select 'advice_loop', concat_ws('|', question_id, coalesce(brand_id, ''), coalesce(product_id, '')),
        unnest(list_filter([question_id, purchase_post_id] || answer_post_ids, x -> x is not null))
    from advice_loop
    union all
    select distinct
        'touchpoint_matrix',
        concat_ws('|', windows.created_date, windows.window_weeks, windows.brand_id, windows.stage, windows.type, windows.channel),
        unnest(weeks.followed_post_ids || weeks.outcome_post_ids)
    from touchpoint_matrix as windows
    join touchpoint_matrix as weeks using (brand_id, stage, type, channel)
    where weeks.window_weeks = 1
        and weeks.created_date between windows.window_from_date and windows.created_date
    union all
    select 'author_profiles', author_id || '|' || category_id, unnest(post_ids) from author_profiles
    union all
    select 'campaign_scorecard', campaign_id || '|' || objective, unnest(post_ids) from campaign_scorecard
    union all
    select 'campaign_daily', created_date || '|' || campaign_id, unnest(post_ids) from campaign_daily
    union all
    select 'audience_quality', author_id, unnest(signal.post_ids)
    from (select author_id, unnest(signals) as signal from audience_quality)
    union all
    from shortlist_rows
),

voice_rows as (
    select
        'share_of_voice_daily' as mart,
        concat_ws(
            '|', created_date, source, coalesce(lang, ''), level, brand_id, coalesce(product_id, ''),
            coalesce(category_id, '')
        ) as key,
        level,
        brand_id,
        product_id,
        category_id,
        unnest(post_ids) as post_id
    from share_of_voice_daily
    union all
    select
        'share_of_voice_weekly',
        concat_ws(
            '|', created_date, source, coalesce(lang, ''), level, brand_id, coalesce(product_id, ''),
            coalesce(category_id, '')
        ),
        level,
        brand_id,
        product_id,
        category_id,
        unnest(post_ids)
    from share_of_voice_weekly
    union all
    select
        'spikes',
        concat_ws('|', created_date, source, brand_id, coalesce(product_id, '')),
        if(product_id is null, 'brand', 'product'),
        brand_id,
        product_id,
        null,
        unnest(post_ids)
    from spikes
),

cue_rows as (
    select
        'reasons' as mart,
        concat_ws('|', created_date, window_weeks, brand_id, coalesce(product_id, ''), polarity, reason) as key,
        unnest(span_ids) as span_id
    from reasons
    union all
    select 'rival_switches', span_id, span_id from rival_switches
),

evidence as (
    select umot_rows.mart, umot_rows.key, umots.post_id, umots.act_id as span_id
    from umot_rows
    join umots on umot_rows.umot_id = umots.umot_id
    union all
    select voice_rows.mart, voice_rows.key, voice_rows.post_id, subjects.span_id
    from voice_rows
    join core_subjects as subjects
        on voice_rows.post_id = subjects.post_id
        and voice_rows.brand_id = subjects.brand_id
        and (voice_rows.level <> 'product' or voice_rows.product_id = subjects.product_id)
        and (voice_rows.level <> 'category' or voice_rows.category_id = subjects.category_id)
    union all
    select cue_rows.mart, cue_rows.key, cues.post_id, cues.span_id
    from cue_rows
    join core_cues as cues on cue_rows.span_id = cues.span_id
    union all
    select edge_rows.mart, edge_rows.key, edges.to_post_id, edges.span_id
    from edge_rows
    join edges on edge_rows.edge_id = edges.edge_id
    union all
    select edge_rows.mart, edge_rows.key, edges.from_post_id, null
    from edge_rows
    join edges on edge_rows.edge_id = edges.edge_id
    union all
    select distinct mart, key, post_id, null from post_rows
    union all
    select
        'touchpoints', concat_ws('|', post_id, brand_id, coalesce(product_id, ''), stage, type), post_id, span_id
    from touchpoints
    union all
    select 'recommended_advisers', post_id || '|' || adviser_id, post_id, span_id from recommended_advisers
    union all
    select 'rising_terms', concat_ws('|', created_date, term), unnest(post_ids), null from rising_terms
    union all
    select 'opportunities', opportunity_id, unnest(post_ids), null from opportunities
    union all
    select 'needs_reply', post_id || '|' || brand_id, post_id, null from needs_reply
    union all
    select 'listening_feed', post_id, post_id, null from listening_feed
)

select distinct evidence.mart, evidence.key, evidence.post_id, evidence.span_id, posts.source, posts.run_date, posts.url
from evidence
join core_posts as posts on evidence.post_id = posts.post_id
