-- grain: one person, one category and one market (a language that they write in)
-- key: category_id, lang, person_id
-- question: Whom should we talk to in this category and market, and why each?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- metric: shortlist v1 (2026-11-22) people, never brands, with 3 original posts or more about the category in the language, and at least one of: an organic UMOT for, a UMOT by others that leads back to them, an answer to somebody who asked; ordered by authority (0.5 where it is withheld) x (1 - commercial share) x (confirmations + 1) / (confirmations + contradictions + 1) x (0.5 where the audience is unusual); followers play no part but in the tier within which authority compares
-- metric: shortlist v2 (2026-11-22) as v1, but a UMOT for counts while the person's latest organic word on that thing is for, and is about a thing of the category: brands.yml has it, or it is named with a word of the category
-- metric: shortlist v3 (2026-11-22) as v2, but whoever recommends a rival of ours in the category (or one of no category), from any account and by the latest organic word on that thing, stands below all who do not; a turn of an episode answers nobody
-- column category_id: category of brands.yml
-- column lang: ISO 639-1 code of the posts
-- column rank: place in the category and market, 1 first; below the others who recommends a rival, then by score; equal scores share a place
-- column person_id: the person of person_links; author_id itself where no other account is known
-- column author_id: of the person's accounts, the one with the highest score: its figures stand here
-- column author_ids: the person's accounts seen in this category and market
-- column source_type: extractor that reads the account
-- column instance: host of the account
-- column tier: nano below 10,000 followers, micro below 100,000, macro below a million, else mega; NULL when unknown
-- column follower_count: followers at the last observation; NULL where the source does not tell
-- column score: 0 to 1, see the metric shortlist
-- column authority: of the account in the category, see author_profiles; NULL when withheld
-- column social_credit: of the account in the category, see author_profiles; NULL when nobody who followed was heard of
-- column commercial_share: of the account in the category, see author_profiles
-- column audience: level of audience_quality; NULL where nothing of the audience was seen
-- column post_count: original posts about the category in the language
-- column reasons: why they stand here: reason (in words) and ids (of posts; for recommendations and what they led to, of UMOTs, see umot_feed)
-- column cautions: what to weigh against it: reason and ids, in the same way; first the things of ours that any of the person's accounts advises against, by their latest organic word (of a brand as a whole: on it and all its products), since the first such word after the last one for; then what any of them recommends of a rival in the category, or of one of no category
-- column coverage: share of the planned source-windows of the author's sources, over all days, that were complete, 0 to 1
with written as (
    select
        author_id,
        category_id,
        lang,
        count(*) as post_count,
        list_sort(list(struct_pack(
            age := -epoch_us(created_at), id := post_id, is_commercial := coalesce(commercial <> 'organic', false)
        ))) as entries
    from core_author_posts
    where not is_copy
        and lang is not null
    group by all
    having count(*) >= 3
),

-- A turn that follows a question may answer it; it is no reason to write to anybody.
answered as (
    select
        posts.author_id,
        posts.category_id,
        posts.lang,
        count(distinct answers.asker_id) as asker_count,
        list_sort(list(distinct posts.post_id)) as post_ids
    from core_author_posts as posts
    join core_answers as answers using (post_id, created_date)
    join core_posts as texts using (post_id, created_date)
    where not posts.is_copy
        and texts.kind <> 'episode_turn'
    group by all
),

