-- grain: one post of core_topics and one name by which its author, or the show or page that carries it, can be called
-- key: post_id, phrase
-- question: Whom or what would people name who were led by this post?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- follows: versions
-- column phrase: the name, folded
-- column shown: the name as written
-- column sureness: 0 to 1: 0.9 a whole handle or name, 0.75 the title of the page or the name of the show, 0.6 a first name
-- column is_person: false for a show or title
-- column is_common: a first name that four or more of the day's authors bear: it names one of them inside their conversation only
-- column thread_id: conversation of the post
-- column needs_capital: whether it counts only where it is written as a name: the first word of a handle may be any word
with spoken as (
    select *
    from core_posts
    where created_date between getvariable('from_date') and getvariable('to_date')
        and post_id in (
            select post_id from core_topics
            where created_date between getvariable('from_date') and getvariable('to_date')
        )
),

-- As the night saw them that brought the post: a later night does not rename earlier posts.
accounts as (
    select distinct spoken.post_id, spoken.created_date, identities.handle, identities.name
    from spoken
    join identities using (author_id, run_date, source)
),

names as (
    select post_id, created_date, unnest([
        struct_pack(shown := handle, sureness := 0.9, is_person := true, needs_capital := false),
        struct_pack(shown := split_part(ltrim(handle, '@'), '@', 1), sureness := 0.9, is_person := true, needs_capital := false),
        struct_pack(shown := name, sureness := 0.9, is_person := true, needs_capital := false),
        struct_pack(shown := split_part(trim(name), ' ', 1), sureness := 0.6, is_person := true, needs_capital := false),
        struct_pack(
            shown := upper(split_part(folded(handle), ' ', 1)[1]) || split_part(folded(handle), ' ', 1)[2:],
            sureness := 0.6, is_person := true, needs_capital := true
        )
    ], recursive := true)
    from accounts
    union all
    select post_id, created_date, split_part(thread_title, ' · ', 1), 0.75, false, false
    from spoken
    where kind in ('article', 'episode_turn')
        and len(string_split(folded(split_part(thread_title, ' · ', 1)), ' ')) between 3 and 8
    union all
    select post_id, created_date, unnest([source, regexp_extract(instance, '([^.:]+)\.[^.:]+(:\d+)?$', 1)]), 0.75, false, false
    from spoken
    where source_type in ('feed', 'wordpress', 'podcast')
),

called as (
    select
        post_id,
        created_date,
        folded(shown) as phrase,
        arg_max(shown, struct_pack(sureness := sureness, shown := shown)) as shown,
        max(sureness)::double as sureness,
        bool_or(is_person) as is_person,
        bool_and(needs_capital) as needs_capital
    from names
    where length(folded(shown)) > if(needs_capital, 3, if(is_person or sureness <> 0.75, 2, 7))
        and folded(shown) not in (select name from core_names)
    group by post_id, created_date, folded(shown)
),

shared as (
    select called.phrase, called.created_date
    from called
    join spoken on called.post_id = spoken.post_id
    where called.sureness = 0.6
    group by called.phrase, called.created_date
    having count(distinct spoken.author_id) >= 4
)

select
    called.*,
    called.sureness = 0.6 and shared.phrase is not null as is_common,
    spoken.thread_id
from called
join spoken on called.post_id = spoken.post_id
left join shared
    on called.phrase = shared.phrase
    and called.created_date = shared.created_date
