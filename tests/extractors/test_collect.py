"""The runner: what lands, what is asked again, what an outcome says."""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from extractors import collect, journal
from extractors.collect import Job, batches, client_of, plan, probe
from extractors.parse import parse_partition
from ouidire import lake
from ouidire.records import Outcome, Post

DAY = date(2026, 10, 14)


def feed(*items: tuple[str, str], extra: str = "") -> str:
    """An RSS feed of (guid, date) items."""
    body = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>https://blog.example/{guid}</link><title>{guid}</title>"
        f"<description>Le texte de {guid}.</description><pubDate>{at}</pubDate></item>"
        for guid, at in items
    )
    return f'<rss version="2.0"><channel><title>t</title>{extra}{body}</channel></rss>'


WORDPRESS = "<generator>https://wordpress.org/?v=6.6</generator>"
OLD = ("old", "Mon, 05 Oct 2026 08:00:00 GMT")
TODAY = ("today", "Wed, 14 Oct 2026 08:00:00 GMT")
LATER = ("later", "Fri, 16 Oct 2026 08:00:00 GMT")


@pytest.fixture
def night(web, settings, brands_of, limits):
    """Run the night of a feed at /feed; more sources can be given."""
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))

    def run(day=DAY, **told):
        outcomes = collect.collect(settings, brands, plan(brands, day), limits=limits, **told)
        counts = parse_partition(settings, brands, day, "blog")
        rows = list(lake.read_rows(settings, day, "blog", Post, "posts"))
        stored = list(lake.read_rows(settings, day, "blog", Outcome, "outcomes"))
        assert [o.state for o in stored] == [o.state for o in outcomes]
        assert counts["posts"] == len(rows)
        return outcomes[0], {row.native_id for row in rows}

    return run


def test_plan_and_batches(brands_of):
    brands = brands_of(
        'id: m, type: mastodon, url: "https://a.example", queries: [mug, gourde]',
        'id: w, type: wordpress, url: "https://a.example/blog"',
        'id: f, type: feed, url: "https://b.example/feed"',
        'id: quiet, type: feed, url: "https://c.example/feed", enabled: false',
        "id: x, type: file, columns: {text: body}",
    )
    jobs = plan(brands, DAY)
    assert [(j.source_id, j.query) for j in jobs] == [("m", "mug"), ("m", "gourde"), ("w", ""), ("f", "")]
    assert [[j.source_id for j in batch] for batch in batches(brands, jobs)] == [["m", "m", "w"], ["f"]]
    assert all(isinstance(job, Job) and job.day == DAY for job in jobs)


def test_a_night_lands_then_replays_without_the_network(web, night, reply, settings):
    web.says("/feed.xml", reply(feed(LATER, TODAY, OLD)))
    outcome, rows = night()
    assert rows == {"today"}
    assert (outcome.state, outcome.post_count, outcome.request_count) == ("complete", 1, 1)
    assert outcome.reason == "1 listed posts are older than this window"
    assert outcome.covered_from_at == datetime(2026, 10, 14, tzinfo=UTC)
    assert outcome.covered_to_at == datetime(2026, 10, 15, tzinfo=UTC)
    asked = len(web.asked)
    again, rows_again = night()
    assert (again, rows_again) == (outcome, rows)
    assert len(web.asked) == asked


def test_a_newest_only_listing_that_does_not_reach_the_day(web, night, reply):
    web.says("/feed.xml", reply(feed(("a", "Wed, 14 Oct 2026 18:00:00 GMT"), ("b", "Wed, 14 Oct 2026 09:30:00 GMT"))))
    outcome, rows = night()
    assert rows == {"a", "b"}
    assert (outcome.state, outcome.reason) == ("truncated", "the listing only goes back to 2026-10-14 09:30")
    assert outcome.covered_from_at == datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
    outcome, rows = night(DAY - timedelta(days=3))
    assert rows == set()
    assert outcome.state == "truncated"
    assert "nothing of this day is in it" in outcome.reason
    assert outcome.covered_from_at is None


def test_pages_are_followed_to_the_window_and_their_end_is_no_loss(web, night, reply):
    web.says("/feed.xml", reply(feed(LATER, extra=WORDPRESS)))
    web.says("/feed.xml?paged=2", reply(feed(TODAY, extra=WORDPRESS)))
    outcome, rows = night()
    assert (outcome.state, rows, web.count("/feed.xml?paged=3")) == ("complete", {"today"}, 1)
    assert outcome.request_count == 3


def test_a_backfill_gives_the_rows_of_the_night(web, night, reply):
    web.says("/feed.xml", reply(feed(LATER, TODAY, OLD)))
    days = [date(2026, 10, 16), DAY, date(2026, 10, 5)]
    assert [night(day)[1] for day in days] == [{"today", "later"}, {"today"}, {"old"}]


