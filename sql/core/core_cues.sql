-- grain: one other evidence span, in a post's latest version
-- key: span_id
-- question: What else do the words prove: purchase, experience, influence, disclosure, reason?
-- owner: warehouse
-- refresh: created_date
-- lookback: 0
-- column kind: purchase, intent, experience, advice_sought, influence, disclosure, affiliate_link, promo_code, gifted, own_product, tip, suggestion, complaint or reason
-- column text: the words themselves
select span.* exclude (run_date), posts.created_date
from cues as span
join core_posts as posts using (post_id, run_date, source)
where posts.created_date between getvariable('from_date') and getvariable('to_date')
    and posts.deleted_at is null
