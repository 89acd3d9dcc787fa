-- UMOTs with the person's words, newest first.
select
    post_id,
    sentence,
    evidence,
    coalesce(shown_names.name, left(umot_feed.author_id, 8), 'unknown'),
    source,
    url,
    created_date,
    brand,
    coalesce(product, brand, target, 'not named'),
    polarity = 'for',
    commercial,
    influenced_by,
    reasons
from umot_feed
left join shown_names using (author_id)
where created_date between getvariable('first_day') and getvariable('last_day')
order by created_at desc, umot_id
