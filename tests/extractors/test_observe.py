"""Posts of earlier nights asked again: edits, deletions, engagement; and that a day stays what it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from extractors import aliases, journal
from extractors.captures import read_rows
from extractors.collect import collect, plan
from extractors.parse import parse_partition
from extractors.source import AuthorDraft, Page, PostDraft, Request
from ouidire import lake, ledger, night
from ouidire.records import Engagement, Identity, Outcome, Post
from warehouse.connect import connect

TODAY = datetime.now(UTC).date()
NIGHT = TODAY - timedelta(days=1)
FIRST = NIGHT - timedelta(days=1)
WORDS = "ma gourde rouge fuit encore dans le métro du lundi"


def post(n, *, day=FIRST, text=WORDS, likes=1, **more):
    return {"id": n, "at": f"{day}T08:00:00+00:00", "text": f"{text} {n}", "likes": likes, **more}


@pytest.fixture
def place(web, settings, brands_of, limits, play, reply):  # noqa: PLR0917
    """A source that lists a day's posts at /list/<day> and tells one at /post/<id>; runs its nights."""

    def draft(item, window):
        at = datetime.fromisoformat(item["at"])
        return PostDraft(
            native_id=str(item["id"]), instance="a.example", kind="post", text=item["text"], title=item.get("title"),
            url=f"https://a.example/{item['id']}", created_at=at, like_count=item["likes"],
            author=AuthorDraft(handle=f"user{item['id']}"), thread=item.get("thread"), is_context=not window.holds(at),
        )  # fmt: skip

    def parse(request, response, window):
        told = response.json()
        posts = tuple(draft(item, window) for item in told["posts"])
        return Page(posts=posts, deleted=tuple(map(str, told.get("deleted", ()))))

    def observe(query, known):
        return [Request(url=f"{query.url}/post/{post.native_id}") for post in known]

    play(seed=lambda query, window: [Request(url=f"{query.url}/list/{window.day}")], parse=parse, observe=observe)
    brands = brands_of(f'id: p, type: mastodon, url: "{web.base}", queries: [a, b]', private=(web.host,))

    def says(path, *posts, **told):
        web.says(path, reply(json.dumps({"posts": posts, **told})))

    def run(day=NIGHT, **told):
        outcomes = collect(settings, brands, plan(brands, day), limits=limits, **told)
        parse_partition(settings, brands, day, "p")
        stored = list(lake.read_rows(settings, day, "p", Outcome, "outcomes"))
        assert sorted(o.reason or "" for o in stored) == sorted(o.reason or "" for o in outcomes)
        return outcomes, {row.native_id: row for row in lake.read_rows(settings, day, "p", Post, "posts")}

    run.says, run.brands = says, brands
    says(f"/list/{NIGHT}", post(9, day=NIGHT))
    says(f"/list/{FIRST}", *(post(n, thread="1") for n in (1, 2, 3)))
    for n in (1, 2, 3):
        says(f"/post/{n}", post(n))
    return run


def observed(web):
    return sorted(path for path, _ in web.asked if path.startswith("/post/"))


def test_a_night_asks_again_for_the_posts_of_the_day_before(web, place, settings):
    _, before = place(FIRST)
    place.says("/post/2", post(2, text="et pourtant elle ne fuit plus depuis", likes=7))
    outcomes, rows = place()
    assert observed(web) == ["/post/1", "/post/2", "/post/3"]
    assert rows.keys() == {"9", "1", "2", "3"}
    assert [(o.state, o.post_count, o.reason) for o in outcomes] == [("complete", 1, None)] * 2
    assert rows["2"].text != before["2"].text
    assert (rows["2"].thread_id, rows["2"].created_at) == (before["2"].thread_id, before["2"].created_at)
    likes = {e.post_id: e.like_count for e in lake.read_rows(settings, NIGHT, "p", Engagement, "engagement")}
    assert likes[rows["2"].post_id] == 7
    asked = len(web.asked)
    assert place()[1] == rows
    assert len(web.asked) == asked, "a rerun replays it"


