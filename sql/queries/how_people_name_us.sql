-- part: listen
-- question: Under which names do people speak of us, and how often?
-- reads: posts counts each post once a name; mentions counts every time the name is spoken. Names in one post share it, so posts of several rows may be the same: do not add them up. Links to our site without a name are left out.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
select
    lower(mentions.text) as name,
    coalesce(products.name, brands.name) as thing,
    count(distinct mentions.post_id) as posts,
    count(distinct posts.author_id) as people,
    count(*) as mentions
from core_mentions as mentions
join core_posts as posts
    on mentions.post_id = posts.post_id
join brands
    on mentions.brand_id = brands.brand_id
left join products
    on mentions.product_id = products.product_id
where mentions.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
    and mentions.created_date > (select max(created_date) from coverage_daily) - $days::integer
    and not mentions.is_linked
    and not posts.is_owned
    and not posts.is_duplicate
    and posts.deleted_at is null
group by lower(mentions.text), coalesce(products.name, brands.name)
order by posts desc, mentions desc, name, thing
