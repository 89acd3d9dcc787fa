-- part: chains
-- question: Which promo codes and paid links go round, who gave them, and who used them?
-- reads: One row = one code, written with a number or, once at least, in capitals, or the paid links of one page. users are people whose later post repeats it, each once and never the giver; a post that prints the code twice gives it once. A use is a repeat in public, not a sale.
-- param brand: brand_id in brands.yml, named where the code is given; NULL for all (brands.brand_id) = NULL
with codes as (
    select distinct upper(trim(value)) as code
    from core_cues
    where kind = 'promo_code'
        and regexp_full_match(trim(value), '[\p{L}\p{N}_-]*\d[\p{L}\p{N}_-]*|[\p{Lu}_-]{3,}')
),

given as (
    select distinct
        posts.post_id,
        posts.author_id,
        posts.created_at,
        posts.url,
        cues.kind,
        if(
            cues.kind = 'promo_code',
            upper(trim(cues.value)),
            coalesce(
                max(nullif(regexp_extract(cues.text, 'https?://\S+'), '')) over (partition by cues.post_id),
                'link at ' || posts.url
            )
        ) as code
    from core_cues as cues
    join core_posts as posts
        on cues.post_id = posts.post_id
    where (
            cues.kind = 'affiliate_link'
            -- "20 % off" and "the coupon code" give no code, and "the code review" is none.
            or (
                cues.kind = 'promo_code'
                and upper(trim(cues.value)) in (select code from codes)
            )
        )
        and not posts.is_duplicate
        and posts.deleted_at is null
        and ($brand is null or cues.post_id in (select post_id from core_subjects where brand_id = $brand))
        and not exists (
            select 1 from edges where edges.kind = 'code_or_link' and edges.to_post_id = posts.post_id
        )
),

used as (
    select edges.from_post_id, edges.to_author_id, edges.evidence, readings.purchase
    from edges
    left join core_readings as readings
        on edges.to_post_id = readings.post_id
    where edges.kind = 'code_or_link'
)

select
    given.code as code_or_link,
    min(given.created_at)::date as first_date,
    arg_min(coalesce(names.name, names.handle, left(given.author_id, 8)), given.created_at) as first_given_by,
    count(distinct given.post_id) as posts_that_give_it,
    count(distinct used.to_author_id) as users,
    count(distinct used.to_author_id) filter (where used.purchase = 'bought') as of_these_say_they_bought,
    arg_min(given.url, given.created_at) as first_url
from given
left join used
    on given.post_id = used.from_post_id
    and (given.kind = 'affiliate_link' or contains(upper(used.evidence), given.code))
    and given.author_id is distinct from used.to_author_id
left join author_names as names
    on given.author_id = names.author_id
group by given.code
order by users desc, first_date, code_or_link