@pytest.mark.parametrize("after", [1, 3, 7, 30])
def test_on_the_days_that_count(web, place, after):
    day = NIGHT - timedelta(days=after)
    place.says(f"/list/{day}", post(1, day=day))
    place.says(f"/list/{day - timedelta(days=1)}", post(2, day=day - timedelta(days=1)))
    place(day)
    place(day - timedelta(days=1))
    place()
    assert observed(web) == ["/post/1"]


def test_a_post_of_another_server_is_asked_by_the_name_that_ours_has_for_it(web, place, play, settings, reply):
    """Kept under its uri, asked for by our server's number: on every one of its nights, after an erasure no more."""

    def parse(request, response, window):
        posts = [
            PostDraft(
                native_id=f"https://b.example/{item['id']}",
                instance="b.example",
                kind="post",
                text=item["text"],
                url=f"https://b.example/{item['id']}",
                created_at=datetime.fromisoformat(item["at"]),
                alias=f"77{item['id']}",
                author=AuthorDraft(handle=f"user{item['id']}"),
                like_count=item["likes"],
                is_context=not window.holds(datetime.fromisoformat(item["at"])),
            )
            for item in response.json()["posts"]
        ]
        return Page(posts=tuple(posts))

    def observe(query, known):
        return [Request(url=f"{query.url}/post/{post.alias}") for post in known if post.alias]

    play(
        declared={"has_references": True}, parse=parse, observe=observe,
        seed=lambda query, window: [Request(url=f"{query.url}/list/{window.day}")],
    )  # fmt: skip
    for n in (1, 2, 3):
        place.says(f"/post/77{n}", post(n, likes=9))
    place(FIRST)
    _, rows = place()
    assert observed(web) == ["/post/771", "/post/772", "/post/773"]
    assert rows.keys() == {f"https://b.example/{n}" for n in (1, 2, 3, 9)}
    likes = {e.post_id: e.like_count for e in lake.read_rows(settings, NIGHT, "p", Engagement, "engagement")}
    assert likes[rows["https://b.example/1"].post_id] == 9
    assert aliases.read(settings, NIGHT, "p", web.host)[rows["https://b.example/1"].post_id] == "771"
    assert aliases.read(settings, NIGHT, "p", "other.example") == {}


def test_a_listing_read_again_serves_as_observation(web, place, play, reply):
    """Where no post can be asked for alone. A listing that is not there says nothing of any post."""
    _, before = place(FIRST)

    def observe(query, known):
        return [Request(url=f"{query.url}/listing?since={min(post.created_at for post in known):%Y-%m-%d}")]

    play(declared={"is_observed_by_listing": True}, observe=observe)
    web.says(f"/listing?since={FIRST}", reply("", 404))
    outcomes, rows = place()
    assert "answers 404" in outcomes[0].reason
    assert rows.keys() == {"9"}
    place.says(
        f"/listing?since={FIRST}", post(3, text="et le bouchon ferme enfin"), post(2, likes=4), post(8, day=NIGHT)
    )
    _, rows = place()
    assert {n: row.deleted_at for n, row in rows.items()} == {"9": None, "3": None, "2": None}
    assert (rows["2"].text, rows["3"].text) == (before["2"].text, "et le bouchon ferme enfin 3")


def test_a_backfill_observes_nothing(web, place):
    place(FIRST - timedelta(days=2))
    place.says(f"/list/{TODAY}")
    place(TODAY)
    assert observed(web) == []


def test_what_is_gone_keeps_its_place_without_words(web, place, settings, reply):
    _, before = place(FIRST)
    web.says("/post/2", reply("", 404))
    place.says("/post/3", deleted=["3"])
    outcomes, rows = place()
    assert {o.state for o in outcomes} == {"complete"}
    for n in ("2", "3"):
        row = rows[n]
        assert (row.text, row.title, row.post_id, row.created_at) == (
            None,
            None,
            before[n].post_id,
            before[n].created_at,
        )
        assert (row.author_id, row.thread_id) == (before[n].author_id, before[n].thread_id)
        assert datetime.now(UTC) - row.deleted_at < timedelta(minutes=1)
    assert (rows["1"].text, rows["1"].deleted_at) == (before["1"].text, None)
    _, replayed = place(FIRST)
    assert (replayed["2"].text, replayed["2"].deleted_at) == (None, rows["2"].deleted_at)
    assert replayed["1"] == before["1"]
    ids = {i.handle for i in lake.read_rows(settings, FIRST, "p", Identity, "identities")}
    assert ids == {"user1"}, "who wrote what is gone is nobody's business"


