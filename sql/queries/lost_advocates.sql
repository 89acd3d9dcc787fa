-- part: people
-- question: Which advocates did we lose, and what do they say now?
-- reads: One row = one person who recommended us organically and whose last word is against us, or who spoke of us on two days at least and has been silent since: who reviews once and goes is no loss. The last word is taken over all they said of us: with a join on days, a person lost and won back shows as lost. Silence is where nothing was heard; look at coverage.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param silent_days: days without a word on us that count as lost (whole number from 1 to 36500) = 60
with spoken as (
    select persons.person_id, max(feed.created_date) as last_date, count(distinct feed.created_date) as days
    from listening_feed as feed
    join core_persons as persons
        on feed.author_id = persons.author_id
    where list_contains(feed.brand_ids, coalesce($brand, (select min(brand_id) from brands where not is_rival)))
    group by persons.person_id
),

advocates as (
    select
        persons.person_id,
        any_value(umots.author_id) as author_id,
        max(umots.created_date) filter (where umots.polarity = 'for') as last_for_date,
        max(umots.created_date) as last_umot_date,
        arg_max(umots.polarity, umots.created_at) as last_polarity,
        arg_max(coalesce(umots.product, umots.brand), umots.created_at) as product,
        arg_max(umots.url, umots.created_at) as url,
        arg_max(umots.sentence, umots.created_at) filter (where umots.polarity = 'for') as words_then,
        arg_max(umots.sentence, umots.created_at) as last_words
    from umot_feed as umots
    join core_persons as persons
        on umots.author_id = persons.author_id
    where umots.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
        and umots.commercial = 'organic'
    group by persons.person_id
    having last_for_date is not null
)

select
    coalesce(names.name, names.handle, left(advocates.author_id, 8)) as person,
    if(advocates.last_polarity = 'against', 'advises against us now', 'silent') as how,
    advocates.last_for_date,
    greatest(advocates.last_umot_date, spoken.last_date) as last_heard_date,
    advocates.product,
    advocates.url,
    advocates.words_then,
    if(advocates.last_polarity = 'against', advocates.last_words, null) as words_now
from advocates
left join spoken
    on advocates.person_id = spoken.person_id
left join author_names as names
    on advocates.author_id = names.author_id
where advocates.last_polarity = 'against'
    or (
        spoken.days >= 2
        and greatest(advocates.last_umot_date, spoken.last_date)
        < (select max(created_date) from coverage_daily) - $silent_days::integer
    )
order by how, advocates.last_for_date desc, person
