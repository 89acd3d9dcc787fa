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
