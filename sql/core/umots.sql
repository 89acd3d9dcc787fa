-- grain: one author, one target and one post
-- key: umot_id
-- question: Who recommended or advised against which product, out of their own experience, to whom, in which words?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90
-- column umot_id: hash of post_id and target
-- column author_id: keyed hash of the author, see core_authors; NULL when the source does not tell
-- column product_id: product of brands.yml; NULL when the brand as a whole or something outside the catalogue is meant
-- column brand_id: brand of brands.yml; NULL for a target outside the catalogue
-- column target: what is recommended, as named in the text; NULL when only implied
-- column target_from: how the target was found: named, source (the page is about it), post (the only one it mentions), thread, or outside (named, but not in brands.yml); NULL when it could not be decided, as when a speaker named it two sentences or more away
-- column polarity: for or against, towards this target; an act against the thing rated with four stars of five or more (0.75), or for it with one at most (0.2), is no UMOT
-- column modality: asserted when any of the acts is, else conditional
-- column experience: claimed: no UMOT without first-hand experience
-- column commercial: organic (no commercial evidence found), disclosed or probable
-- column addressee: seeker when any of the acts answers someone who asks, else public
-- column act_id: span_id in core_acts of the strongest of the acts
-- column act_count: acts of the post towards this target, but those that its stars contradict
-- column evidence: the words of that act
-- column confidence: 0 to 1, of that act, less where the target is not named
with own_acts as materialized (
    select
        acts.* exclude (addressee),
        if(
            posts.post_id in (
                select post_id
                from core_answers
                where created_date between getvariable('from_date') and getvariable('to_date')
            ),
            'seeker', acts.addressee
        ) as addressee,
        posts.author_id,
        posts.thread_id,
        posts.created_at,
        posts.kind,
        posts.rating,
        posts.text as post_text,
        page.product_id as page_product_id,
        page.brand_id as page_brand_id,
        readings.experience,
        readings.commercial,
        readings.umot as post_umot
    from core_acts as acts
    join core_posts as posts using (post_id)
    join core_readings as readings using (post_id)
    left join sources
        on posts.source = sources.source
    left join products as page
        on sources.product_id = page.product_id
    where acts.created_date between getvariable('from_date') and getvariable('to_date')
        and posts.created_date between getvariable('from_date') and getvariable('to_date')
        and readings.created_date between getvariable('from_date') and getvariable('to_date')
        and acts.modality in ('asserted', 'conditional')
        and readings.experience = 'claimed'
        and readings.umot <> 'none'
        and not posts.is_owned
        and not posts.is_duplicate
),

-- What a post speaks of when it speaks of one thing only.
only_things as (
    select
        post_id,
        created_date,
        if(count(distinct product_id) = 1, min(product_id), null) as product_id,
        min(brand_id) as brand_id,
        count(distinct product_id) <= 1 as is_one
    from core_subjects
    where created_date
        between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and post_id in (select unnest([post_id, thread_id]) from own_acts)
    group by post_id, created_date
    having count(distinct brand_id) = 1
),

category_words as (
    select distinct ' ' || folded(unnest(words)) as word from categories
),

-- "ce mug" stands for the product spoken of; "le dessert" does not.
generic_acts as (
    select span_id
    from own_acts
    where target is null
        or exists (
            select 1 from category_words
            where contains(
                ' ' || regexp_replace(lower(strip_accents(target)), '[^\p{L}\p{N}]+', ' ', 'g'), category_words.word
            )
        )
),

-- Who speaks drifts from one thing to the next: what an act of a turn means is named in its sentence or the one beside it.
drifted_acts as (
    select own_acts.span_id
    from own_acts
    join core_mentions as mentions
        on own_acts.post_id = mentions.post_id
        and own_acts.created_date = mentions.created_date
        and own_acts.brand_id = mentions.brand_id
    where own_acts.kind = 'episode_turn'
        and own_acts.page_product_id is null
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
    group by own_acts.span_id
    having min(len(regexp_extract_all(
        words_between(own_acts.post_text, own_acts.start, own_acts."end", mentions.start, mentions."end"),
        '[.!?…]+["”’»]*\s'
    ))) > 1
),

