-- grain: one post that is not deleted, whose author is known, and one category that it is about
-- key: post_id, category_id
-- question: Which posts does an author give to a category, in their own words or somebody else's?
-- owner: warehouse
-- refresh: created_date
-- lookback: 90 of core_posts, core_subjects
-- column author_id: keyed hash of the author, see core_authors
-- column category_id: category of a brand or product named, or of the page, else of a word for it in the post, its title or that of its thread, else of a brand or product named by the post that opened the thread, at most 90 days older
-- column is_brand_named: whether the post, or its page, names any brand or product of that category
-- column is_copy: the post holds the words of an earlier one, see duplicate_of in core_posts
-- column copied_author_id: author of that earlier post; NULL for an original, and where the source does not tell
-- column commercial: organic (no commercial evidence found), disclosed or probable; NULL when the post was not understood
-- column engagement_rate: likes, replies and shares divided by views, else by followers; NULL when unknown, see core_reach
with wanted as (
    select *
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and deleted_at is null
        and author_id is not null
),

category_words as (
    select category_id, unnest(category_words(name, words)) as word from categories
),

-- Folding every text would cost most of the build: only those that hold the word at all are folded.
worded as (
    select distinct spoken.post_id, category_words.category_id
    from (
        select post_id, lower(strip_accents(concat_ws(' ', thread_title, title, text))) as words from wanted
    ) as spoken
    join category_words
        on contains(spoken.words, split_part(category_words.word, ' ', 1))
        and if(
            contains(spoken.words, split_part(category_words.word, ' ', -1)),
            contains(' ' || folded(spoken.words) || ' ', ' ' || category_words.word),
            false
        )
),

themes as (
    select post_id, category_id, true as is_brand_named
    from core_subjects
    where created_date between getvariable('from_date') and getvariable('to_date')
        and category_id is not null
    union all
    select post_id, category_id, false
    from worded
    union all
    select wanted.post_id, opening.category_id, false
    from wanted
    join core_subjects as opening
        on wanted.thread_id = opening.post_id
        and wanted.post_id <> opening.post_id
        and opening.created_date between wanted.created_date - getvariable('lookback')::integer and wanted.created_date
    where opening.category_id is not null
),

about as (
    select post_id, category_id, bool_or(is_brand_named) as is_brand_named
    from themes
    group by all
)

select
    wanted.post_id,
    wanted.created_date,
    wanted.created_at,
    wanted.source,
    wanted.lang,
    wanted.author_id,
    about.category_id,
    about.is_brand_named,
    wanted.is_duplicate as is_copy,
    copied.author_id as copied_author_id,
    readings.commercial,
    reach.engagement_rate
from about
join wanted using (post_id)
left join core_readings as readings
    on wanted.post_id = readings.post_id
    and wanted.created_date = readings.created_date
left join core_reach as reach
    on wanted.post_id = reach.post_id
    and wanted.created_date = reach.created_date
left join core_posts as copied
    on wanted.duplicate_of = copied.post_id
    and copied.created_date between wanted.created_date - getvariable('lookback')::integer and wanted.created_date
