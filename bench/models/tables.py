"""What each committed table holds of the generated world: one SELECT a table, on the temporary tables of world.sql."""

# ruff: noqa: S608 (the statements are built from our own words)

from __future__ import annotations

from typing import Final

_SPAN: Final = """
    select
        world.run_date, world.source, substr(md5(world.post_id || '{kind}' || words), 1, 20) as span_id, world.post_id,
        strpos(written.text, words) - 1 as start, strpos(written.text, words) - 1 + length(words) as "end",
        words as text, {brand} as brand_id, {product} as product_id, '{kind}' as rule_id, '1' as rule_version,
        0.9::double as confidence, {own}
    from world
    join (select *, {words} as words from written where {words} is not null) as written
        on world.w = written.i
"""


def _span(kind: str, words: str, own: str, *, is_resolved: bool = False) -> str:
    brand, product = ("brand_of(written.i)", "product_of(written.i)") if is_resolved else ("null", "null")
    return _SPAN.format(kind=kind, words=words, own=own, brand=brand, product=product)


_CUES: Final = {
    "purchase": "null",
    "experience": "null",
    "reason": "if(hash(reason) % 5 = 0, null, 'aspect_' || hash(reason) % 5)",
    "influence": "ltrim(adviser, '@')",
    "promo_code": "code",
    "advice_sought": "null",
    "switch": "left_thing",
    "complaint": "null",
    "candidate": "null",
}
_WORDS: Final = {"promo_code": "code", "advice_sought": "asked"}

_OBSERVED: Final = "u(world.i, 30) < 0.8"
_ACCOUNTS: Final = """
    select distinct on (run_date, source, author_id) * from world where author_id is not null
"""
_INSTANCE: Final = "source || '.example'"

TABLES: Final[dict[str, str]] = {
    "outcomes": """
        select
            run_date, source, query, if(u(epoch(run_date)::bigint + length(source || query), 31) < 0.03,
            'truncated', 'complete') as state, null::varchar as reason, 10 as request_count, 100 as post_count,
            0 as quarantined_count, 100000 as byte_count, run_date::timestamptz as covered_from_at,
            run_date::timestamptz + interval 1 day as covered_to_at, run_date::timestamptz + interval 26 hours
            as finished_at
        from (select distinct run_date from seen)
        cross join (values
            ('forum_fr', ''), ('forum_en', ''), ('blogs', ''), ('social', 'aldren'), ('social', 'mug'),
            ('sky', 'aldren'), ('sky', 'brovik')
        ) as queries(source, query)
    """,
    "posts": f"""
        select
            run_date, world.source, post_id, world.i::varchar as native_id, 'generated' as source_type,
            {_INSTANCE} as instance, case when world.i = topic then 'topic' else 'reply' end as kind,
            'https://' || world.source || '.example/' || world.i as url, url as canonical_url,
            id('post', topic) as thread_id, if(world.i = topic, null, id('post', topic)) as parent_id,
            if(world.i = topic, 0, 1) as position, author_id, is_owned,
            'Thread ' || topic || if(u(topic, 32) < 0.2, ' about a mug', '') as thread_title, null::varchar as title,
            if(age > 0 and u(world.i, 33) < 0.01, text || ' edited', text) as text, written.lang,
            null::double as rating,
            if(world.source = 'sky' and world.i <> topic and u(world.i, 42) < 0.03,
            'https://sky.example/' || topic, null) as quoted_url,
            created_at, 'second' as created_precision, null::timestamptz as edited_at,
            seen_at, null::timestamptz as deleted_at, substr(md5(text || (age > 0 and u(world.i, 33) < 0.01)), 1, 20)
            as content_hash, null::varchar as licence
        from world
        join written on world.w = written.i
    """,
    "engagement": f"""
        select
            run_date, source, post_id, seen_at as observed_at,
            floor(pow(u(i, 34), -0.7) * (1 - exp(-0.5 - age)))::bigint as like_count,
            floor(pow(u(i, 35), -0.4))::bigint - 1 as reply_count,
            floor(pow(u(i, 36), -0.5))::bigint - 1 as share_count, null::bigint as view_count
        from world
        where {_OBSERVED}
    """,
    "author_observations": f"""
        select
            run_date, source, author_id, 'generated' as source_type, {_INSTANCE} as instance, is_owned,
            seen_at as observed_at,
            if(source in ('social', 'sky'), floor(20 * pow(u(person, 37), -1.5))::bigint
                + datediff('day', getvariable('start'), run_date), null) as follower_count,
            if(source in ('social', 'sky'), floor(50 * pow(u(person, 38), -0.8))::bigint, null) as following_count,
            floor(10 * pow(u(person, 39), -1))::bigint as post_count
        from ({_ACCOUNTS})
    """,
    "identities": f"""
        select
            run_date, source, author_id, handle, upper(handle[1]) || split_part(handle, '_', 1)[2:] || ' N' || person
            as name, if(source in ('social', 'sky') and person % 200 = 7,
            'https://' || if(source = 'social', 'sky', 'social') || '.example/@' || handle, null) as profile_url
        from ({_ACCOUNTS})
    """,
    "mentions": _span("mention", "mention", "false as is_linked", is_resolved=True),
    "acts": _span(
        "act",
        "act",
        "if(is_for(written.i), 'for', 'against') as polarity, 'asserted' as modality, null::varchar as target, "
        "'public' as addressee, 0.8::double as strength",
    ),
    "cues": " union all by name ".join(
        _span(kind, _WORDS.get(kind, kind), f"'{kind}' as kind, ({value})::varchar as value")
        for kind, value in _CUES.items()
    ),
    "readings": """
        select
            run_date, source, post_id, written.lang, 0.9::double as lang_confidence,
            case when is_for(w) then 'for' when is_against(w) then 'against' else 'none' end as stance,
            if(experience is null, 'none', 'claimed') as experience, if(is_buyer(w), 'bought', 'none') as purchase,
            asked is not null as is_seeking_advice, adviser as influenced_by,
            case when u(w, 40) < 0.05 then 'disclosed' when u(w, 40) < 0.1 then 'probable' else 'organic' end
            as commercial,
            case when not is_umot(w) then 'none' when is_for(w) then 'positive' else 'negative' end as umot,
            case when is_for(w) then 0.8 when is_against(w) then -0.8 end as advocacy, '1' as rule_version
        from world
        join written on world.w = written.i
    """,
}
