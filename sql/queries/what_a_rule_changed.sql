-- part: trust
-- question: What changed when a rule, a word list or brands.yml changed?
-- reads: One row = one rule and one kind of change. posts counts each post once. spans_changed counts the words of acts, cues and mentions that were newly found or are found no more, of which one post may have five (words found a little longer than before count twice: gone, and new); values_changed counts the columns of a reading, such as umot, that took another value: nothing is both. Compare the figures of two versions only after looking here.
-- param rule: rule_id; NULL for all (changes.rule_id) = NULL
-- param source: id of a source; NULL for all (sources.source) = NULL
select
    max(changes.changed_at) as last_changed_at,
    changes.rule_id,
    changes.from_version,
    changes.to_version,
    changes.changed,
    changes.what,
    count(distinct changes.post_id) as posts,
    count(*) filter (where changes.changed <> 'readings') as spans_changed,
    count(*) filter (where changes.changed = 'readings') as values_changed,
    arg_max(
        coalesce(changes.old_value, 'nothing') || ' -> ' || coalesce(changes.new_value, 'nothing'), changes.changed_at
    ) as latest_change,
    arg_max(posts.text, changes.changed_at) as latest_post
from changes
left join core_posts as posts
    on changes.post_id = posts.post_id
where ($rule is null or changes.rule_id = $rule)
    and ($source is null or changes.source = $source)
group by changes.rule_id, changes.from_version, changes.to_version, changes.changed, changes.what
order by posts desc, count(*) desc, changes.rule_id, changes.what
