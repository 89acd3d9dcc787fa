-- grain: one author (one account) and one category that they were seen writing about
-- key: author_id, category_id
-- question: What does an author give to a category, and what do they recommend there?
-- owner: warehouse
-- refresh: all
-- lookback: 0
-- column author_id: keyed hash of the account, see core_authors; all counts are of posts that we saw
-- column category_id: category of brands.yml
-- column post_count: posts of the author seen, whatever they are about, deleted ones apart
-- column category_post_count: of these, posts about the category: they name a brand, a product or a word of it, or answer in a thread opened about one
-- column topical_share: category_post_count / post_count, 0 to 1
-- column original_count: of category_post_count, posts in their own words
-- column reshared_count: of category_post_count, posts that hold somebody else's words; copies of their own count nowhere
-- column originality: original_count / (original_count + reshared_count), 0 to 1
-- column engagement_rate: median over these posts of likes, replies and shares divided by views, else by followers; NULL when unknown
-- column recommending_post_count: of category_post_count, posts with a UMOT for something of the category
-- column selectivity: recommending_post_count / category_post_count, 0 to 1: near 1, every post recommends
-- column commercial_share: posts with commercial evidence / posts understood, both in the category, 0 to 1
-- column shelf: what they recommend or advise against in these posts, each thing once: thing (product_id, brand_id, or the words where brands.yml has neither), name (as people read it), polarity (the latest), umot_count, is_commercial (any of them), is_of_category (false for things outside brands.yml that no word of the category names: a dish, a hut; they are in no count), post_ids; of things outside brands.yml, those that have what looks like a name in them (a candidate of core_cues, in the same post)
-- column post_ids: the posts about the category, the latest first
-- column umot_ids: their UMOTs about the category, the latest first
-- column first_post_at: first of these posts (UTC)
-- column last_post_at: latest of these posts (UTC)
with seen as (
    select author_id, count(*) as post_count
    from core_posts
    where author_id is not null
        and deleted_at is null
    group by author_id
),

in_category as (
    select
        posts.author_id,
        posts.category_id,
        min(posts.created_at) as first_post_at,
        max(posts.created_at) as last_post_at,
        count(*) as category_post_count,
        count_if(not posts.is_copy)::bigint as original_count,
        count_if(posts.is_copy and copied.person_id is distinct from own.person_id)::bigint as reshared_count,
        median(posts.engagement_rate) as engagement_rate,
        count_if(posts.commercial <> 'organic') / nullif(count(posts.commercial), 0) as commercial_share,
        latest_first(list(dated(posts.created_at, posts.post_id))) as post_ids
    from core_author_posts as posts
    join core_persons as own using (author_id)
    left join core_persons as copied
        on posts.copied_author_id = copied.author_id
    group by posts.author_id, posts.category_id
),

category_words as (
    select category_id, ' ' || unnest(category_words(name, words)) as word from categories
),

-- Who praises the soup in a post about bottles recommends no bottle: it stands on the shelf, and in no count.
aimed as (
    select
        umots.*,
        coalesce(products.category_id, brands.category_id) as category_id,
        coalesce(products.name, brands.name) as name,
        true as is_of_category,
        true as is_name
    from umots
    join brands on umots.brand_id = brands.brand_id
    left join products on umots.product_id = products.product_id
    where umots.author_id is not null
    union all by name
    select
        umots.*,
        posts.category_id,
        umots.target as name,
        exists (
            select 1
            from category_words
            where category_words.category_id = posts.category_id
                and contains(' ' || folded(umots.target), category_words.word)
        ) as is_of_category,
        -- "The five bux" and "the frustration" are praised and blamed, and are no things.
        exists (
            select 1
            from core_cues as cues
            where cues.post_id = umots.post_id
                and cues.kind = 'candidate'
                and contains(' ' || folded(umots.target) || ' ', ' ' || folded(coalesce(cues.value, cues.text)) || ' ')
        ) as is_name
    from umots
    join core_author_posts as posts using (post_id, created_date)
    where umots.brand_id is null
        and umots.target_from = 'outside'
),

shelved as (
    select
        author_id,
        category_id,
        coalesce(product_id, brand_id, lower(target)) as thing,
        arg_min(name, dated(created_at, umot_id)) as name,
        arg_min(polarity, dated(created_at, umot_id)) as polarity,
        count(*) as umot_count,
        bool_or(commercial <> 'organic') as is_commercial,
        bool_or(is_of_category) as is_of_category,
        list_sort(list(distinct post_id)) as post_ids
    from aimed
    where is_name
    group by all
),

shelves as (
    select
        author_id,
        category_id,
        list_transform(
            list_sort(list(struct_pack(
                last := -umot_count, thing := thing, name := name, polarity := polarity, umot_count := umot_count,
                is_commercial := is_commercial, is_of_category := is_of_category, post_ids := post_ids
            ))),
            lambda entry: struct_pack(
                thing := entry.thing, name := entry.name, polarity := entry.polarity, umot_count := entry.umot_count,
                is_commercial := entry.is_commercial, is_of_category := entry.is_of_category, post_ids := entry.post_ids
            )
        ) as shelf
    from shelved
    group by all
),

spoken as (
    select
        author_id,
        category_id,
        count(distinct post_id) filter (where polarity = 'for') as recommending_post_count,
        latest_first(list(dated(created_at, umot_id))) as umot_ids
    from aimed
    where is_of_category
    group by all
)

select
    in_category.author_id,
    in_category.category_id,
    seen.post_count,
    in_category.category_post_count,
    in_category.category_post_count / seen.post_count as topical_share,
    in_category.original_count,
    in_category.reshared_count,
    in_category.original_count / nullif(in_category.original_count + in_category.reshared_count, 0) as originality,
    in_category.engagement_rate,
    coalesce(spoken.recommending_post_count, 0) as recommending_post_count,
    coalesce(spoken.recommending_post_count, 0) / in_category.category_post_count as selectivity,
    in_category.commercial_share,
    coalesce(shelves.shelf, []) as shelf,
    in_category.post_ids,
    coalesce(spoken.umot_ids, []) as umot_ids,
    in_category.first_post_at,
    in_category.last_post_at
from in_category
join seen using (author_id)
left join spoken using (author_id, category_id)
left join shelves using (author_id, category_id)