def test_words_leave_captures_and_staging(web, place, settings, reply, monkeypatch):
    place(FIRST)
    web.says("/post/2", reply("", 410))
    monkeypatch.setattr(night, "_brands", lambda _: place.brands)
    jobs = [{"source_id": "p", "query": query, "day": NIGHT.isoformat()} for query in ("a", "b")]
    night.collect(settings, jobs)
    parse_partition(settings, place.brands, NIGHT, "p")
    bodies = [row["body"].decode() for path in settings.captures.rglob("*.parquet") for row in read_rows(path)]
    assert not [body for body in bodies if f"{WORDS} 2" in json.dumps(body, ensure_ascii=False).replace("\\\\", "\\")]
    assert any("lundi 1" in body for body in bodies), "the others' words stay"
    rows = {row.native_id: row for row in lake.read_rows(settings, FIRST, "p", Post, "posts")}
    assert (rows["2"].text, rows["1"].text) == (None, f"{WORDS} 1")
    assert [entry.get("kind") for entry in ledger.read(settings.home)] == ["deleted", "struck"]
    parse_partition(settings, place.brands, FIRST, "p")
    again = {row.native_id: row for row in lake.read_rows(settings, FIRST, "p", Post, "posts")}
    assert again["1"].text == rows["1"].text
    assert again["2"].text is None


def test_from_a_deletion_to_the_lake(web, place, settings, reply, monkeypatch):
    """Two nights as they are run: the second finds one post edited, and one gone."""
    monkeypatch.setattr(night, "_brands", lambda _: place.brands)

    def run(day):
        night.collect(settings, [{"source_id": "p", "query": "a", "day": day.isoformat()}])
        parse_partition(settings, place.brands, day, "p")
        touched = night.commit(settings, [(day, "p")])
        night.model(settings)
        with connect(settings, read_only=True) as con:
            columns = "native_id, text, deleted_at is not null, edited_at is not null, first_seen_at, thread_id"
            rows = con.execute(f"select {columns} from core_posts order by 1").fetchall()
            counts = con.execute("select count(*) from core_engagement group by post_id order by 1").fetchall()
        return touched, {row[0]: row[1:] for row in rows}, [n for (n,) in counts]

    _, before, _ = run(FIRST)
    web.says("/post/2", reply("", 404))
    place.says("/post/3", post(3, text="elle ne fuit plus du tout, merci", likes=5))
    touched, after, counts = run(NIGHT)
    assert FIRST.isoformat() in touched
    assert after["1"] == before["1"]
    assert after["2"] == (None, True, False, *before["2"][3:])
    assert after["3"] == ("elle ne fuit plus du tout, merci 3", False, True, *before["3"][3:])
    assert counts == [1, 1, 2, 2], "of the new one, of the one that is gone, and of the two asked for again"
    files = [path for path in settings.home.rglob("*.parquet") if path.stat().st_size]
    assert not [path for path in files if f"{WORDS} 2" in str(pq.read_table(path, partitioning=None).to_pylist())]


def test_a_tombstone_in_a_listing_counts_too(web, place, settings):
    _, before = place(FIRST)
    place.says(f"/list/{NIGHT}", post(9, day=NIGHT), deleted=["1", "77"])
    for n in (1, 2, 3):
        place.says(f"/post/{n}")
    place()
    _, after = place(FIRST)
    assert (after["1"].text, after["2"].text) == (None, before["2"].text)
    assert [entry["post_id"] for entry in ledger.read(settings.home)] == [before["1"].post_id]


