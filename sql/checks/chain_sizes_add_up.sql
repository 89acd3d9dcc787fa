-- The generations of a chain add up to its people, one of them the first; distances lie between 1 and twice the depth.
select chain_id, depth, person_count, generation_sizes, structural_virality
from chain_shapes
where list_sum(generation_sizes) <> person_count
    or generation_sizes[1] <> 1
    or len(generation_sizes) <> depth + 1
    or structural_virality not between 1 and 2 * depth
    or structural_virality is null
union all
select created_date || ' ' || window_weeks || ' ' || brand_id, next_umot_count, umot_count, null, reproduction_number
from chain_summary
where reproduction_number not between reproduction_low and reproduction_high
    or advised_umot_count > umot_count
    or umot_count <> len(list_distinct(umot_ids))
    or depth_1_count + depth_2_count + depth_3_count <> len(list_distinct(chain_ids))
    or (coverage = 0 and umot_count = 0)
