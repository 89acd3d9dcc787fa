-- Formulas that several models use. Builds load them; published tables hold their results and do not need them.

-- Bounds of the 95 % interval of a share of `hits` in `total` (E. B. Wilson, 1927); NULL without a total.
create or replace temp macro wilson_bound(hits, total, side) as
    if(total > 0, round((
        hits + 1.9208 + side * 1.96 * sqrt(hits * (total - hits) / total + 0.9604)
    ) / (total + 3.8416), 9), null);
create or replace temp macro wilson_low(hits, total) as wilson_bound(hits, total, -1);
create or replace temp macro wilson_high(hits, total) as wilson_bound(hits, total, 1);

-- Probability of `seen` or more where `expected` is the mean of a Poisson law.
create or replace temp macro poisson_tail(seen, expected) as
    greatest(0, 1 - coalesce(list_sum([exp(-expected + k * ln(expected) - lgamma(k + 1)) for k in range(seen)]), 0));

-- Words without case, accents and punctuation, one space between them: how names and terms are compared.
create or replace temp macro folded(words) as
    trim(regexp_replace(lower(strip_accents(words)), '[^\p{L}\p{N}]+', ' ', 'g'));

-- Bounds of the 95 % interval of a Poisson count (Byar's approximation of Garwood's); NULL without a count.
create or replace temp macro poisson_low(seen) as
    if(seen is null, null, if(seen = 0, 0, seen * pow(greatest(0, 1 - 1 / (9 * seen) - 1.96 / (3 * sqrt(seen))), 3)));
create or replace temp macro poisson_high(seen) as
    if(seen is null, null, if(seen = 0, 3.6889, (seen + 1) * pow(1 - 1 / (9 * (seen + 1)) + 1.96 / (3 * sqrt(seen + 1)), 3)));

-- Ids, the latest first, and words, in the order of the text. `list(... order by ...)` sorts every group by itself, which
-- takes ten times as long where groups are many and small.
create or replace temp macro dated(instant, id) as struct_pack(age := -epoch_us(instant), id := id);
create or replace temp macro latest_first(entries) as list_transform(list_sort(entries), lambda entry: entry.id);
create or replace temp macro placed(start, span_id, words) as struct_pack(start := start, span_id := span_id, words := words);
create or replace temp macro in_place(entries) as list_transform(list_sort(entries), lambda entry: entry.words);

-- Whether a build wrote rows of a day of a table: checks of one day's rows need not look at the others. Outside a build,
-- and of tables that a build wrote whole, all days.
create or replace temp macro is_rebuilt(name, day) as
    coalesce(list_contains(map_extract_value(getvariable('rebuilt_days')::map(varchar, date[]), name), day), true);