def test_an_unfinished_day_is_asked_again(web, night, reply):
    web.says("/feed.xml", reply(feed(TODAY, OLD)))
    today = datetime.now(UTC).date()
    outcome, _ = night(today)
    assert outcome.state == "truncated"
    assert f"{today} is not over (UTC)" in outcome.reason
    night(today)
    assert web.count("/feed.xml") == 2


def test_a_day_to_come_is_not_asked(web, night):
    outcome, _ = night(date(2999, 1, 1))
    assert (outcome.state, web.asked) == ("not_asked", [])


def test_refetch_asks_conditionally_and_the_newest_capture_wins(web, night, reply):
    web.says("/feed.xml", reply(feed(TODAY, OLD), headers={"ETag": '"1"'}), reply("", 304), reply(feed(OLD)))
    _, first = night()
    outcome, second = night(refetch=True)
    assert web.asked[-1][1]["if-none-match"] == '"1"'
    assert (first, second, outcome.state) == ({"today"}, {"today"}, "complete")
    outcome, third = night(refetch=True)
    assert (third, outcome.state) == (set(), "empty")
    assert night() == (outcome, set())


def test_a_304_reuses_the_body_of_another_day(web, night, reply):
    web.says(
        "/feed.xml",
        reply(feed(LATER, TODAY, OLD), headers={"Last-Modified": "Fri, 16 Oct 2026 08:00:00 GMT"}),
        reply("", 304),
    )
    night(date(2026, 10, 16))
    outcome, rows = night(DAY)
    assert (outcome.state, rows) == ("complete", {"today"})


@pytest.mark.parametrize(
    ("status", "headers", "state"),
    [
        (401, {}, "forbidden"),
        (403, {}, "forbidden"),
        (403, {"X-RateLimit-Remaining": "0"}, "blocked"),
        (429, {}, "blocked"),
        (404, {}, "unreachable"),
        (500, {}, "unreachable"),
        (204, {}, "unreachable"),
    ],
)
def test_states_of_a_refusal(web, night, reply, status, headers, state):  # noqa: PLR0917
    web.says("/feed.xml", reply("", status, headers))
    outcome, rows = night()
    assert (outcome.state, rows, outcome.covered_from_at) == (state, set(), None)
    assert str(status) in outcome.reason
    web.says("/feed.xml", reply(feed(TODAY, OLD)))
    outcome, rows = night()
    assert (outcome.state, rows) == ("complete", {"today"}), "a job that failed goes on at the next run"


def test_robots_forbid(web, night, reply):
    web.says("/robots.txt", reply("User-agent: *\nDisallow: /\n"))
    web.says("/feed.xml", reply(feed(TODAY)))
    outcome, rows = night()
    assert (outcome.state, rows, web.count("/feed.xml")) == ("forbidden", set(), 0)
    assert "robots.txt" in outcome.reason


def test_drift_keeps_its_capture_and_is_replayed_after_the_fix(web, night, reply, monkeypatch):
    from extractors.sources import feed as source

    web.says("/feed.xml", reply(feed(TODAY, OLD)))
    with monkeypatch.context() as broken:
        broken.setattr(source, "_draft", lambda *_: {}["gone"])
        broken.setattr(source, "parse", lambda *_: {}["gone"])
        outcome, rows = night()
    assert (outcome.state, rows) == ("drifted", set())
    assert "no field 'gone'" in outcome.reason
    outcome, rows = night()
    assert (outcome.state, rows, web.count("/feed.xml")) == ("complete", {"today"}, 1)


def test_a_page_lost_in_the_middle_is_truncated_then_resumed(web, night, reply):
    web.says("/feed.xml", reply(feed(LATER, extra=WORDPRESS)))
    web.says("/feed.xml?paged=2", reply("", 500))
    outcome, rows = night()
    assert (outcome.state, rows) == ("truncated", set())
    web.says("/feed.xml?paged=2", reply(feed(TODAY, OLD, extra=WORDPRESS)))
    outcome, rows = night()
    assert (outcome.state, rows) == ("complete", {"today"})
    assert web.count("/feed.xml") == 1, "what landed is not asked again"


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


