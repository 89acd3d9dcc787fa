-- The deepest chain of advice, person by person, in the order in which they took it up.
with chosen as (
    select chain_id
    from chains
    where influenced_at::date <= getvariable('last_day') + 1
    group by chain_id
    having bool_or(influenced_at::date >= getvariable('first_day'))
    order by max(generation) desc, count(*) desc, min(influenced_at), chain_id
    limit 1
)

select
    coalesce(shown_names.name, left(chains.author_id, 8)),
    posts.source,
    posts.created_date,
    posts.url,
    coalesce(umot_feed.sentence, posts.text),
    chains.evidence,
    concat_ws(
        ' and ',
        if(chains.purchase_post_id is not null and chains.generation > 0, 'bought it', null),
        case
            when chains.umot_polarity = 'against' then 'advises against it'
            when chains.umot_id is not null then if(chains.generation = 0, 'recommends it', 'recommends it in turn')
            when chains.purchase_post_id is null then 'was led to it'
        end
    ),
    round(chains.days_from_advice)::integer,
    chains.generation
from chains
join chosen using (chain_id)
join core_posts as posts
    on coalesce(chains.umot_post_id, chains.post_id) = posts.post_id
left join umot_feed using (umot_id)
left join shown_names
    on chains.author_id = shown_names.author_id
order by chains.path_post_ids, chains.influenced_at, chains.author_id
