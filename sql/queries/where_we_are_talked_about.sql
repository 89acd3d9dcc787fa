-- part: listen
-- question: Where do we get talked about, by how many people, and do they recommend us there?
-- reads: One row = one source, also one where nobody spoke of us. Posts and UMOTs are counted apart and then joined: joined first, a post with two UMOTs would count twice. people counts each author once a source.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
-- param lang: language such as fr; NULL for all (code of a language) = NULL
with asked as (
    select
        coalesce($brand, (select min(brand_id) from brands where not is_rival)) as brand_id,
        (select max(created_date) from coverage_daily) - $days::integer as after_date
),

heard as (
    select source, sum(complete_count) / nullif(sum(planned_count), 0) as coverage
    from coverage_daily, asked
    where created_date > after_date
    group by source
),

posts as (
    select
        feed.source,
        count(*) as posts,
        count(distinct feed.author_id) as people,
        count_if(feed.kind in ('question', 'topic') or feed.is_seeking_advice) as of_these_questions
    from listening_feed as feed, asked
    where list_contains(feed.brand_ids, asked.brand_id)
        and feed.created_date > asked.after_date
        and not feed.is_owned
        and not feed.is_duplicate
        and ($lang is null or feed.lang = $lang)
    group by feed.source
),

umots_by_source as (
    select
        umots.source,
        count(*) filter (where polarity = 'for') as umots_for,
        count(*) filter (where polarity = 'against') as umots_against
    from umot_feed as umots, asked
    where umots.brand_id = asked.brand_id
        and umots.created_date > asked.after_date
        and ($lang is null or umots.lang = $lang)
    group by umots.source
)

select
    heard.source,
    coalesce(posts.posts, if(heard.coverage > 0, 0, null)) as posts,
    coalesce(posts.people, if(heard.coverage > 0, 0, null)) as people,
    coalesce(posts.of_these_questions, if(heard.coverage > 0, 0, null)) as of_these_questions,
    coalesce(umots_by_source.umots_for, if(heard.coverage > 0, 0, null)) as umots_for,
    coalesce(umots_by_source.umots_against, if(heard.coverage > 0, 0, null)) as umots_against,
    round(heard.coverage, 3) as coverage
from heard
left join posts
    on heard.source = posts.source
left join umots_by_source
    on heard.source = umots_by_source.source
order by posts desc nulls last, heard.source
