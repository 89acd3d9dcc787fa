-- part: umot
-- question: From what experience do people recommend us or advise against us: did they buy it, were they given it?
-- reads: One UMOT falls in one row, gift before purchase before use. Its proofs are looked up with exists: a post often holds three spans of experience, and a join would count its UMOT three times. The purchase may be told in an earlier post.
-- param brand: brand_id in brands.yml; NULL for our first brand (brands.brand_id) = NULL
-- param days: how many days, up to the last night (whole number from 1 to 36500) = 30
with proven as (
    select
        *,
        case
            when exists (select 1 from core_cues as cues where cues.post_id = umots.post_id and cues.kind = 'gifted')
                then 'was given it'
            when exists (
                select 1
                from core_purchases as purchases
                where purchases.author_id = umots.author_id
                    and purchases.brand_id = umots.brand_id
                    and (umots.product_id is null or purchases.product_id = umots.product_id)
                    and purchases.created_at <= umots.created_at
            ) then 'says to have bought it'
            else 'uses it'
        end as experience_kind
    from umot_feed as umots
    where umots.brand_id = coalesce($brand, (select min(brand_id) from brands where not is_rival))
        and umots.created_date > (select max(created_date) from coverage_daily) - $days::integer
)

select
    experience_kind as experience,
    count_if(polarity = 'for') as umots_for,
    count_if(polarity = 'against') as umots_against,
    count(distinct author_id) as people,
    arg_max(experience_words, created_at) as latest_experience_words,
    arg_max(sentence, created_at) as latest_words
from proven
group by experience_kind
order by count(*) desc, experience
