-- UMOTs about a brand of brands.yml with the person's words, newest first; those about other things are in umot_feed.
select
    post_id,
    sentence,
    text,
    evidence,
    coalesce(shown_names.name, left(umot_feed.author_id, 8), 'unknown'),
    source,
    url,
    created_date,
    brand,
    coalesce(product, brand),
    polarity = 'for',
    commercial,
    influenced_by,
    reasons
from umot_feed
left join shown_names using (author_id)
where created_date between getvariable('first_day') and getvariable('last_day')
    and brand is not null
order by created_at desc, umot_id
