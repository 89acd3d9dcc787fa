-- grain: one post with a UMOT about a product of brands.yml, and one of its words of six letters or more
-- key: post_id, word
-- question: In which words of their own do people recommend, or advise against?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column author_id: keyed hash of the author, see core_authors
-- column word: folded; no name of the catalogue, no word with a digit
with recommending as (
    select distinct post_id
    from umots
    where created_date between getvariable('from_date') and getvariable('to_date')
        and brand_id is not null
        and author_id is not null
),

catalogue as (
    select distinct unnest(string_split(name, ' ')) as word from core_names
)

select distinct posts.post_id, posts.created_date, posts.created_at, posts.author_id, words.word
from core_posts as posts
join recommending using (post_id)
cross join unnest(string_split(folded(posts.text), ' ')) as words(word)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and length(words.word) >= 6
    and not regexp_matches(words.word, '\d')
    and words.word not in (select word from catalogue)
