-- part: people
-- question: Which small creators deserve a message from us, and why?
-- reads: One row = one person in one category and market: who writes of two categories or in two languages stands in each, so count persons, not rows. Read reasons and cautions, not only the score; who has 100,000 followers or more is left out, who tells no number stays.
-- param category: category_id in brands.yml; NULL for that of our first brand (categories.category_id) = NULL
-- param lang: language of the market, such as fr; NULL for all (code of a language) = NULL
select
    shortlist.lang,
    shortlist.rank,
    coalesce(names.name, names.handle, left(shortlist.author_id, 8)) as creator,
    shortlist.source_type as where_found,
    shortlist.tier,
    shortlist.follower_count as followers,
    round(shortlist.score, 2) as score,
    shortlist.audience,
    [entry.reason for entry in shortlist.reasons] as reasons,
    [entry.reason for entry in shortlist.cautions] as cautions,
    names.profile_url
from creator_shortlist as shortlist
left join author_names as names
    on shortlist.author_id = names.author_id
where shortlist.category_id = coalesce(
        $category, (select category_id from brands where not is_rival order by brand_id limit 1)
    )
    and ($lang is null or shortlist.lang = $lang)
    and (shortlist.tier is null or shortlist.tier in ('nano', 'micro'))
order by shortlist.lang, shortlist.rank, creator
