-- In a window of one week the matrix counts each post once a brand, stage and type, and never more followed than met.
with met as (
    select
        date_trunc('week', created_date)::date + 6 as created_date, brand_id, stage, type, channel,
        count(distinct post_id) as touchpoint_count
    from touchpoints
    group by all
)

select matrix.created_date, matrix.brand_id, matrix.stage, matrix.type, matrix.channel, matrix.touchpoint_count
from touchpoint_matrix as matrix
full join met
    on matrix.created_date = met.created_date
    and matrix.brand_id = met.brand_id
    and matrix.stage = met.stage
    and matrix.type = met.type
    and matrix.channel = met.channel
    and matrix.window_weeks = 1
where (matrix.window_weeks = 1 and coalesce(matrix.touchpoint_count, 0) <> coalesce(met.touchpoint_count, 0))
    or matrix.created_date is null
    or matrix.followed_count > matrix.touchpoint_count
    or matrix.followed_count <> len(list_distinct(matrix.followed_post_ids))
    or matrix.author_count > matrix.touchpoint_count
    or matrix.followed_share not between matrix.followed_low and matrix.followed_high
    or (matrix.coverage = 0 and matrix.touchpoint_count = 0)