@pytest.mark.parametrize("moment", range(1, 9))
def test_killed_at_any_moment_nothing_is_lost_or_doubled(web, night, reply, monkeypatch, moment):
    pages = 5
    web.says("/feed.xml", reply(feed(LATER, extra=WORDPRESS)))
    for page in range(2, pages + 1):
        item = (f"t{page}", f"Wed, 14 Oct 2026 {20 - page}:00:00 GMT")
        web.says(f"/feed.xml?paged={page}", reply(feed(item, extra=WORDPRESS)))
    writes = 0
    real_land, real_write = lake.write_parquet, journal.write_text

    def count(write):
        def counted(*told):
            nonlocal writes
            writes += 1
            if writes == moment:
                raise Killed
            write(*told)
            writes += 1
            if writes == moment:
                raise Killed

        return counted

    with monkeypatch.context() as doomed:
        doomed.setattr(journal.Journal, "is_full", property(lambda _: True))
        doomed.setattr(lake, "write_parquet", count(real_land))
        doomed.setattr(journal, "write_text", count(real_write))
        with pytest.raises(Killed):
            night()
    outcome, rows = night()
    assert (outcome.state, rows) == ("complete", {f"t{page}" for page in range(2, pages + 1)})


def test_two_at_once_ask_once(web, settings, brands_of, limits, reply):
    """A worker dies, the task that it watched goes on, and its next try begins."""
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))
    begun, outcomes = threading.Event(), []

    def answer_late(connection):
        begun.set()
        wait = time.monotonic() + 0.5
        while web.count("/feed.xml") == 1 and time.monotonic() < wait:
            time.sleep(0.01)
        body = feed(TODAY, OLD).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    web.says("/feed.xml", reply(act=answer_late))
    run = lambda: outcomes.extend(collect.collect(settings, brands, plan(brands, DAY), limits=limits))  # noqa: E731
    threads = [threading.Thread(target=run) for _ in range(2)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert web.count("/feed.xml") == 1
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].state == "complete"


def test_a_dead_host_is_given_up_after_a_few_failures(web, settings, brands_of, limits, reply):
    brands = brands_of(f'id: p, type: podcast, url: "{web.base}/feed.xml"', private=(web.host,))
    items = "".join(
        f"<item><guid>{n}</guid><pubDate>{TODAY[1]}</pubDate>"
        f'<transcript xmlns="https://podcastindex.org/namespace/1.0" url="/{n}.vtt" type="text/vtt"/></item>'
        for n in range(20)
    )
    web.says("/feed.xml", reply(f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'))
    for n in range(20):
        web.says(f"/{n}.vtt", reply("", 500))
    (outcome,) = collect.collect(settings, brands, plan(brands, DAY), limits=limits)
    assert outcome.state == "truncated"
    assert "17 addresses not asked" in outcome.reason
    assert not any(web.count(f"/{n}.vtt") for n in range(3, 20))


def test_a_runaway_listing_is_stopped_loudly(web, settings, brands_of, limits, reply):
    brands = brands_of(
        f'id: blog, type: feed, url: "{web.base}/feed.xml", options: {{max_requests: 3}}', private=(web.host,)
    )
    for path in ("/feed.xml", *(f"/feed.xml?paged={n}" for n in range(2, 9))):
        web.says(path, reply(feed(LATER, extra=WORDPRESS)))
    (outcome,) = collect.collect(settings, brands, plan(brands, DAY), limits=limits)
    assert (outcome.state, outcome.request_count) == ("truncated", 3)
    assert "1 addresses not asked" in outcome.reason


def test_secrets_stay_out_of_outcomes_and_captures(web, settings, brands_of, limits, reply):
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml?token=s3cret"', private=(web.host,))
    web.says("/feed.xml?token=s3cret", reply("", 403, {"Set-Cookie": "sid=s3cret"}))
    (outcome,) = collect.collect(settings, brands, plan(brands, DAY), limits=limits)
    assert "s3cret" not in json.dumps(outcome.reason)


def test_progress_and_probe(web, settings, brands_of, limits, reply):
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))
    web.says("/feed.xml", reply(feed(TODAY, OLD)))
    seen = []
    collect.collect(settings, brands, plan(brands, DAY), limits=limits, progress=lambda *told: seen.append(told))
    assert [(job.source_id, requests, posts) for job, requests, posts in seen] == [("blog", 1, 1)]
    before = sorted(settings.home.rglob("*.parquet"))
    with client_of(settings, brands, limits) as client:
        told = probe(settings, brands, brands.source("blog"), DAY, client=client)
        words = f"answers: 1 post of {DAY} and 1 of other days, 0 further addresses on its first page"
        assert told == ("complete", words)
        web.says("/feed.xml", reply("<html></html>"))
        assert probe(settings, brands, brands.source("blog"), DAY, client=client)[0] == "drifted"
    assert sorted(settings.home.rglob("*.parquet")) == before


def test_a_damaged_checkpoint_names_the_remedy(web, night, reply, settings):
    web.says("/feed.xml", reply(feed(TODAY, OLD)))
    night()
    (path,) = (settings.captures / "run_date=2026-10-14" / "source=blog").glob("*.json")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(f"{path} is damaged")):
        night()
    path.unlink()
    assert night()[1] == {"today"}
    assert web.count("/feed.xml") == 1