def test_erased_stays_erased(web, place, settings, reply):
    _, before = place(FIRST)
    ledger.append(settings.home, [{"author_id": before["1"].author_id}, {"post_id": before["2"].post_id}])
    web.says("/post/3", reply("", 404))
    _, rows = place()
    assert observed(web) == ["/post/3"], "nobody asks for what was erased"
    ledger.append(settings.home, [{"author_id": before["3"].author_id}])
    assert rows.keys() == {"9", "3"}
    assert place()[1].keys() == {"9"}


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_failure_is_a_remark_and_no_hole(web, place, reply, status):
    place(FIRST)
    for n in (1, 2, 3):
        web.says(f"/post/{n}", reply("", status))
    outcomes, rows = place()
    assert [(o.state, o.post_count) for o in outcomes] == [("complete", 1)] * 2
    assert outcomes[0].reason.startswith("posts of earlier days: ")
    assert str(status) in outcomes[0].reason
    assert outcomes[1].reason is None
    assert rows.keys() == {"9"}
    for n in (1, 2, 3):
        place.says(f"/post/{n}", post(n))
    outcomes, rows = place()
    assert (outcomes[0].reason, rows.keys()) == (None, {"9", "1", "2", "3"}), "the next run asks again"


def test_a_site_that_has_moved_deletes_nothing(web, place, settings, reply):
    place.says(f"/list/{FIRST}", *(post(n) for n in range(1, 7)))
    place(FIRST)
    for n in range(1, 7):
        web.says(f"/post/{n}", reply("", 404))
    outcomes, _ = place()
    assert "all 6 are gone: taken for a change of the site" in outcomes[0].reason
    assert ledger.read(settings.home) == []


def test_a_limit_and_an_unreadable_answer_are_said(web, place, reply, limits, settings, brands_of):  # noqa: PLR0917
    place(FIRST)
    web.says("/post/1", reply("<html>"))
    outcomes, rows = place()
    assert "/post/1 cannot be read" in outcomes[0].reason
    assert rows.keys() == {"9", "2", "3"}
    brands = brands_of(
        f'id: p, type: mastodon, url: "{web.base}", queries: [a], options: {{observe_requests: 2}}', private=(web.host,)
    )
    (outcome,) = collect(settings, brands, plan(brands, NIGHT), limits=limits, refetch=True)
    assert "1 addresses not asked" in outcome.reason


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("moment", range(1, 12))
def test_killed_at_any_moment(web, place, settings, reply, monkeypatch, moment):  # noqa: PLR0917
    place(FIRST)
    web.says("/post/2", reply("", 404))
    writes = 0

    def count(real):
        def counted(*told):
            nonlocal writes
            writes += 1
            if writes == moment:
                raise Killed
            real(*told)

        return counted

    with monkeypatch.context() as doomed:
        doomed.setattr(journal.Journal, "is_full", property(lambda _: True))
        doomed.setattr(lake, "write_parquet", count(lake.write_parquet))
        doomed.setattr(journal, "write_text", count(journal.write_text))
        try:
            place()
        except Killed:
            assert writes == moment
    outcomes, rows = place()
    assert {o.state for o in outcomes} == {"complete"}
    assert {n: row.text for n, row in rows.items()} == {
        "9": f"{WORDS} 9", "1": f"{WORDS} 1", "2": None, "3": f"{WORDS} 3",
    }  # fmt: skip


def test_two_at_once_write_one_ledger(tmp_path):
    one = {"post_id": "p", "kind": "deleted", "source": "s", "deleted_at": "2026-10-14T00:00:00+00:00"}
    later = one | {"deleted_at": "2026-10-15T00:00:00+00:00"}
    assert (ledger.append(tmp_path, [one, later]), ledger.append(tmp_path, [later, {"post_id": "p"}])) == (1, 1)
    assert ledger.read(tmp_path) == [one, {"post_id": "p"}]
    assert date.fromisoformat(one["deleted_at"][:10]) == date(2026, 10, 14)
