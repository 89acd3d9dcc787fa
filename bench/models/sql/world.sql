-- Posts of some nights: which night saw which post, and everything that the tables say of it.
create or replace temp table seen as
select i, run_date, age
from (
    select i, unnest(if(u(i, 10) < 0.9, [0], [0, 1, 3, 7, 30])) as age, i // getvariable('per_day')::bigint as born
    from range(
        greatest(0, (getvariable('first_run') - getvariable('start') - 30) * getvariable('per_day')::bigint),
        (getvariable('last_run') - getvariable('start') + 1) * getvariable('per_day')::bigint
    ) as numbers(i)
)
cross join lateral (
    select getvariable('start') + (born + if(u(i, 10) < 0.02, 1, age))::integer as run_date
)
where run_date between getvariable('first_run') and getvariable('last_run');

create or replace temp table words as
select distinct words_of(i) as i from seen;

create or replace temp table advised as
select i, handle_of(adviser) as handle
from (select i, adviser_of(i) as adviser from words where is_taker(i) and is_about(i) and u(i, 24) < 0.7)
where adviser is not null;

create or replace temp table parts as
select
    i,
    lang_of(i) as lang,
    opening_of(i) as opening,
    if(not is_topic(i) and u(i, 41) < 0.03, '> ' || opening_of(words_of(root(i))) || chr(10), '') as quoted,
    if(is_about(i), name_of(i), null) as mention,
    case
        when is_for(i) then pick(if(lang = 'fr',
            ['je vous le recommande', 'foncez', 'je le conseille à tout le monde'],
            ['I recommend it', 'go for it', 'I tell everybody to get one']), i, 21)
        when is_against(i) then pick(if(lang = 'fr',
            ['je vous le déconseille', 'fuyez'], ['do not buy it', 'stay away from it']), i, 21)
    end as act,
    case when is_for(i) or is_against(i) then if(u(i, 22) < 0.6, pick(
        ['it keeps warm', 'the lid is tight', 'la poignée est solide', 'the price is fair', 'le couvercle fuit',
         'it fits my bag', 'il garde bien la chaleur', 'the paint wears off'], i, 23), null) end as reason,
    if(is_buyer(i), if(lang = 'fr', 'je l''ai acheté', 'I bought it'), null) as purchase,
    if(is_experienced(i) and (is_for(i) or is_against(i)),
        if(lang = 'fr', 'je m''en sers tous les jours', 'I use it every day'), null) as experience,
    if(is_taker(i) and is_about(i), case
        when u(i, 24) < 0.7 then coalesce('@' || advised.handle, 'a friend')
        when u(i, 24) < 0.8 then given((hash(i) % 5000)::bigint)
        else 'my sister'
    end, null) as adviser,
    if(is_about(i) and u(i, 25) < 0.015,
        ['TRAIL', 'CITY', 'MINI', 'SAVE'][1 + (hash(i) % 4)::integer] || (hash(i // 7) % 60), null) as code,
    if(is_seeking(i), if(lang = 'fr', 'Lequel me conseillez-vous ?', 'Which mug should I get?'), null) as asked,
    if(is_about(i) and u(i, 26) < 0.01, name_of(i + 5), null) as left_thing,
    if(u(i, 27) < 0.03, if(lang = 'fr', 'il fuit, c''est inadmissible', 'it leaks, this is not acceptable'), null)
        as complaint,
    if(u(i, 28) < 0.04, 'Zed' || getvariable('vocabulary')[1 + floor(4000 * pow(u(i, 29), 6))::integer], null)
        as candidate
from words
left join advised using (i);

create or replace temp table written as
select
    *,
    if(adviser is null, null, if(lang = 'fr', 'sur les conseils de ', 'thanks to ') || adviser) as influence,
    if(left_thing is null, null, if(lang = 'fr', 'je suis passé de ', 'I went over from ') || left_thing) as switch,
    quoted || concat_ws('. ', opening, mention, purchase, experience, act, reason, influence, code, switch, complaint, candidate,
        asked) as text
from parts;

create or replace temp table world as
select
    seen.*,
    words_of(seen.i) as w,
    id('post', seen.i) as post_id,
    source_of(seen.i) as source,
    root(seen.i) as topic,
    person_of(seen.i) as person,
    handle_of(seen.i) as handle,
    handle = 'aldren' as is_owned,
    if(u(seen.i, 12) < 0.02 and not is_owned, null, id(source_of(seen.i) || '/', person_of(seen.i))) as author_id,
    to_timestamp(epoch(getvariable('start')) + 86400 * seen.i / getvariable('per_day')) as created_at,
    to_timestamp(epoch(seen.run_date) + 86400 + 7200) as seen_at
from seen;
