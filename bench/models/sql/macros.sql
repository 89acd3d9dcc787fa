-- Post number i is a pure function of i: any stretch of days can be made again, alone, with the same rows.

-- A number between 0 and 1, neither of them, for each question about a post.
create or replace macro u(i, question) as (hash(i * 1000 + question) % 1000003 + 0.5) / 1000003;
create or replace macro pick(words, i, question) as words[1 + (hash(i * 1000 + question) % len(words))::integer];
create or replace macro id(kind, i) as substr(md5(kind || i), 1, 20);

-- Threads: of every 48 posts 12 open one; the others answer, mostly within a day. All posts of a thread share i % 12.
create or replace macro is_topic(i) as i // 12 % 4 = 0;
create or replace macro root(i) as if(
    i // 12 % 4 = 0, i,
    i % 12 + 12 * greatest(0, i // 12 - i // 12 % 4
        - 4 * floor(-ln(1 - u(i, 1)) * 0.5 * getvariable('per_day') / 48)::bigint)
);

create or replace macro source_of(i) as
    ['forum_fr', 'forum_fr', 'forum_en', 'forum_en', 'social', 'social', 'social', 'sky', 'blogs', 'social'][
        1 + (hash(root(i) * 1000 + 2) % 10)::integer
    ];
create or replace macro lang_of(i) as if(
    source_of(i) in ('forum_fr', 'blogs') or (source_of(i) = 'social' and u(root(i), 3) < 0.6), 'fr', 'en'
);

-- Few authors write much, many write once. Their number grows with the lake.
create or replace macro person_of(i) as floor(greatest(50, i * 0.05) * pow(u(i, 4), 3))::bigint;
create or replace macro given(k) as
    ['ma', 'le', 'ni', 'je', 'li', 'o', 'sa', 'lu', 'e', 'pau', 'a', 'hu', 'zo', 'ma', 'cle', 'to', 'i', 'no', 'ya', 'ro'][
        1 + (hash(k) % 20)::integer
    ] || ['rie', 'na', 'lo', 'ris', 'mar', 'ra', 'ck', 'mma', 'line', 'nna', 'go', 'e', 'xa', 'va', 'mi', 'la', 'than',
    'bel', 'dy', 'ses'][1 + (hash(k + 1000000007) % 20)::integer];
create or replace macro handle_of(i) as if(
    person_of(i) = 0 and source_of(i) = 'social', 'aldren', given(person_of(i)) || '_' || person_of(i)
);

-- The first of the twelve threads' products is talked of most.
create or replace macro product_of(i) as
    ['aldren_trail', 'aldren_trail', 'aldren_trail', 'aldren_city', 'aldren_city', 'aldren_mini', 'brovik_fell',
     'brovik_fell', 'brovik_tarn', 'cendral_pro', 'cendral_go', 'dunmor_one'][1 + (i % 12)::integer];
create or replace macro brand_of(i) as split_part(product_of(i), '_', 1);
create or replace macro name_of(i) as
    upper(product_of(i)[1]) || split_part(product_of(i), '_', 1)[2:] || ' '
    || upper(split_part(product_of(i), '_', 2)[1]) || split_part(product_of(i), '_', 2)[2:];

-- What a post does. A taker says on whose advice; half of the takers recommend in turn.
create or replace macro is_about(i) as u(i, 5) < 0.6;
create or replace macro is_taker(i) as u(i, 6) between 0.30 and 0.34;
create or replace macro is_for(i) as u(i, 6) < 0.14 or (is_taker(i) and u(i, 7) < 0.5);
create or replace macro is_against(i) as u(i, 6) between 0.14 and 0.18;
create or replace macro is_experienced(i) as is_taker(i) or u(i, 8) < 0.7;
create or replace macro is_buyer(i) as is_taker(i) or u(i, 6) between 0.20 and 0.26;
create or replace macro is_seeking(i) as is_topic(i) and u(i, 6) > 0.6;
create or replace macro is_umot(i) as is_about(i) and (is_for(i) or is_against(i)) and is_experienced(i);

-- An earlier post about the same product, by its place among the 40 that are tried.
create or replace macro earlier(i, place) as
    i - 12 * (1 + floor(-ln(1 - u(i, 100 + place)) * 3 * getvariable('per_day') / 12)::bigint);
create or replace macro adviser_of(i) as
    list_filter(list_transform(range(40), lambda place: earlier(i, place)), lambda j: j >= 0 and is_umot(j) and is_for(j))[1];

-- One post in fifty repeats the words of an earlier one.
create or replace macro words_of(i) as if(u(i, 9) < 0.02 and earlier(i, 50) >= 0, earlier(i, 50), i);

create or replace macro opening_of(i) as array_to_string(list_transform(
    range(8 + (hash(i * 1000 + 20) % 30)::bigint),
    lambda k: getvariable('vocabulary')[1 + (hash(i * 1000 + 200 + k) % 4000)::integer]
), ' ');
