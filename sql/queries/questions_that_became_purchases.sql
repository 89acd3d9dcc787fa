-- part: chains
-- question: Which questions turned into purchases, and who had answered?
-- reads: One row = one question and what its author bought. advice_loop has a row for each product that was named or advised, so its rows are not questions. The purchase is stated in public; is_stated says whether the buyer names an answerer.
-- param brand: brand_id in brands.yml of what was bought; NULL for all (brands.brand_id) = NULL
-- param days: how many days, up to the last night, since the question (whole number from 1 to 36500) = 90
select
    loops.created_date as asked_date,
    coalesce(asker.name, asker.handle, left(loops.author_id, 8)) as asker,
    loops.words as asked,
    loops.answer_count as answers,
    (
        select
            string_agg(coalesce(names.name, names.handle, left(answerers.author_id, 8)), ', ' order by answerers.place)
        from (
            select unnest(loops.answerer_ids) as author_id, unnest(range(len(loops.answerer_ids))) as place
        ) as answerers
        left join author_names as names
            on answerers.author_id = names.author_id
    ) as answered_by,
    coalesce(products.name, brands.name) as bought,
    loops.days_to_purchase,
    loops.is_stated,
    loops.umot_polarity as then_said,
    loops.days_to_umot,
    purchase.url,
    purchase.text as purchase_words
from advice_loop as loops
join core_posts as purchase
    on loops.purchase_post_id = purchase.post_id
join brands
    on loops.brand_id = brands.brand_id
left join products
    on loops.product_id = products.product_id
left join author_names as asker
    on loops.author_id = asker.author_id
where ($brand is null or loops.brand_id = $brand)
    and loops.created_date > (select max(created_date) from coverage_daily) - $days::integer
order by loops.asked_at desc, asker, bought
