-- A profile counts each post and each follower's word once, and its shares lie between 0 and 1.
select author_id, category_id, category_post_count, authority, social_credit
from author_profiles
where category_post_count <> len(list_distinct(post_ids))
    or category_post_count > post_count
    or original_count + reshared_count > category_post_count
    or umot_yield <> len(list_distinct(yield_umot_ids))
    or confirmation_count <> len(list_distinct(confirmation_umot_ids))
    or contradiction_count <> len(list_distinct(contradiction_umot_ids))
    or authority not between 0 and 1
    or topical_share not between 0 and 1
    or selectivity not between 0 and 1
    or commercial_share not between 0 and 1
    or coverage not between 0 and 1
