-- part: trust
-- question: What changed when a rule, a word list or brands.yml changed?
-- reads: One row = one rule and one kind of change. posts counts each post once; values counts every value or span that changed, of which one post may have five. Compare the figures of two versions only after looking here.
-- param rule: rule_id; NULL for all = NULL
-- param source: id of a source; NULL for all = NULL
select
    max(changes.changed_at) as last_changed_at,
    changes.rule_id,
    changes.from_version,
    changes.to_version,
    changes.changed,
    changes.what,
    count(*) as values_changed,
    count(distinct changes.post_id) as posts,
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
order by values_changed desc, changes.rule_id, changes.what