-- Every organic word of a person, whichever account wrote it, with the latest words for the same thing and the same brand.
said as (
    select
        umots.umot_id,
        umots.created_at,
        umots.created_date,
        umots.polarity,
        persons.person_id,
        coalesce(umots.product_id, umots.brand_id, lower(umots.target)) as thing,
        coalesce(products.name, brands.name, umots.target) as name,
        not brands.is_rival as is_ours,
        coalesce(products.category_id, brands.category_id) as category_id,
        max(umots.created_at) filter (umots.polarity = 'for') over same_thing as for_at,
        max(umots.created_at) filter (umots.polarity = 'against') over same_thing as against_at,
        if(
            umots.product_id is null, max(umots.created_at) filter (umots.polarity = 'for') over same_brand, for_at
        ) as any_for_at
    from umots
    join core_persons as persons using (author_id)
    left join products on umots.product_id = products.product_id
    left join brands on umots.brand_id = brands.brand_id
    where umots.commercial = 'organic'
    window
        same_thing as (partition by persons.person_id, coalesce(umots.product_id, umots.brand_id, lower(umots.target))),
        same_brand as (partition by persons.person_id, umots.brand_id)
),

-- What a person recommends still: nobody is praised for a product that they have turned against since.
standing as (
    select
        profiles.author_id,
        profiles.category_id,
        said.thing,
        arg_min(said.name, dated(said.created_at, said.umot_id)) as name,
        max(said.created_at) as last_at,
        list(dated(said.created_at, said.umot_id)) as entries
    from (select author_id, category_id, unnest(umot_ids) as umot_id from author_profiles) as profiles
    join said using (umot_id)
    where said.polarity = 'for'
        and (said.against_at is null or said.against_at < said.for_at)
    group by all
),

recommended as (
    select
        author_id,
        category_id,
        latest_first(list(dated(last_at, name))) as names,
        latest_first(flatten(list(entries))) as umot_ids
    from standing
    group by all
),

turned as (
    select
        person_id,
        name,
        min(created_date) as since_date,
        latest_first(list(dated(created_at, umot_id))) as umot_ids
    from said
    where is_ours
        and polarity = 'against'
        and (any_for_at is null or any_for_at <= created_at)
    group by person_id, thing, name
),

dissuading as (
    select
        person_id,
        list(
            struct_pack(reason := format('advises against {} since {}', name, since_date), ids := umot_ids)
            order by since_date, name
        ) as cautions
    from turned
    group by person_id
),

rivals as (
    select
        people.person_id,
        people.category_id,
        latest_first(list(distinct dated(said.for_at, said.name))) as names,
        latest_first(list(dated(said.created_at, said.umot_id))) as umot_ids
    from (select distinct person_id, category_id from author_profiles) as people
    join said
        on people.person_id = said.person_id
        and coalesce(said.category_id = people.category_id, true)
    where not said.is_ours
        and said.polarity = 'for'
        and (said.against_at is null or said.against_at < said.for_at)
    group by all
),

candidates as (
    select
        profiles.*,
        written.lang,
        written.post_count as original_post_count,
        [entry.id for entry in written.entries] as original_post_ids,
        [entry.id for entry in written.entries if entry.is_commercial] as commercial_post_ids,
        coalesce(answered.asker_count, 0) as asker_count,
        coalesce(answered.post_ids, []) as answer_post_ids,
        coalesce(recommended.names, []) as thing_names,
        coalesce(recommended.umot_ids, []) as recommending_umot_ids,
        audience.level as audience,
        coalesce(audience.signals, []) as audience_signals,
        coalesce(dissuading.cautions, []) as dissuasions,
        coalesce(rivals.names, []) as rival_names,
        coalesce(rivals.umot_ids, []) as rival_umot_ids,
        round(
            coalesce(profiles.authority, 0.5)
            * (1 - coalesce(profiles.commercial_share, 0))
            * (profiles.confirmation_count + 1) / (profiles.confirmation_count + profiles.contradiction_count + 1)
            * if(audience.level = 'unusual', 0.5, 1),
            4
        ) as score
    from author_profiles as profiles
    join written using (author_id, category_id)
    left join answered using (author_id, category_id, lang)
    left join recommended using (author_id, category_id)
    left join audience_quality as audience using (author_id)
    left join dissuading
        on profiles.person_id = dissuading.person_id
    left join rivals
        on profiles.person_id = rivals.person_id
        and profiles.category_id = rivals.category_id
    where not profiles.is_owned
        and (
            recommended.umot_ids is not null
            or profiles.umot_yield > 0
            or answered.post_ids is not null
        )
),

