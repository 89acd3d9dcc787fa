-- Of a cohort, those who came back and those who are lost are all, nobody comes back in the month of the start, and shares are shares.
select brand_id, kind, cohort_date, months_since, cohort_count, retained_count, lost_count
from community
where retained_count + lost_count <> cohort_count
    or cohort_count <> len(list_distinct(cohort_person_ids))
    or retained_count <> len(retained_person_ids)
    or lost_count <> len(lost_person_ids)
    or against_count > lost_count
    or (months_since = 0 and (retained_count is not null or lost_count is not null))
    or against_count > cohort_count
    or retention not between retention_low and retention_high
    or coverage not between 0 and 1
