-- part: people
-- question: Who recommends us again and again?
-- reads: One row = one person, linked accounts together. times counts days on which they recommended us, so that a thread in one evening is once, and two products in one post too. Who speaks against us last is not loyal and is left out.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param least_times: fewest days (whole number from 1 to 1000000) = 2
select
    any_value(coalesce(names.name, names.handle, left(umots.author_id, 8)) order by umots.created_at) as person,
    count(distinct umots.created_date) filter (where umots.polarity = 'for') as times,
    min(umots.created_date) as first_date,
    max(umots.created_date) as last_date,
    list_sort(list(distinct coalesce(umots.product, umots.brand)) filter (where umots.polarity = 'for')) as recommends,
    list_sort(list(distinct umots.source)) as sources,
    arg_max(umots.url, umots.created_at) as url,
    arg_max(umots.sentence, umots.created_at) as latest_words
from umot_feed as umots
join core_persons as persons
    on umots.author_id = persons.author_id
left join author_names as names
    on umots.author_id = names.author_id
where umots.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and umots.commercial = 'organic'
group by persons.person_id
having times >= $least_times::integer
    and arg_max(umots.polarity, umots.created_at) = 'for'
order by times desc, last_date desc, person
