"""Waits that a source asks for, quotas, limits of a host: kept within a job, across jobs and across processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from extractors.collect import batches, collect, plan
from extractors.fetch import FetchError, _host
from extractors.pace import Pace
from extractors.quota import Quota
from extractors.ratelimit import asked_wait, spent_wait
from extractors.source import Page, PostDraft, Request

DAY = date(2026, 10, 14)
AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{AT.timestamp() + 30:.0f}"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{(AT.timestamp() + 30) * 1000:.0f}"}, 30),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "45"}, 45),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-10-15T02:01:00.000Z"}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-10-15T02:01:00"}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "Thu, 15 Oct 2026 02:00:09 GMT"}, 9),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{AT.timestamp() - 30:.0f}"}, 0),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "45"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "soon"}, 0),
    ],
)
def test_what_a_spent_limit_asks(headers, wait):
    assert spent_wait(headers, AT) == wait
    assert asked_wait(429, {"retry-after": headers.get("x-ratelimit-reset", "")}, AT) in (wait, 45)
    assert asked_wait(503, {"x-ratelimit-reset": "45"}, AT) == 0


def test_a_spent_limit_waits_for_its_reset(web, client, reply):
    web.says("/a", reply("ok", headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "20"}))
    web.says("/b", reply("ok", headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000"}))
    made = client()
    made.get(f"{web.base}/a")
    made.get(f"{web.base}/b")
    assert 19 < made.slept[0] <= 20
    with pytest.raises(FetchError, match="left alone for another 4000 s") as error:
        client().get(f"{web.base}/c")
    assert (error.value.state, web.count("/c")) == ("blocked", 0)


@pytest.fixture
def paged(web, settings, brands_of, limits, play, reply):  # noqa: PLR0917
    """A source of three pages, one post each; `told` is what the pages say beside it, by number."""
    told: dict[int, dict] = {}

    def parse(request, response, window):
        n = int(response.body)
        post = PostDraft(
            native_id=str(n), instance="a.example", kind=told.get(n, {}).get("kind", "post"), text=f"mot {n}",
            created_at=datetime(2026, 10, 14, 8, n, tzinfo=UTC),
        )  # fmt: skip
        extra = {k: v for k, v in told.get(n, {}).items() if k != "kind"}
        following = (Request(url=f"{web.base}/{n + 1}", cost=2),) if n < 3 else ()
        return Page(**{"posts": (post,), "next_requests": following} | extra)

    for n in (1, 2, 3):
        web.says(f"/{n}", reply(str(n)))

    def run(queries="[]", **declared):
        told.clear()
        told.update(declared.pop("told", {}))
        play(declared=declared, seed=lambda query, window: [Request(url=f"{query.url}/1")], parse=parse)
        brands = brands_of(f'id: s, type: mastodon, url: "{web.base}", queries: {queries}', private=(web.host,))
        return collect(settings, brands, plan(brands, DAY), limits=limits)

    return run


def test_a_backoff_is_waited_for(web, paged):
    started = time.monotonic()
    (outcome,) = paged(told={1: {"wait_seconds": 0.5}})
    assert outcome.state == "complete"
    assert time.monotonic() - started > 0.45


def test_a_long_backoff_blocks_the_job_and_the_next(web, paged):
    first, second = paged("[mug, gourde]", told={1: {"wait_seconds": 500.0}})
    assert (first.state, first.post_count, second.state, second.post_count) == ("blocked", 1, "blocked", 0)
    assert web.count("/1") == 1
    assert "left alone for another" in second.reason


def test_units_are_counted_before_they_are_spent(web, paged, settings):
    first, second = paged("[mug, gourde]", daily_quota=6)
    assert (first.state, first.post_count) == ("complete", 3), "1 + 2 + 2 units"
    assert (second.state, second.post_count) == ("blocked", 1)
    assert "the day's quota is spent (6 of 6 units, 2 more wanted); run the day again" in second.reason
    assert [web.count(f"/{n}") for n in (1, 2, 3)] == [2, 1, 1]
    (settings.home / "quota" / "mastodon.json").write_text(json.dumps({"2026-01-01": 6}))
    again = paged("[mug, gourde]", daily_quota=6)
    assert [outcome.state for outcome in again] == ["complete", "complete"]
    assert [web.count(f"/{n}") for n in (1, 2, 3)] == [2, 2, 2], "what landed is not paid for twice"


def test_a_quota_that_the_source_calls_spent(web, paged, settings):
    spent = {"is_quota_spent": True}
    first, second = paged("[mug, gourde]", told={2: spent})
    assert (first.state, first.post_count, second.state, second.post_count) == ("blocked", 2, "blocked", 0)
    assert web.count("/1") == 1
    (settings.home / "quota" / "mastodon.json").unlink()
    first, second = paged("[mug, gourde]")
    assert (first.state, second.state, web.count("/2")) == ("complete", "complete", 2)


def test_a_page_that_only_says_spent_is_asked_again(web, paged, settings):
    nothing = {"is_quota_spent": True, "posts": (), "next_requests": ()}
    (outcome,) = paged(told={2: nothing})
    assert (outcome.state, outcome.post_count) == ("blocked", 1)
    (settings.home / "quota" / "mastodon.json").unlink()
    (outcome,) = paged(told={2: nothing})
    assert (outcome.state, web.count("/2")) == ("blocked", 2)
    (settings.home / "quota" / "mastodon.json").unlink()
    assert paged()[0].state == "complete"


def test_retries_cost_units_too(web, paged, reply):
    web.says("/1", reply("", 500))
    (outcome,) = paged(daily_quota=2)
    assert (outcome.state, web.count("/1")) == ("blocked", 2)


def test_a_quota_damaged_or_of_yesterday_begins_anew(tmp_path):
    path = tmp_path / "q.json"
    Quota(path, 5, lambda: "2026-10-14").spend(5)
    with pytest.raises(FetchError):
        Quota(path, 5, lambda: "2026-10-14").spend(1)
    Quota(path, 5, lambda: "2026-10-15").spend(5)
    path.write_text("{")
    Quota(path, 5, lambda: "2026-10-15").spend(5)


@pytest.mark.parametrize(
    ("declared", "state", "words"),
    [
        ({"expected_per_day": (4, 10)}, "drifted", "3 posts where at least 4 are expected"),
        ({"expected_per_day": (0, 2)}, "drifted", "3 posts where at most 2 are expected"),
        ({"expected_per_day": (3, 3)}, "complete", None),
        ({"told": {2: {"kind": "poll"}}}, "drifted", "kind 'poll' is unknown"),
    ],
)
def test_drift_is_judged_again_without_the_network(web, paged, declared, state, words):
    (outcome,) = paged(**declared)
    assert outcome.state == state
    assert words is None or words in outcome.reason
    asked = len([path for path, _ in web.asked if path in ("/1", "/2")])
    (outcome,) = paged()
    assert (outcome.state, outcome.post_count) == ("complete", 3)
    assert len([path for path, _ in web.asked if path in ("/1", "/2")]) == asked, "mended: replayed from what landed"


def test_too_few_is_no_drift_while_something_is_missing(web, paged, reply):
    web.says("/3", reply("", 500))
    (outcome,) = paged(expected_per_day=(5, 10))
    assert outcome.state == "truncated"


def test_batches_group_by_the_host_that_is_asked(brands_of, play):
    play(seed=lambda query, window: [Request(url="https://api.example/1")])
    brands = brands_of(
        'id: a, type: mastodon, url: "https://one.example"', 'id: b, type: mastodon, url: "https://two.example"',
        'id: f, type: feed, url: "https://api.example/feed"', 'id: g, type: feed, url: "https://one.example/feed"',
    )  # fmt: skip
    assert [[j.source_id for j in batch] for batch in batches(brands, plan(brands, DAY))] == [["a", "b", "f"], ["g"]]


@pytest.mark.parametrize("name", ["lookback_days", "max_requests", "empty_pages"])
def test_an_option_of_the_wrong_kind_is_an_outcome(web, settings, brands_of, limits, name):
    brands = brands_of(
        f'id: bad, type: forum, url: "{web.base}", options: {{{name}: often}}',
        f'id: good, type: feed, url: "{web.base}/feed"', private=(web.host,),
    )  # fmt: skip
    assert len(batches(brands, plan(brands, DAY))) == 1
    bad, good = collect(settings, brands, plan(brands, DAY), limits=limits)
    assert (bad.state, good.state) == ("not_asked", "unreachable")
    assert f"option {name} is 'often'" in bad.reason


ASKING = """
import sys, time
from pathlib import Path
from extractors.pace import Pace
pace = Pace(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(4):
    with pace.turn("a.example", 1.0):
        pace.wait("a.example", float(sys.argv[2]))
        began = time.time()
        time.sleep(float(sys.argv[3]))
        print(began, time.time(), flush=True)
"""


@pytest.mark.parametrize(("delay", "takes"), [(0.1, 0.0), (0.01, 0.08)], ids=["rate", "one at a time"])
def test_two_processes_share_a_host(tmp_path, delay, takes):
    command = [sys.executable, "-c", ASKING, str(tmp_path), str(delay), str(takes)]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) for _ in range(2)]
    for process in both:
        process.stdout.readline()
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    spans = sorted(tuple(map(float, line.split())) for p in both for line in p.communicate(timeout=30)[0].splitlines())
    assert len(spans) == 8
    assert spans[-1][0] - spans[0][0] >= 6 * delay, "the rate holds over both"
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(spans)), "never two at once"


CLIENT = """
import sys
from pathlib import Path
from extractors.fetch import Client
from extractors.pace import Pace
from ouidire.brands import Options
base, folder, name = sys.argv[1:]
options = Options(private_hosts=[base.removeprefix("http://")], contact="https://us.example/bot")
with Client(options, Pace(Path(folder))) as c:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(3):
        assert c.get(f"{base}/{name}{n}").status == 200
"""


def test_two_clients_keep_one_rate(web, reply, tmp_path):
    """Also after an answer that was slow: those who queued behind it do not all ask at once."""
    spans = []

    def answers(connection):
        began = time.monotonic()
        time.sleep(1.2 if len(spans) == 1 else 0.05)
        spans.append((began, time.monotonic()))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    web.says("/robots.txt", reply("User-agent: *\nCrawl-delay: 0.5\n"))
    for path in ("/a0", "/a1", "/a2", "/b0", "/b1", "/b2"):
        web.says(path, reply(act=answers))
    command = [sys.executable, "-c", CLIENT, web.base, str(tmp_path)]
    both = [subprocess.Popen([*command, name], cwd=ROOT, stdin=-1, stdout=-1, text=True) for name in "ab"]
    for process in both:
        process.stdout.readline()
    for process in both:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert len(spans) == 6
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(spans)), "never two at once"
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(spans)]
    assert min(gaps) > 0.2, f"half a second apart, less what a busy machine delays: {gaps}"


def test_one_host_however_it_is_spelled():
    assert len({_host(url) for url in ("http://A.example/x", "http://a.example:80/y", "http://a.EXAMPLE")}) == 1
    assert len({_host(url) for url in ("http://a.example", "https://a.example", "http://a.example:8080")}) == 3


def test_a_hold_is_seen_by_others_and_ends(tmp_path):
    now = [1000.0]
    one, other = (Pace(tmp_path, now=lambda: now[0]) for _ in range(2))
    one.hold("a.example", 30)
    one.hold("a.example", 5)
    assert (other.held("a.example"), other.held("b.example")) == (30.0, 0.0)
    now[0] += timedelta(hours=1).total_seconds()
    assert other.held("a.example") == 0.0


def test_limits_without_the_x_count_too():
    assert spent_wait({"ratelimit-remaining": "0", "ratelimit-reset": f"{AT.timestamp() + 30:.0f}"}, AT) == 30
    assert asked_wait(429, {"ratelimit-reset": "12"}, AT) == 12
