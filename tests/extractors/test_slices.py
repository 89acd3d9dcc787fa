"""A source that cuts its answers at a cap is asked for one piece of the day after the other, down to one second."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors import checkpoints, journal
from extractors.captures import newest
from extractors.collect import collect, plan
from extractors.parse import parse_partition
from extractors.source import Page, PostDraft, Request, Window
from ouidire import lake
from ouidire.records import Outcome, Post

DAY = date(2026, 10, 14)
START = datetime(2026, 10, 14, tzinfo=UTC)
CAP = 3


class Search:
    """Finds posts by date, at most CAP a question, two a page: as interfaces with a window of results do."""

    def __init__(self, web, reply):
        self.web, self.reply, self.times = web, reply, []

    def holds(self, *seconds):
        self.times = sorted(START + timedelta(seconds=s) for s in seconds)

    def script(self, path):
        asked = {name: int(value[0]) for name, value in parse_qs(urlsplit(path).query).items()}
        hits = [t for t in self.times if asked["since"] <= t.timestamp() < asked["until"]]
        shown = hits[:CAP][2 * asked["page"] : 2 * asked["page"] + 2]
        told = {"total": len(hits), "items": [[f"{t.timestamp():.0f}", self.times.index(t)] for t in shown]}
        self.web.says(path, self.reply(json.dumps(told)))


@pytest.fixture
def search(web, reply, play, monkeypatch):
    found = Search(web, reply)

    def ask(query, window, page=0):
        since, until = window.since_at.timestamp(), window.end_at.timestamp()
        path = f"/search?since={since:.0f}&until={until:.0f}&page={page}"
        found.script(path)
        return Request(url=f"{query.url}{path}")

    def parse(request, response, window):
        told = response.json()
        posts = tuple(
            PostDraft(native_id=f"{at}-{n}", instance="a.example", kind="post", text=f"mot {n}",
                      created_at=datetime.fromtimestamp(int(at), UTC))
            for at, n in told["items"]
        )  # fmt: skip
        page = int(parse_qs(urlsplit(request.url).query)["page"][0])
        more = 2 * (page + 1) < min(CAP, told["total"])
        following = (ask(response.query, window, page + 1),) if more else ()
        return Page(posts=posts, next_requests=following, is_capped=told["total"] > CAP)

    play(seed=lambda query, window: [ask(query, window)], parse=parse)
    return found


@pytest.fixture
def night(web, settings, brands_of, limits, search):
    brands = brands_of(f'id: tags, type: mastodon, url: "{web.base}", queries: [mug]', private=(web.host,))

    def run(**told):
        (outcome,) = collect(settings, brands, plan(brands, DAY), limits=limits, **told)
        parse_partition(settings, brands, DAY, "tags")
        (stored,) = lake.read_rows(settings, DAY, "tags", Outcome, "outcomes")
        assert (stored.state, stored.post_count) == (outcome.state, outcome.post_count)
        return outcome, sorted(post.created_at for post in lake.read_rows(settings, DAY, "tags", Post, "posts"))

    return run


def test_halves_tile_the_window_and_its_look_back():
    whole = Window(DAY, lookback_days=2)
    one, other = whole.halves()
    assert (one.since_at, one.end_at, other.since_at, other.end_at) == (
        START - timedelta(days=2), START - timedelta(hours=12), START - timedelta(hours=12), START + timedelta(days=1),
    )  # fmt: skip
    second = Window(DAY, slice=(START, START + timedelta(seconds=1)))
    assert second.halves() == ()
    assert [half.end_at for half in Window(DAY, slice=(START, START + timedelta(seconds=3))).halves()] == [
        START + timedelta(seconds=1), START + timedelta(seconds=3),
    ]  # fmt: skip


def test_a_capped_day_is_asked_in_pieces_and_each_post_counts_once(web, night, search):
    search.holds(5, 6, 7, 8, 40_000, 40_001, 50_000, 86_399)
    outcome, rows = night()
    assert rows == search.times
    assert (outcome.state, outcome.post_count, outcome.reason) == ("complete", 8, None)
    asked = len(web.asked)
    assert night() == (outcome, rows)
    assert len(web.asked) == asked


def test_a_second_that_is_cut_is_said_aloud(night, search, settings):
    search.holds(5, *[30_000] * 5, 50_000)
    outcome, rows = night()
    assert len(set(rows)) == 3
    assert outcome.state == "truncated"
    assert "to 'mug' from 2026-10-14 08:20:00 to 2026-10-14 08:20:01 (UTC)" in outcome.reason
    assert checkpoints.checkpoints(settings, DAY, "tags")[0].is_done, "asking again would bring no more"


def test_a_source_that_knows_no_slices_is_said_aloud(web, night, search, play):
    search.holds(*range(9))
    from extractors.sources import mastodon

    whole = mastodon.seed
    play(seed=lambda query, window: whole(query, Window(DAY)))
    outcome, rows = night()
    assert (outcome.state, len(rows)) == ("truncated", 3)
    assert "from 2026-10-14 00:00:00 to 2026-10-15 00:00:00" in outcome.reason


class Killed(BaseException):
    """Stands for kill -9."""


def test_a_walk_in_pieces_is_resumed_after_any_kill(web, night, search, monkeypatch, settings):
    search.holds(*range(100, 108), 40_000, *range(70_000, 70_007))
    real, count = lake.write_parquet, 0
    monkeypatch.setattr(journal.Journal, "is_full", property(lambda _: True))

    def write(*told):
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise Killed
        real(*told)

    kills = 0
    with monkeypatch.context() as doomed:
        doomed.setattr(lake, "write_parquet", write)
        for _ in range(40):
            try:
                night()
            except Killed:
                kills += 1
    outcome, rows = night()
    assert (rows, outcome.state, outcome.post_count) == (search.times, "complete", 16)
    assert kills > 5
    keys = [capture.key for capture in newest(settings, DAY, "tags")]
    assert len(keys) == len(set(keys)) == outcome.request_count
