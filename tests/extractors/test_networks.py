"""What sources of networks and forums do beyond one answer: sessions, second looks, and a walk back to a day."""

from __future__ import annotations

import copy
import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.source import DriftError, Known, Query, Request, Response, Window, source_module

WHEN = datetime(2026, 10, 14, 12, tzinfo=UTC)


def query(url, text="", **options):
    return Query(source_id="place", url=url, text=text, options=options)


def answer(found, asked, url="https://place.example"):
    return Response(url=url, status=200, headers={}, body=json.dumps(found).encode(), fetched_at=WHEN, query=asked)


def known(native_id, instance, url=None):
    return Known(native_id=native_id, instance=instance, kind="post", url=url, created_at=WHEN)


OBSERVED = [
    ("bluesky", "https://pds.example", known("did:plc:ana/3k1", "bsky.app"),
     "/xrpc/app.bsky.feed.getPosts?uris=at%3A%2F%2Fdid%3Aplc%3Aana%2Fapp.bsky.feed.post%2F3k1"),
    ("hackernews", "https://hn.example", known("900", "news.ycombinator.com"), "/api/v1/items/900"),
    ("discourse", "https://f.example", known("31/4", "f.example"), "/posts/by_number/31/4.json"),
    ("lemmy", "https://l.example", known("https://l.example/comment/505", "l.example"), "/api/v3/comment?id=505"),
    ("mastodon", "https://m.example", known("https://m.example/users/a/statuses/7", "m.example"), "/api/v1/statuses/7"),
    ("mastodon", "https://m.example", known("https://m.example/o/x-y", "m.example", "https://m.example/notice/Atz9"),
     "/api/v1/statuses/Atz9"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "url", "post", "path"), OBSERVED, ids=[row[3] for row in OBSERVED])
def test_observe(name, url, post, path):
    stranger = known("https://other.example/x/1", "other.example", "https://other.example/@x/1")
    asked = source_module(name).observe(query(url), [stranger, post])
    assert [request.url for request in asked] == [f"{url}{path}"]


@pytest.mark.parametrize(("name", "size", "options"), [("bluesky", 25, {}), ("mastodon", 20, {"batch": True})])
def test_observe_many_in_one_request(name, size, options):
    posts = {
        "bluesky": [known(f"did:plc:ana/{n}", "bsky.app") for n in range(60)],
        "mastodon": [known(f"https://m.example/users/a/statuses/{n}", "m.example") for n in range(60)],
    }[name]
    asked = source_module(name).observe(query("https://m.example", **options), posts)
    sizes = [len(next(iter(parse_qs(urlsplit(request.url).query).values()))) for request in asked]
    assert (max(sizes), sum(sizes)) == (size, 60)


@pytest.mark.parametrize("name", ["bluesky", "hackernews"])
def test_a_source_that_caps_its_answers_can_be_asked_for_halves(name):
    whole = Window(date(2026, 10, 14), 1)
    asked = [source_module(name).seed(query("https://place.example", "mug"), w)[0] for w in (whole, *whole.halves())]
    assert len({request.key for request in asked}) == 3


def test_bluesky_session():
    source, asked = source_module("bluesky"), query("https://pds.example")
    secrets = {"handle": "ana.example", "app_password": "abcd-efgh"}
    login = source.login(asked, secrets)
    assert login.url == "https://pds.example/xrpc/com.atproto.server.createSession"
    assert login.json == {"identifier": "ana.example", "password": "abcd-efgh"}
    given = source.credentials(asked, secrets, answer({"accessJwt": "t.o.k", "did": "did:plc:ana"}, asked))
    assert (given.hosts, dict(given.headers)) == (("pds.example",), {"authorization": "Bearer t.o.k"})
    with pytest.raises(DriftError, match="check the handle and app password of 'place'"):
        source.credentials(asked, secrets, answer({"error": "AuthenticationRequired"}, asked))


class Forum:
    """A forum of 20,000 posts, ten an hour, that lists them as Discourse does, before and since 2026."""

    def __init__(self, *, is_old, hole=range(0)):
        self.is_old = is_old
        self.posts = dict.fromkeys(n for n in range(1, 20_001) if n not in hole)
        self.last = 20_000

    def list(self, before):
        top = before or self.last + 1 - self.is_old
        if self.is_old:
            return [n for n in range(top, top - 50, -1) if n in self.posts]
        return list(islice((n for n in range(top - 1, 0, -1) if n in self.posts), 50))

    @staticmethod
    def when(number):
        return datetime(2026, 10, 15, tzinfo=UTC) - timedelta(minutes=6 * (20_000 - number) + 1)

    def answer(self, request, asked):
        before = int((re.search(r"before=(\d+)", request.url) or (0, 0))[1])
        posts = [
            {"id": n, "topic_id": 1, "post_number": n, "username": "ana", "cooked": "<p>Oui</p>",
             "created_at": self.when(n).isoformat()}
            for n in self.list(before)
        ]  # fmt: skip
        return answer({"latest_posts": posts}, asked, request.url)


@pytest.mark.parametrize(("days_ago", "most"), [(0, 12), (1, 16), (30, 30), (82, 30)])
@pytest.mark.parametrize("is_old", [False, True], ids=["excludes the id", "includes the id"])
@pytest.mark.parametrize("hole", [range(0), range(12_650, 12_900)], ids=["no gap", "a gap of 250 ids"])
def test_discourse_walks_back_to_a_day(days_ago, most, is_old, hole):
    forum, source, asked = Forum(is_old=is_old, hole=hole), source_module("discourse"), query("https://f.example")
    window = Window(date(2026, 10, 14) - timedelta(days=days_ago))
    frontier, seen, found = source.seed(asked, window), set(), set()
    while frontier:
        request: Request = frontier.pop(0)
        if request.key not in seen:
            seen.add(request.key)
            page = source.parse(request, forum.answer(request, asked), window)
            found |= {post.position + 1 for post in page.posts if not post.is_context}
            frontier += page.next_requests
    assert found == {n for n in forum.posts if window.holds(forum.when(n))}
    assert len(seen) <= most + 12 * bool(hole)


ODD = [None, True, -1, 3.5, 10**30, "", "x", "\ud800", [], [None], {}, {"a": 1}]


def places(value, path=()):
    """Every member of a JSON value below the second level, as the keys that lead to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from [(*path, key)] if path else []
        yield from places(inner, (*path, key))


@pytest.mark.parametrize("name", ["bluesky", "hackernews", "discourse", "lemmy", "mastodon"])
def test_a_member_of_another_type_costs_no_more_than_its_item(name):
    """Whatever one member becomes, the page is read; DriftError only where it holds nothing but that item."""
    chance, source, window = random.Random(7), source_module(name), Window(date(2026, 10, 14))
    asked = query("https://place.example", "mug")
    bodies = [json.loads(path.read_bytes()) for path in Path(__file__).parent.glob(f"fixtures/{name}/*.json")]
    for _ in range(600):
        found = copy.deepcopy(chance.choice(bodies))
        *path, last = chance.choice(list(places(found)))
        inner = found
        for key in path:
            inner = inner[key]
        inner[last] = chance.choice(ODD)
        try:
            page = source.parse(Request(url=asked.url), answer(found, asked), window)
        except DriftError:
            continue
        told = [(post.native_id, post.text, post.url or "", post.title or "", post.lang or "") for post in page.posts]
        assert all(isinstance(value, str) for row in told for value in row)
