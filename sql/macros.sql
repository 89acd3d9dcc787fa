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

-- Probability of `hits` or more in `total` where each is one with probability `share`, above 0 and below 1; 1, so no
-- evidence, where one of them is not known.
create or replace temp macro binomial_tail(hits, total, share) as
    least(1, coalesce(list_sum([
        exp(lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) + k * ln(share) + (total - k) * ln(1 - share))
        for k in range(hits, total + 1)
    ]), 1));

-- Words without case, accents and punctuation, one space between them: how names and terms are compared.
create or replace temp macro folded(words) as
    trim(regexp_replace(lower(strip_accents(words)), '[^\p{L}\p{N}]+', ' ', 'g'));

-- What people call a category: its name and its words, folded.
create or replace temp macro category_words(name, words) as
    list_distinct(list_transform([name] || words, lambda word: folded(word)));

-- Where words quoted from a text stand in it, counted from 0: at `start` if they still do, else first.
create or replace temp macro quote_start(text, quote, start) as
    if(substr(text, start + 1, length(quote)) = quote, start, strpos(text, quote) - 1);

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

-- The words between the stops or commas around a place, without case and accents.
create or replace temp macro clause_at(words, start) as lower(strip_accents(
    regexp_extract(left(words, start), '[^.!?,;:\n]*$') || regexp_extract(substr(words, start + 1), '^[^.!?,;:\n]*')
));

-- The latest day that words of time (French, English, Spanish; without case and accents) allow, said on `day`: yesterday,
-- last week, two weeks ago, in September, le 12 septembre. NULL where they tell none.
create or replace temp macro told_month(words) as regexp_extract(
    words,
    '(?:\b(?:in|on|since|en|depuis|desde|early|late|last|fin|debut|mi|de|of)[ -]|\bd.|\b(\d{1,2})(?:er|st|nd|rd|th)? (?:de |of )?)'
    || '(january|february|march|april|may|june|july|august|september|october|november|december'
    || '|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre'
    || '|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b'
    || '(?: (\d{1,2})\b)?(?:,? (?:de |of )?(20\d\d))?',
    ['before', 'month', 'after', 'year']
);
create or replace temp macro month_number(name) as 1 + (list_position([
    'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
    'janvier', 'fevrier', 'mars', 'avril', 'mai', 'juin', 'juillet', 'aout', 'septembre', 'octobre', 'novembre', 'decembre',
    'enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre'
], name) - 1) % 12;
-- A month is over at its end, but not after `day`; without a year it is the last one that has come.
create or replace temp macro month_day(found, day) as least(day, list_max(list_filter(
    list_transform([0, 1], lambda ago: try_cast(concat_ws(
        '-', coalesce(nullif(found.year, '')::integer, year(day) - ago), month_number(found.month),
        coalesce(nullif(found.before, ''), nullif(found.after, ''), '1')
    ) as date)),
    lambda date: date <= day
)) + if(found.before || found.after = '', to_months(1) - to_days(1), to_days(0)))::date;
create or replace temp macro told_amount(words) as regexp_extract(
    words,
    '(?:\bil y a |\bhace )(\w+) (jour|semaine|mois|an|dia|mes|ano|semana)|\b(\w+) (day|week|month|year)s? ago\b',
    ['amount', 'unit', 'amount_en', 'unit_en']
);
-- "A few weeks ago" is at least one.
create or replace temp macro amount_days(amount, unit) as coalesce(
    try_cast(amount as integer),
    1 + (list_position([
        'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten',
        'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf', 'dix',
        'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve', 'diez'
    ], amount) - 1) % 10,
    1
) * case
    when unit in ('day', 'jour', 'dia') then 1
    when unit in ('week', 'semaine', 'semana') then 7
    when unit in ('month', 'mois', 'mes') then 28
    else 365
end;
create or replace temp macro told_day(words, day) as case
    when told_month(words).month <> '' then month_day(told_month(words), day)
    when told_amount(words).unit || told_amount(words).unit_en <> '' then day - amount_days(
        told_amount(words).amount || told_amount(words).amount_en, told_amount(words).unit || told_amount(words).unit_en
    )
    when regexp_matches(words, '\b(?:last year|l.an dernier|l.annee derniere|el ano pasado)\b') then date_trunc('year', day)::date - 1
    when regexp_matches(words, '\b(?:last month|le mois dernier|el mes pasado)\b') then date_trunc('month', day)::date - 1
    when regexp_matches(words, '\b(?:last week|la semaine derniere|la semana pasada)\b') then date_trunc('week', day)::date - 1
    when regexp_matches(words, '\b(?:hier|yesterday|ayer|last night|the other day|l.autre jour|el otro dia)\b') then day - 1
end;
