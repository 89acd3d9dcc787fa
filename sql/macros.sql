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

-- Whether words name a brand, by its name or an alias.
create or replace temp macro is_named(words, name, aliases) as
    list_contains(
        list_transform([name] || aliases, lambda alias: contains(' ' || folded(words) || ' ', ' ' || folded(alias) || ' ')),
        true
    );

-- Of what brands.yml no longer names, nothing is left of a span but the words, and the brand where they name it.
-- `by_product` is the brand of the span's product where that is still named, `brand` the row of the span's own brand.
create or replace temp macro named_brand(by_product, product_id, brand, words) as case
    when by_product is not null then by_product
    when product_id is null or is_named(words, brand.name, brand.aliases) then brand.brand_id
end;

-- What stands in a text between two spans, whichever comes first; nothing where they touch or overlap.
create or replace temp macro words_between(text, start, stop, other_start, other_stop) as
    substr(text, least(stop, other_stop) + 1, greatest(0, greatest(start, other_start) - least(stop, other_stop)));

-- Where the words after a span begin, past white space, a colon and opening quotes.
create or replace temp macro object_start(text, stop) as
    stop + length(regexp_extract(substr(text, stop + 1), '^[\s\x{A0}\x{202F}:"“«‘]*'));

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

-- What a cue of kind `when` tells (its values: nlp/times.py) of a post of `day`: the latest day, not after that one, on which
-- it can have been; NULL where there is none. A month told as an amount counts 28 days, as the words round it.
create or replace temp macro told_parts(value) as
    regexp_extract(value, '^(\d{4}|-)(?:-(\d\d|SP|SU|FA|WI)(?:-(\d\d))?)?$', ['year', 'month', 'day']);
create or replace temp macro season_month(name) as
    coalesce(map_extract_value(map {'SP': '03', 'SU': '06', 'FA': '09', 'WI': '12'}, name), name);
-- Without a year the last that has come: of 29 February, up to eight years ago.
create or replace temp macro told_start(parts, day) as list_max(list_filter(
    list_transform(
        if(parts.year = '-' and parts.month <> '', range(year(day) - 8, year(day) + 1), [try_cast(parts.year as bigint)]),
        lambda year: try_cast(concat_ws(
            '-', year, coalesce(nullif(season_month(parts.month), ''), '1'), coalesce(nullif(parts.day, ''), '1')
        ) as date)
    ),
    lambda date: date <= day
));
-- A season ends three weeks into its fourth month.
create or replace temp macro told_end(parts, start) as (start + case
    when parts.month in ('SP', 'SU', 'FA', 'WI') then to_months(3) + to_days(21)
    when parts.day <> '' then to_days(0)
    when parts.month <> '' then to_months(1) - to_days(1)
    else to_years(1) - to_days(1)
end)::date;
create or replace temp macro latest_told(value, day) as case
    when regexp_full_match(value, 'P\d{1,3}[DWMY]') then day - regexp_extract(value, '\d+')::integer
        * map_extract_value(map {'D': 1, 'W': 7, 'M': 28, 'Y': 365}, right(value, 1))
    when regexp_full_match(value, 'W-\d{1,3}') then date_trunc('week', day)::date + 6 - 7 * substr(value, 3)::integer
    when regexp_full_match(value, 'M-\d{1,3}') then last_day(date_trunc('month', day)::date - to_months(substr(value, 3)::integer))
    when regexp_full_match(value, 'Y-\d{1,3}') then make_date(year(day) - substr(value, 3)::integer, 12, 31)
    when regexp_full_match(value, '-W-[1-7]') then day - ((isodow(day) + 7 - right(value, 1)::bigint) % 7)::integer
    else told_end(told_parts(value), told_start(told_parts(value), day))
end;
create or replace temp macro told_day(value, day) as
    if(latest_told(value, day) is null, null, least(day, latest_told(value, day)));
