-- part: listen
-- question: Who expects an answer from us and has none, the most urgent first?
-- reads: One row = one post, also when it calls on two of our brands: needs_reply has a row for each, so counting its rows counts such a post twice. answers are those of other people; urgency is explained in metric_versions.
-- param brand: brand_id of ours; NULL for all of ours (brands.brand_id where not is_rival) = NULL
-- param source: id of a source; NULL for all (sources.source) = NULL
-- param lang: language such as fr; NULL for all (code of a language) = NULL
select
    max(waiting.urgency) as urgency,
    any_value(waiting.age_days) as age_days,
    any_value(waiting.source) as source,
    any_value(coalesce(names.name, names.handle, left(waiting.author_id, 8))) as author,
    string_agg(brands.name, ', ' order by brands.name) as brands,
    any_value(waiting.addressed_by) as addressed_by,
    any_value(waiting.answer_count) as answers,
    any_value(waiting.reach_high) as reach_at_most,
    any_value(waiting.complaints) as complaints,
    any_value(waiting.url) as url,
    any_value(waiting.text) as text
from needs_reply as waiting
join brands
    on waiting.brand_id = brands.brand_id
left join author_names as names
    on waiting.author_id = names.author_id
where ($brand is null or waiting.brand_id = $brand)
    and ($source is null or waiting.source = $source)
    and ($lang is null or waiting.lang = $lang)
group by waiting.post_id
order by urgency desc, url
