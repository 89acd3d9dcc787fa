-- part: chains
-- question: Whose advice do people follow: who led others to buy or to recommend in turn?
-- reads: One row = one adviser. followers counts each person once: influence_yield has a row for each product and kind of proof, and its sums count who followed twice twice. purchases counts each person and product once, however often it is told. Likeness alone (similarity) proves nothing and is left out.
-- param brand: brand_id in brands.yml; NULL for all (brands.brand_id) = NULL
-- param category: category_id in brands.yml; NULL for all (categories.category_id) = NULL
with followed as (
    select author_id, unnest(edge_ids) as edge_id
    from influence_yield
    where not is_inferred
        and ($brand is null or brand_id = $brand)
        and ($category is null or category_id = $category)
),

followers as (
    select
        followed.author_id,
        count(distinct edges.to_author_id) as followers,
        arg_max(edges.evidence, edges.to_at) as words
    from followed
    join edges
        on followed.edge_id = edges.edge_id
    group by followed.author_id
),

bought as (
    select author_id, sum(products) as purchases
    from (
        select
            influence.author_id, purchases.author_id as buyer_id, purchases.brand_id,
            greatest(1, count(distinct purchases.product_id)) as products
        from (
            select author_id, brand_id, product_id, unnest(purchase_post_ids) as post_id
            from influence_yield
            where not is_inferred
                and ($brand is null or brand_id = $brand)
                and ($category is null or category_id = $category)
        ) as influence
        join core_purchases as purchases
            on influence.post_id = purchases.post_id
            and influence.brand_id = purchases.brand_id
            and (influence.product_id is null or influence.product_id = purchases.product_id)
        group by all
    )
    group by author_id
),

yields as (
    select
        author_id,
        list_sort(list(distinct coalesce(products.name, brands.name))) as about,
        len(list_distinct(flatten(list(influence.umot_ids)))) as umots_for,
        max(influence.last_at)::date as last_date
    from influence_yield as influence
    join brands
        on influence.brand_id = brands.brand_id
    left join products
        on influence.product_id = products.product_id
    where not influence.is_inferred
        and ($brand is null or influence.brand_id = $brand)
        and ($category is null or influence.category_id = $category)
    group by author_id
)

select
    coalesce(names.name, names.handle, left(yields.author_id, 8)) as adviser,
    authors.tier,
    yields.about,
    followers.followers,
    coalesce(bought.purchases, 0)::bigint as purchases,
    yields.umots_for,
    yields.last_date,
    followers.words as latest_words
from yields
join followers
    on yields.author_id = followers.author_id
left join bought
    on yields.author_id = bought.author_id
join core_authors as authors
    on yields.author_id = authors.author_id
left join author_names as names
    on yields.author_id = names.author_id
order by followers.followers desc, yields.umots_for desc, purchases desc, adviser