people as (
    select
        category_id,
        lang,
        author_id,
        len(rival_names) > 0 as is_for_rival,
        score,
        list_sort(list(author_id) over (partition by category_id, lang, person_id)) as author_ids
    from candidates
    where person_id not in (select person_id from core_persons where is_owned)
    qualify row_number() over (partition by category_id, lang, person_id order by score desc, author_id) = 1
),

ranked as (
    select
        category_id, lang, author_id, author_ids,
        rank() over (partition by category_id, lang order by is_for_rival, score desc) as rank
    from people
)

select
    category_id,
    lang,
    rank,
    person_id,
    author_id,
    author_ids,
    source_type,
    instance,
    tier,
    follower_count,
    score,
    authority,
    social_credit,
    commercial_share,
    audience,
    original_post_count as post_count,
    list_filter([
        struct_pack(
            reason := format('{} original posts about it in {}, of {} posts seen', original_post_count, lang, candidates.post_count),
            ids := original_post_ids
        ),
        if(authority is null, null, struct_pack(
            reason := format('authority {:.2f} among {} accounts of its size or kind', authority, peer_count),
            ids := []::varchar[]
        )),
        if(len(thing_names) = 0, null, struct_pack(
            reason := format('recommends {} out of own experience, without commercial evidence',
                array_to_string(thing_names[:3], ', ')
                || if(len(thing_names) > 3, format(' and {} more', len(thing_names) - 3), '')),
            ids := recommending_umot_ids
        )),
        if(umot_yield = 0, null, struct_pack(
            reason := format('{} back to them', if(umot_yield = 1, '1 later UMOT leads', umot_yield || ' later UMOTs lead')),
            ids := yield_umot_ids
        )),
        if(confirmation_count = 0, null, struct_pack(
            reason := format('{} who followed the advice said the same afterwards',
                if(confirmation_count = 1, '1 person', confirmation_count || ' people')),
            ids := confirmation_umot_ids
        )),
        if(asker_count = 0, null, struct_pack(
            reason := format('answered {} who asked', if(asker_count = 1, '1 person', asker_count || ' people')),
            ids := answer_post_ids
        )),
        if(engagement_percentile is null or engagement_percentile < 0.75, null, struct_pack(
            reason := format('engagement rate of {:.2f} %, better than {:.0f} % of its tier there', 100 * engagement_rate,
                100 * engagement_percentile),
            ids := []::varchar[]
        ))
    ], lambda reason: reason is not null) as reasons,
    dissuasions || list_filter([
        if(len(rival_names) = 0, null, struct_pack(
            reason := format('recommends a rival: {}', array_to_string(rival_names, ', ')), ids := rival_umot_ids
        )),
        if(len(commercial_post_ids) = 0, null, struct_pack(
            reason := format('commercial evidence in {} of these posts', len(commercial_post_ids)), ids := commercial_post_ids
        )),
        if(contradiction_count = 0, null, struct_pack(
            reason := format('{} who followed the advice said the opposite afterwards',
                if(contradiction_count = 1, '1 person', contradiction_count || ' people')),
            ids := contradiction_umot_ids
        )),
        if(selectivity <= 0.8, null, struct_pack(
            reason := format('{:.0f} of 100 posts recommend something', 100 * selectivity), ids := umot_ids
        )),
        if(len(audience_signals) = 0, null, struct_pack(
            reason := 'to look at in the audience: '
                || array_to_string([signal.words for signal in audience_signals], '; '),
            ids := flatten([signal.post_ids for signal in audience_signals])
        ))
    ], lambda reason: reason is not null) as cautions,
    coverage
from ranked
join candidates using (category_id, lang, author_id)
