-- Every span says exactly the characters of its post between start and end.
select span.span_id, span.post_id, span.text as words, posts.text[span.start + 1:span."end"] as characters
from (
    select span_id, post_id, created_date, start, "end", text from core_mentions
    union all
    select span_id, post_id, created_date, start, "end", text from core_acts
    union all
    select span_id, post_id, created_date, start, "end", text from core_cues
) as span
join core_posts as posts using (post_id, created_date)
where is_rebuilt('core_posts', span.created_date)
    and posts.text[span.start + 1:span."end"] is distinct from span.text
