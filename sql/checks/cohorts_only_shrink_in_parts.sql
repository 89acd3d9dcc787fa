-- Of a cohort, those who came back and those who are lost are all, everybody was there at the start, and shares are shares.
select brand_id, kind, cohort_date, months_since, cohort_count, retained_count, lost_count
from community
where retained_count + lost_count <> cohort_count
    or retained_count <> len(retained_person_ids)
    or lost_count <> len(lost_person_ids)
    or against_count > lost_count
    or (kind = 'authors' and months_since = 0 and retained_count <> cohort_count)
    or retention not between retention_low and retention_high
    or coverage not between 0 and 1
