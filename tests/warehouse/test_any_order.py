"""Days may arrive in any order, be rerun, come late or change: the rows are those of a rebuild from scratch."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from warehouse.build import build_in
from warehouse.commit import replace_partitions
from warehouse.connect import connect
from warehouse.corrections import correction, write_corrections
from warehouse.models import SQL, load_models

RUN_DATES = [date(2026, 10, 1) + timedelta(days) for days in (0, 1, 2, 5, 6, 40, 95, 96, 200)]
SOURCES = ("blog", "tags", "page")
"""`page` is about one product."""
STARS = (None, 0.0, 0.2, 0.6, 0.75, 1.0)
PRODUCTS = (("acme", "acme_one", "Acme One"), ("acme", "acme_two", "Acme Two"), ("bolt", "bolt_x", "Bolt X"))
COMMERCIAL = ("organic", "organic", "disclosed")
LONG = "words that are long enough to be somebody's own and therefore to be copied"


@pytest.mark.parametrize("seed", [4])
def test_rows_do_not_depend_on_the_order_of_days(seed, memory_lake, settings, brands, stage) -> None:
    _shuffle(random.Random(seed), memory_lake, settings, brands, stage, at_once=9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 13))
def test_rows_do_not_depend_on_the_order_of_many_builds(seed, memory_lake, settings, brands, stage) -> None:
    _shuffle(random.Random(seed), memory_lake, settings, brands, stage, at_once=3)


@pytest.mark.slow
def test_rows_do_not_depend_on_the_order_in_a_lake_with_tables_that_were_empty(settings, brands, stage) -> None:
    with connect(settings) as con:
        _shuffle(random.Random(20), con, settings, brands, stage, at_once=6)


def _shuffle(rng, con, settings, brands, stage, *, at_once: int) -> None:
    """Commit old and final versions of every partition in a random order, build now and then, compare with scratch."""
    first, final = world(rng), world(rng)
    partitions = [(day, source) for day in RUN_DATES for source in SOURCES]
    steps = [(rng.choice((first, final)), partition) for partition in partitions]
    steps += [(final, partition) for partition in rng.sample(partitions, len(partitions))]
    built: list[bool] = []
    for step in range(0, len(steps), at_once):
        some = steps[step : step + at_once]
        for rows, partition in some:
            stage(only(rows, partition))
        replace_partitions(con, settings, sorted({partition for _, partition in some}), "Europe/Paris")
        if step >= len(partitions):
            _correct(rng, con, brands)
        built.append(build_in(con, brands, SQL, full=False).is_full)
    assert built.count(False) > len(built) / 2, "most builds look at what changed only"
    incremental = contents(con)
    build_in(con, brands, SQL, full=True)
    scratch = contents(con)
    assert {name: len(rows) for name, rows in incremental.items()} == {n: len(rows) for n, rows in scratch.items()}
    assert incremental == scratch
    assert all(scratch.values()), f"empty, so nothing is tested: {[n for n, rows in scratch.items() if not rows]}"


def _correct(rng: random.Random, con, brands) -> None:
    """Somebody corrects posts of chance: what stands in them, and what was concluded. The stories fill a table each."""
    is_story = "contains(text, 'get it') and post_id similar to 'p[0-9]+'"
    found = con.execute(f"select distinct post_id from posts where {is_story} order by 1").fetchall()
    against = {"quote": "get it", "polarity": "against", "modality": "asserted"}
    for (post_id,) in rng.sample(found, 3):
        rows = [
            correction(post_id, "acts", rng.choice(("add", "drop")), **against),
            correction(post_id, "readings", "set", field="purchase", value=rng.choice(("bought", "none"))),
        ]
        is_done = con.execute("from corrections where post_id = ? and corrected = 'acts'", [post_id]).fetchone()
        write_corrections(con, brands, rows[1:] if is_done and rows[0].action == "drop" else rows)


def contents(con) -> dict[str, list[tuple]]:
    return {model.name: con.execute(f"from {model.name} order by all").fetchall() for model in load_models()}


def only(rows, partition) -> dict[str, list[dict]]:
    """One partition of a world, never without an outcome, so that it is written even when nothing was found."""
    mine = {table: [r for r in found if (r["run_date"], r["source"]) == partition] for table, found in rows.items()}
    texts = {post["post_id"] for post in mine["posts"]}
    return {t: [r for r in found if "post_id" not in r or r["post_id"] in texts] for t, found in mine.items()}


def world(rng: random.Random) -> dict[str, list[dict]]:
    """Posts with versions, copies, threads, deletions, stars, episodes and stated influences over half a year."""
    rows: dict[str, list[dict]] = {
        table: [] for table in ("outcomes", "posts", "engagement", "identities", "author_observations")
    } | {table: [] for table in ("mentions", "acts", "cues", "readings")}
    for day in RUN_DATES:
        for source in SOURCES:
            partition = {"run_date": day, "source": source}
            state = rng.choice(("complete", "complete", "blocked"))
            rows["outcomes"].append(partition | {"state": state, "query": "" if source == "blog" else "mug"})
            for number in rng.sample(range(14), 4):
                _add_post(rng, rows, partition, number)
    _add_busy_day(rng, rows)
    _add_question(rng, rows)
    _add_talk(rng, rows)
    _add_people(rng, rows)
    _add_episodes(rng, rows)
    return rows


def _add_busy_day(rng: random.Random, rows) -> None:
    """A day seen whole, like all before it, on which more people than ever speak of one brand and of a new name."""
    day = RUN_DATES[5]
    partition = {"run_date": day, "source": "blog"}
    seen = {"covered_from_at": _at(RUN_DATES[0], 0), "covered_to_at": _at(day, 23), "state": "complete"}
    next(o for o in rows["outcomes"] if (o["run_date"], o["source"]) == (day, "blog")).update(seen)
    for number in range(5 + rng.randrange(2)):
        post = {"post_id": f"busy{number}"}
        text = "Acme One: everybody talks of Zedo"
        rows["posts"].append(
            partition | post | {"author_id": f"b{number}", "created_at": _at(day, 10), "lang": "fr", "text": text}
        )
        rows["mentions"].append(partition | post | {"text": "Acme One", "product_id": "acme_one"})
        rows["cues"].append(partition | post | {"text": "Zedo", "kind": "candidate"})


def _add_question(rng: random.Random, rows) -> None:
    """A question about a product of ours that nobody of ours answers, and sometimes somebody does."""
    partition = {"run_date": RUN_DATES[-1], "source": "tags"}
    asked = {"thread_id": "ask", "created_at": _at(RUN_DATES[-1], 8)}
    rows["posts"].append(partition | asked | {"post_id": "ask", "author_id": "b0", "text": "Acme One, is it any good?"})
    rows["mentions"].append(partition | {"post_id": "ask", "text": "Acme One", "product_id": "acme_one"})
    rows["readings"].append(partition | {"post_id": "ask", "is_seeking_advice": True})
    for number in range(1, 2 + rng.randrange(2)):
        answer = {"post_id": f"answer{number}", "author_id": f"b{number}", "parent_id": "ask"}
        rows["posts"].append(partition | asked | answer | {"created_at": _at(RUN_DATES[-1], 9), "text": "It is"})


def _add_talk(rng: random.Random, rows) -> None:
    """A recommendation that others answer with, repeat the code of, quote, resemble, name and thank, days later."""
    own = ["porcelain", "commuting", "luggage", "turbulence", "survives", "honestly"][: 5 + rng.randrange(2)]
    like = f"Acme One: get it. {' '.join(own)}"
    when, told = rng.choice((("yesterday", "P1D"), ("last week", "W-1")))
    talk = [
        ("tip", 0, "blog", like + " Code TALK15", {"url": "https://blog.example/tip"}),
        ("asked", 0, "tags", "Which mug?", {}),
        ("told", 1, "tags", "Acme One: get it", {"thread_id": "asked", "parent_id": "asked"}),
        ("code", 1, "blog", "talk15 works", {}),
        ("like", 2, "blog", like, {}),
        ("quote", 2, "tags", "Acme One, then", {"quoted_url": "https://blog.example/tip"}),
        ("named", 2, "tags", f"Acme One bought {when}, @Tonia", {}),
        ("you", 2, "blog", "Acme One bought because of you", {"thread_id": "tip", "parent_id": "tip"}),
        ("listen", 2, "tags", "Listen to Tonia.", {}),
        ("late", 8, "blog", "Acme One bought, @Tonia", {"author_id": "t_like"}),
    ]
    for name, day, source, text, more in talk:
        post = {"run_date": RUN_DATES[day], "source": source, "post_id": name}
        author = {"author_id": f"t_{name}", "created_at": _at(RUN_DATES[day], 10 + rng.randrange(2)), "thread_id": name}
        rows["posts"].append(post | author | {"text": text} | more)
        if "Acme One" in text:
            rows["mentions"].append(post | {"text": "Acme One", "product_id": "acme_one", "brand_id": "acme"})
        if "get it" in text:
            rows["acts"].append(post | {"text": "get it", "product_id": "acme_one", "brand_id": "acme"})
        is_umot = {"experience": "claimed", "umot": "positive", "stance": "for"} if "get it" in text else {}
        is_bought = {"purchase": "bought"} if "bought" in text else {}
        rows["readings"].append(post | is_umot | is_bought | {"is_seeking_advice": name == "asked"})
        cues = {"tip": ("promo_code", "TALK15", "TALK15"), "code": ("promo_code", "talk15", "talk15"),
                "you": ("influence", "because of you", "you"), "named": ("when", when, told),
                "late": ("influence", "@Tonia", "Tonia"),
                "listen": ("adviser", "Listen to Tonia", "Tonia")}  # fmt: skip
        if is_bought:
            rows["cues"].append(post | {"kind": "purchase", "text": "bought"})
        if name in cues:
            kind, words, value = cues[name]
            rows["cues"].append(post | {"kind": kind, "text": words, "value": value})
    rows["identities"].append(
        {
            "run_date": RUN_DATES[0],
            "source": "blog",
            "author_id": "t_tip",
            "handle": "Tonia",
            "name": rng.choice((None, "T")),
        }
    )


def _add_people(rng: random.Random, rows) -> None:
    """A creator with two accounts and a code, followers that jump, answers alike, and a follower who turns."""
    start = date(2026, 10, 8)
    says = [("maud0", "maud_blog", "Acme One: get it"), ("maud1", "maud_blog", "Acme One, MAUD15"),
            ("maud2", "maud_blog", "My mug"), ("maud3", "maud_tags", "Another mug"),
            ("fan0", "fan", "Acme One, Maud said: get it"), ("fan1", "fan", "Acme One broke: avoid")]  # fmt: skip
    says += [(f"echo{number}", f"e{number}", "So nice") for number in range(5)]
    for place, (name, author, text) in enumerate(says):
        source = "tags" if author == "maud_tags" else "blog"
        post = {"run_date": RUN_DATES[5 + place % 2], "source": source, "post_id": name}
        minute = timedelta(minutes=place) if name.startswith("echo") else timedelta(days=place, hours=rng.randrange(3))
        rows["posts"].append(
            post
            | {"author_id": author, "created_at": _at(start, 10) + minute, "text": text, "lang": "en"}
            | {"thread_id": "maud0" if name.startswith("echo") else name}
        )
        thing = {"product_id": "acme_one", "brand_id": "acme"}
        if "Acme One" in text:
            rows["mentions"].append(post | thing | {"text": "Acme One"})
        if "get it" in text or "avoid" in text:
            against = "avoid" in text
            act = {"text": "avoid" if against else "get it", "polarity": "against" if against else "for"}
            rows["acts"].append(post | thing | act)
            umot = {"umot": "negative", "stance": "against"} if against else {"umot": "positive", "stance": "for"}
            rows["readings"].append(post | umot | {"experience": "claimed", "commercial": rng.choice(COMMERCIAL)})
        if name == "fan0":
            rows["cues"].append(post | thing | {"text": "Maud said", "kind": "influence", "value": "Maud"})
    for number, day in enumerate(RUN_DATES[5:7]):
        for author, source, handle in (("maud_blog", "blog", "Maud"), ("maud_tags", "tags", "maud_t")):
            seen = {"run_date": day, "source": source, "author_id": author}
            rows["identities"].append(seen | {"handle": handle})
            counts = {"follower_count": 1000 * (1 + number * rng.randrange(3)), "post_count": 50}
            rows["author_observations"].append(seen | counts | {"observed_at": _at(day, 23)})


def _add_episodes(rng: random.Random, rows) -> None:
    """Episodes in which people ask, recommend and thank each other; some of their turns are told months later."""
    for episode in range(3):
        born = rng.choice(RUN_DATES[:7])
        for turn in range(rng.randrange(3, 7)):
            day = born + timedelta(days=rng.choice((0, 0, 0, 1, 40, 89)))
            run_date = min((run_date for run_date in RUN_DATES if run_date >= day), default=RUN_DATES[-1])
            post = {"run_date": run_date, "source": rng.choice(("blog", "tags")), "post_id": f"turn{episode}_{turn}"}
            brand, product, name = rng.choice(PRODUCTS)
            thing = {"brand_id": brand, "product_id": product}
            text = f"{name} here. {rng.choice(('', 'So. It rains. ', 'So. '))}Zedo: get it. You were right"
            told = {"kind": "episode_turn", "thread_id": f"turn{episode}_0", "position": turn, "text": text}
            at = _at(day, 10)
            rows["posts"].append(post | told | {"author_id": f"s{rng.randrange(3)}", "created_at": at})
            rows["mentions"].append(post | thing | {"text": name})
            rows["acts"].append(
                post | thing | {"text": "get it", "target": name, "polarity": rng.choice(("for", "against"))}
            )
            rows["cues"].append(post | {"text": "Zedo", "kind": "candidate"})
            rows["cues"].append(post | {"text": "You were right", "kind": "influence", "value": "you"})
            umot = {"experience": "claimed", "umot": rng.choice(("positive", "negative")), "stance": "for"}
            asks = {"is_seeking_advice": rng.random() < 0.5, "purchase": rng.choice(("none", "bought"))}
            rows["readings"].append(post | umot | asks)


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _add_post(rng: random.Random, rows, partition, number: int) -> None:
    post_id = f"p{number}"
    author = f"a{number % 4}"
    born = RUN_DATES[number % len(RUN_DATES)] + timedelta(days=rng.choice((0, 0, 0, 1)))
    created_at = datetime(born.year, born.month, born.day, 10 + number % 14, tzinfo=UTC)
    brand, product, name = PRODUCTS[number % 2 if rng.random() < 0.9 else 2]
    adviser = f"Name{rng.randrange(4)}"
    is_owned = number == 11
    text = f"{name}: get it, says {adviser}. Not Bolt. {rng.choice((LONG, LONG, str(number)))} {rng.choice('ab')}"
    name_now = f"Name{(number + rng.randrange(2)) % 4}"
    author = "acme_account" if is_owned else author
    identity = partition | {"author_id": author, "handle": "acme" if is_owned else f"h{author}", "name": name_now}
    observed_at = datetime.combine(partition["run_date"], datetime.min.time(), UTC)
    rows["identities"].append(identity)
    rows["author_observations"].append(
        partition | {"author_id": author, "observed_at": observed_at, "follower_count": rng.randrange(20_000)}
    )
    rows["posts"].append(
        partition
        | {
            "post_id": post_id,
            "author_id": author,
            "is_owned": is_owned,
            "kind": "review" if partition["source"] == "page" else "post",
            "rating": rng.choice(STARS),
            "created_at": created_at,
            "created_precision": rng.choice(("second", "second", "fetched")),
            "text": text,
            "thread_id": f"p{number // 4 * 4}",
            "parent_id": f"p{number // 4 * 4}" if number % 4 else None,
            "deleted_at": created_at if rng.random() < 0.05 else None,
        }
    )
    span = partition | {"post_id": post_id}
    target = {"brand_id": brand, "product_id": product}
    rows["engagement"].append(span | {"observed_at": observed_at, "like_count": rng.randrange(9)})
    if rng.random() < 0.8:
        rows["mentions"].append(span | target | {"text": name})
    rows["acts"].append(span | (target if rng.random() < 0.5 else {}) | {"text": "get it"})
    rows["cues"].append(span | {"text": f"says {adviser}", "kind": "influence", "value": adviser})
    rows["cues"].append(span | {"text": "Not Bolt", "kind": "switch", "value": "Bolt"})
    rows["cues"].append(span | {"text": "get it", "kind": "reason", "value": rng.choice((None, "price"))})
    rows["readings"].append(
        span
        | {"experience": "claimed", "umot": rng.choice(("positive", "none")), "stance": "for", "purchase": "bought"}
        | {"is_seeking_advice": number == 8 or rng.random() < 0.3}
        | {"bands": " ".join(f"{rng.choice('st')}{n}" if n > 8 else f"{number % 3}{n}" for n in range(20))}
    )
