"""Sources with a fixed interface: what they ask first, with which secrets, and how they look again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.source import DriftError, Known, Query, Response, Window, query_of, source_module

DAY = Window(date(2026, 10, 14))


def query(name, text, **options):
    return Query(source_id="x", url=source_module(name).SOURCE.default_url, text=text, options=options)


def known(native_id, kind="comment", url=None, alias=None):
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return Known(native_id=native_id, instance="x", kind=kind, url=url, created_at=at, alias=alias)


@pytest.mark.parametrize(
    ("name", "text", "options", "asked"),
    [
        ("stackexchange", "", {"site": "diy.stackexchange.com"},
         ["2.3/questions?fromdate=1791936000&todate=1792022399&sort=creation&site=diy.stackexchange.com",
          "2.3/answers?", "2.3/comments?"]),
        ("stackexchange", "mug", {}, ["advanced?q=mug&fromdate=1791936000", "advanced?q=mug&min=1791936000"]),
        ("steam", "4242", {}, ["https://store.steampowered.com/appreviews/4242?json=1&filter=recent&language=all"]),
        ("appreviews", "12", {"country": "BE"}, ["/be/rss/customerreviews/page=1/id=12/sortby=mostrecent/xml"]),
        ("youtube", "video:v1", {}, ["/youtube/v3/videos?part=snippet,statistics&id=v1"]),
        ("youtube", "channel:UC1", {}, ["&order=time&maxResults=100&allThreadsRelatedToChannelId=UC1"]),
        ("youtube", "mug", {}, ["q=mug&order=date&maxResults=50&publishedAfter=2026-09-14T00%3A00%3A00Z"]),
        ("reddit", "mug isotherme", {}, ["https://oauth.reddit.com/search?q=mug+isotherme&sort=new"]),
        ("reddit", "r/cafe", {}, ["/r/cafe/new?limit=100", "/r/cafe/comments?limit=100"]),
        ("reddit", "r/cafe mug", {}, ["/r/cafe/search?q=mug&sort=new&type=link&restrict_sr=1"]),
    ],
)  # fmt: skip
def test_what_is_asked_first(name, text, options, asked):
    requests = source_module(name).seed(query(name, text, **options), DAY)
    assert len(requests) == len(asked)
    for request, words in zip(requests, asked, strict=True):
        assert words in request.url


def test_a_search_for_videos_is_counted_before_it_is_asked():
    youtube = source_module("youtube")
    assert [r.cost for r in youtube.seed(query("youtube", "mug"), DAY)] == [100]
    assert [r.cost for r in youtube.seed(query("youtube", "video:v1"), DAY)] == [1]


def test_a_source_with_a_host_of_its_own_needs_no_url(brands_of):
    brands = brands_of("id: tube, type: youtube, queries: [mug]")
    assert query_of(brands.source("tube"), "mug").url == "https://www.googleapis.com"
    with pytest.raises(ValueError, match="source 'blog' has no url"):
        brands_of("id: blog, type: feed")


def test_secrets_go_to_one_host_and_into_no_address():
    tube = source_module("youtube").credentials(query("youtube", "mug"), {"key": "K"}, None)
    assert (tube.hosts, dict(tube.headers), dict(tube.params)) == (("www.googleapis.com",), {"X-Goog-Api-Key": "K"}, {})
    stack = source_module("stackexchange")
    assert stack.credentials(query("stackexchange", ""), {}, None).params == {}
    assert stack.credentials(query("stackexchange", ""), {"key": "K"}, None).params == {"key": "K"}


def test_reddit_logs_in_as_an_application():
    reddit, asked = source_module("reddit"), query("reddit", "r/cafe")
    login = reddit.login(asked, {"client_id": "i", "client_secret": "s"})
    assert (login.url, login.basic) == ("https://www.reddit.com/api/v1/access_token", ("i", "s"))
    assert dict(login.form) == {"grant_type": "client_credentials"}

    def answer(body):
        at = datetime(2026, 10, 15, tzinfo=UTC)
        return Response(url=login.url, status=200, headers={}, body=body, fetched_at=at, query=asked)

    told = reddit.credentials(asked, {}, answer(b'{"access_token": "T", "token_type": "bearer", "expires_in": 3600}'))
    assert (told.hosts, told.headers["Authorization"]) == (("oauth.reddit.com",), "bearer T")
    with pytest.raises(DriftError, match="no access_token"):
        reddit.credentials(asked, {}, answer(b'{"error": 401}'))


REVIEW = "https://steamcommunity.com/profiles/7/recommended/"
APPLE = "https://apps.apple.com/fr/app/id"


@pytest.mark.parametrize(
    ("name", "posts", "asked"),
    [
        ("steam", [known("1", url=f"{REVIEW}440/"), known("2", url=f"{REVIEW}440/"), known("3", url=f"{REVIEW}570/")],
         ["/appreviews/440?json=1&filter=recent", "/appreviews/570?json=1&filter=recent"]),
        ("appreviews", [known("1", url=f"{APPLE}12?see-all=reviews"), known("2", url=f"{APPLE}34?see-all=reviews")],
         ["/fr/rss/customerreviews/page=1/id=12/", "/fr/rss/customerreviews/page=1/id=34/"]),
        ("mastodon", [known("https://b.example/users/a/statuses/5", alias="901"), known("https://b.example/objects/6")],
         ["/api/v1/statuses/901"]),
        ("lemmy", [known("https://b.example/comment/5", alias="comment-31"), known("https://b.example/post/6")],
         ["/api/v3/comment?id=31"]),
        ("stackexchange", [known("post-1"), known("comment-2"), known("post-3")], ["/2.3/posts/1;3?"]),
        ("youtube", [known("v1", "post"), known("Ug1", url="https://www.youtube.com/watch?v=v1&lc=Ug1")],
         ["/videos?part=snippet,statistics&id=v1", "/comments?part=snippet&id=Ug1"]),
        ("reddit", [known(f"t1_{n}") for n in range(101)], ["/api/info?id=t1_0,t1_1,", "/api/info?id=t1_100&"]),
    ],
)  # fmt: skip
def test_posts_are_looked_at_again(name, posts, asked):
    requests = source_module(name).observe(query(name, "x"), posts)
    assert len(requests) == len(asked)
    assert all(words in request.url for request, words in zip(requests, asked, strict=True))
