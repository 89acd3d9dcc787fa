-- grain: one term on one day on which it is used, and used by more people than it was
-- key: created_date, term
-- question: Which products, companies and reasons that nobody listed are coming up?
-- owner: warehouse
-- refresh: created_date
-- lookback: 40
-- metric: rising_term v1 (2026-11-22) at least 3 people in the last 7 days, and a Poisson tail under 0.02, expected: the people of the 28 days before, in proportion to the posts seen in both, at least 0.5; not before 28 days of posts were seen
-- metric: rising_term v2 (2026-11-22) as v1, but an episode counts as one person: who sits in one conversation takes up its words
-- metric: rising_term v3 (2026-11-23) as v2, and an episode counts as one post of those seen
-- column created_date: last of the 7 days, one on which the term is used
-- column kind: candidate (looks like a product or company), target (is recommended or advised against) or reason; the first that holds
-- column wording: the words as most people write them
-- column author_count: people who used it in the last 7 days, each once; a post without a known author counts as a person, and so does an episode with all who speak in it
-- column earlier_author_count: people who used it in the 28 days before
-- column expected_count: people expected in the 7 days if nothing had changed
-- column tail_probability: probability of so many people or more, by a Poisson law
-- column is_repeat: true when the term was rising already on one of the 6 days before
-- column post_ids: the posts of the 7 days that carry it
-- column coverage: share of the planned source-windows of the 7 days that were complete, 0 to 1
with episodes as (
    select post_id, thread_id
    from core_posts
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and kind = 'episode_turn'
),

terms as (
    select terms.*, coalesce(episodes.thread_id, terms.author_id, terms.post_id) as person
    from core_terms as terms
    left join episodes using (post_id)
    where terms.created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
),

days as (
    select
        created_date,
        count(*) filter (where kind <> 'episode_turn')
            + count(distinct thread_id) filter (where kind = 'episode_turn') as post_count
    from core_posts
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
        and not is_duplicate
    group by created_date
),

heard as (
    select created_date, sum(planned_count) as planned_count, sum(complete_count) as complete_count
    from core_days
    where created_date between getvariable('from_date') - getvariable('lookback')::integer and getvariable('to_date')
    group by created_date
),

uses as (
    select distinct created_date, term
    from terms
    where created_date >= getvariable('from_date') - 6
),

volumes as (
    select
        today.created_date,
        sum(earlier.post_count) filter (where earlier.created_date > today.created_date - 7) as recent_count,
        sum(earlier.post_count) filter (where earlier.created_date <= today.created_date - 7) as earlier_count,
        min(earlier.created_date) as first_date
    from (select distinct created_date from uses) as today
    join days as earlier on earlier.created_date between today.created_date - 34 and today.created_date
    group by all
    having min(earlier.created_date) <= today.created_date - 28
),

counted as (
    select
        uses.created_date,
        uses.term,
        count(distinct terms.person) filter (where terms.created_date > uses.created_date - 7) as author_count,
        count(distinct terms.person) filter (where terms.created_date <= uses.created_date - 7) as earlier_author_count,
        mode(terms.wording order by terms.wording) filter (where terms.created_date > uses.created_date - 7) as wording,
        min(case terms.kind when 'candidate' then 1 when 'target' then 2 else 3 end) as rank,
        list_sort(list(terms.post_id) filter (where terms.created_date > uses.created_date - 7)) as post_ids
    from uses
    join terms
        on uses.term = terms.term
        and terms.created_date between uses.created_date - 34 and uses.created_date
    group by all
    having author_count >= 3
),

tested as (
    select
        counted.*,
        greatest(0.5, counted.earlier_author_count * volumes.recent_count / volumes.earlier_count) as expected_count,
        poisson_tail(counted.author_count, expected_count) as tail_probability
    from counted
    join volumes using (created_date)
),

rising as (
    select * from tested where tail_probability < 0.02
),

coverages as (
    select
        today.created_date,
        coalesce(sum(heard.complete_count) / nullif(sum(heard.planned_count), 0), 0) as coverage
    from (select distinct created_date from rising) as today
    join heard on heard.created_date between today.created_date - 6 and today.created_date
    group by all
)

select
    rising.created_date,
    rising.term,
    case rising.rank when 1 then 'candidate' when 2 then 'target' else 'reason' end as kind,
    rising.wording,
    rising.author_count,
    rising.earlier_author_count,
    round(rising.expected_count, 4) as expected_count,
    rising.tail_probability,
    coalesce(
        rising.created_date - lag(rising.created_date) over (partition by rising.term order by rising.created_date) <= 6,
        false
    ) as is_repeat,
    rising.post_ids,
    coverages.coverage
from rising
join coverages using (created_date)
qualify rising.created_date between getvariable('from_date') and getvariable('to_date')