-- On a page about one product the others are there for comparison ("if you like X, get this"): an act means one of them
-- only where its name is among the words of the act, or in the object that follows them ("I recommend" + "the other X").
strayed_acts as (
    select own_acts.span_id
    from own_acts
    left join core_mentions as mentions
        on own_acts.post_id = mentions.post_id
        and own_acts.created_date = mentions.created_date
        and own_acts.brand_id = mentions.brand_id
        and not mentions.is_linked
        and mentions."end" > own_acts.start
        and mentions.start <= object_start(own_acts.post_text, own_acts."end") + if(
            starts_with(substr(own_acts.post_text, object_start(own_acts.post_text, own_acts."end") + 1), own_acts.target),
            length(own_acts.target), 0
        )
        and mentions.created_date between getvariable('from_date') and getvariable('to_date')
    where mentions.span_id is null
        and (
            own_acts.product_id <> own_acts.page_product_id
            or (own_acts.product_id is null and own_acts.brand_id <> own_acts.page_brand_id)
        )
),

aimed_acts as (
    select
        own_acts.* exclude (product_id, brand_id, target),
        if(drifted_acts.span_id is null and strayed_acts.span_id is null, own_acts.target, null) as target,
        case
            when strayed_acts.span_id is not null then 'source'
            when drifted_acts.span_id is not null then null
            when own_acts.product_id is not null or own_acts.brand_id is not null then 'named'
            when generic_acts.span_id is null then 'outside'
            when own_acts.page_product_id is not null then 'source'
            when in_post.brand_id is not null then 'post'
            when in_thread.brand_id is not null then 'thread'
        end as target_from,
        case target_from
            when 'named' then own_acts.product_id
            when 'post' then in_post.product_id
            when 'thread' then in_thread.product_id
            when 'source' then own_acts.page_product_id
        end as product_id,
        case target_from
            when 'named' then own_acts.brand_id
            when 'post' then in_post.brand_id
            when 'thread' then in_thread.brand_id
        end as named_brand_id,
        coalesce(own_acts.page_product_id, in_post.product_id) as rated_product_id,
        coalesce(own_acts.page_brand_id, if(in_post.is_one, in_post.brand_id, null)) as rated_brand_id
    from own_acts
    left join drifted_acts
        on own_acts.span_id = drifted_acts.span_id
    left join strayed_acts
        on own_acts.span_id = strayed_acts.span_id
    left join generic_acts
        on own_acts.span_id = generic_acts.span_id
    left join only_things as in_post
        on own_acts.post_id = in_post.post_id
    left join only_things as in_thread
        on own_acts.thread_id = in_thread.post_id
        and in_thread.created_date between own_acts.created_date - getvariable('lookback')::integer
            and own_acts.created_date
),

catalogued_acts as (
    select
        aimed_acts.*,
        coalesce(aimed_acts.named_brand_id, products.brand_id) as brand_id,
        case
            when aimed_acts.target_from is null then '?'
            when aimed_acts.target_from = 'outside' then 'words:' || lower(aimed_acts.target)
            else 'id:' || coalesce(aimed_acts.product_id, aimed_acts.named_brand_id)
        end as target_key
    from aimed_acts
    left join products using (product_id)
    -- "Not for you if you hate zombies", with five stars, warns nobody off. Stars are for what the page is about, else for
    -- the only thing that the post speaks of.
    where not (
        aimed_acts.rating is not null
        and if(aimed_acts.polarity = 'against', aimed_acts.rating >= 0.75, aimed_acts.rating <= 0.2)
        and coalesce(coalesce(aimed_acts.named_brand_id, products.brand_id) = rated_brand_id, false)
        and aimed_acts.product_id is not distinct from rated_product_id
    )
),

-- Acts both ways towards one target: the reading of the whole post decides.
judged as (
    select
        *,
        case
            when min(polarity) over target_acts = max(polarity) over target_acts then polarity
            when post_umot = 'positive' then 'for'
            else 'against'
        end as target_polarity,
        count(*) over target_acts as act_count,
        if(bool_or(modality = 'asserted') over target_acts, 'asserted', 'conditional') as target_modality,
        if(bool_or(addressee = 'seeker') over target_acts, 'seeker', 'public') as target_addressee
    from catalogued_acts
    window target_acts as (partition by post_id, target_key)
)

select
    substr(sha256(post_id || chr(31) || target_key), 1, 20) as umot_id,
    post_id,
    created_date,
    created_at,
    source,
    author_id,
    product_id,
    brand_id,
    target,
    target_from,
    target_polarity as polarity,
    target_modality as modality,
    experience,
    commercial,
    target_addressee as addressee,
    span_id as act_id,
    act_count,
    text as evidence,
    round(confidence * case target_from when 'post' then 0.9 when 'thread' then 0.7 when 'source' then 0.8 else 1 end, 4)
        as confidence
from judged
where polarity = target_polarity
qualify row_number() over (
    partition by post_id, target_key order by strength desc, confidence desc, start, span_id
) = 1
