-- In an advice loop each step follows the one before it, and a loop that is closed has them all.
select question_id, brand_id, product_id, asked_at, answered_at, purchased_at, recommended_at, is_closed
from advice_loop
where answered_at < asked_at
    or purchased_at <= asked_at
    or recommended_at < coalesce(purchased_at, asked_at)
    or least(days_to_answer, days_to_purchase, days_to_umot) < 0
    or answer_count <> len(list_distinct(answer_post_ids))
    or (is_closed and (answered_at is null or purchased_at is null or umot_polarity is distinct from 'for'))
