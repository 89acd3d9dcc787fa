"""From captures to rows: identity, references, cleaning, what is refused, what was erased."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest

from extractors.captures import Job
from extractors.journal import Journal
from extractors.parse import parse_partition
from extractors.source import Request
from ouidire import lake, records
from ouidire.records import AuthorObservation, Engagement, Identity, Outcome, Post, Quarantine

DAY = date(2026, 10, 14)
AT = datetime(2026, 10, 15, 2, tzinfo=UTC)


@pytest.fixture
def land(settings):
    """Land bodies as captures of a job, as if they had been fetched."""

    def landed(source, *bodies, query="", is_done=True, **context):
        journal = Journal(settings, Job(source_id=source, query=query, day=DAY))
        journal.begin()
        for number, body in enumerate(bodies):
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            request = Request(url=f"https://social.example/{query}{number}", context=context)
            journal.add(request, request.url, 200, {"content-type": "application/json"}, raw, len(raw), AT)
        journal.save(is_walked=is_done, is_done=is_done)

    return landed


@pytest.fixture
def rows(settings, brands_of):
    """Parse the partition of a Mastodon source and give its rows by table."""
    tables = {"posts": Post, "engagement": Engagement, "author_observations": AuthorObservation, "identities": Identity,
              "quarantine": Quarantine, "outcomes": Outcome}  # fmt: skip
    brands = brands_of('id: social, type: mastodon, url: "https://social.example", queries: [mug]')

    def parsed():
        counts = parse_partition(settings, brands, DAY, "social")
        found = {t: list(lake.read_rows(settings, DAY, "social", record, t)) for t, record in tables.items()}
        assert counts == {table: len(content) for table, content in found.items()}
        return found

    return parsed


def status(number, user="ana", at="2026-10-14T10:00:00Z", text="<p>Mon mug fuit</p>", host="social.example", **more):
    """A status as the client interface gives it."""
    account = {"acct": user if host == "social.example" else f"{user}@{host}", "username": user,
               "url": f"https://{host}/@{user}", "display_name": user.title(), "followers_count": 5}  # fmt: skip
    return {
        "id": str(number), "uri": f"https://{host}/users/{user}/statuses/{number}", "url": f"https://{host}/@{user}/{number}",
        "created_at": at, "content": text, "visibility": "public", "account": account, "favourites_count": 1, **more,
    }  # fmt: skip


def test_identity_is_that_of_the_records(land, rows, settings):
    land("social", [status(1, "bo", host="Other.example")], query="mug")
    (post,) = rows()["posts"]
    uri = "https://Other.example/users/bo/statuses/1"
    assert post.post_id == records.post_id("mastodon", "other.example", uri)
    assert post.author_id == records.author_id(settings.author_key, "mastodon", "other.example", "bo")
    assert (post.instance, post.native_id, post.thread_id) == ("other.example", uri, post.post_id)
    assert post.content_hash == records.content_hash("mon mug FUIT !")


def test_a_post_of_two_queries_and_pages_is_one_row_the_newest(land, rows):
    land("social", [status(1, text="<p>avant</p>")], [status(1, text="<p>après</p>")], query="mug")
    land("social", [status(1, text="<p>après</p>")], query="gourde")
    found = rows()
    assert [(post.text, post.source) for post in found["posts"]] == [("après", "social")]
    assert len(found["engagement"]) == len(found["identities"]) == len(found["author_observations"]) == 1
    assert {outcome.query: outcome.post_count for outcome in found["outcomes"]} == {"mug": 1, "gourde": 1}


def test_replies_find_their_thread_across_answers(land, rows):
    early = "2026-10-12T10:00:00Z"
    land("social", [status(3, "cy", in_reply_to_id="2")], query="mug")
    above = [status(1, at=early), status(2, "bo", at=early, in_reply_to_id="1")]
    land("social", {"ancestors": above, "descendants": []},
         query="context", status="3")  # fmt: skip
    (post,) = rows()["posts"]
    assert post.parent_id == records.post_id("mastodon", "social.example", "https://social.example/users/bo/statuses/2")
    assert post.thread_id == records.post_id(
        "mastodon", "social.example", "https://social.example/users/ana/statuses/1"
    )
    land("social", [status(4, "cy", in_reply_to_id="99")], query="lone")
    lone = next(post for post in rows()["posts"] if post.native_id.endswith("/4"))
    assert (lone.kind, lone.parent_id, lone.thread_id) == ("reply", None, lone.post_id)


def test_a_circle_of_replies_ends(land, rows):
    land("social", [status(1, in_reply_to_id="2"), status(2, in_reply_to_id="1")], query="mug")
    assert len(rows()["posts"]) == 2


@pytest.mark.parametrize(
    ("user", "url", "is_owned"),
    [("tisonne", "https://social.example/@tisonne", True), ("ana", "https://www.tisonne.example/ana", True),
     ("ana", "https://nottisonne.example/ana", False)],
)  # fmt: skip
def test_who_is_owned(land, rows, user, url, is_owned):
    item = status(1, user)
    item["account"]["url"] = url
    land("social", [item], query="mug")
    found = rows()
    assert found["posts"][0].is_owned is is_owned
    assert found["author_observations"][0].is_owned is is_owned


def test_bad_items_are_set_aside_and_the_night_goes_on(land, rows):
    good = status(9, text="<p>ok\x00 \ud83d\ude00 \ud800 &amp;c</p>")
    land(
        "social",
        [
            good, status(1, text=""), status(2, at="NaN"), {"id": "3"}, None, 7, [],
            status(4, text="<p>" + "x" * 600_000 + "</p>"), status(5, account=None),
        ],
        b"[", b'[{"id": NaN}]', b"[" * 100_000, b"\xff\xfe{", b"[" + b"9" * 5000 + b"]",
        query="mug",
    )  # fmt: skip
    found = rows()
    assert [post.text for post in found["posts"]] == ["ok 😀 \ufffd &c"]
    reasons = " | ".join(f"{row.item}: {row.reason}" for row in found["quarantine"])
    for words in (
        "no words",
        "no field",
        "not of the usual form (",
        "600,000 characters",
        "is not JSON",
        "no date that",
    ):
        assert words in reasons
    assert not re.search(r"(Key|Value)Error|isoformat", reasons)
    assert {row.stage for row in found["quarantine"]} == {"parse"}
    assert found["outcomes"][0].quarantined_count == len(found["quarantine"])


@pytest.mark.parametrize("error", [KeyError, TypeError, AttributeError, OverflowError, RecursionError])
def test_a_parser_that_fails_leaves_a_reason_and_the_night_goes_on(land, rows, play, error):
    from extractors.sources import mastodon

    read = mastodon.parse

    def parse(request, response, window):
        if response.body == b"[]":
            raise error("date value out of range")
        return read(request, response, window)

    play(parse=parse)
    land("social", [], [status(1)], query="mug")
    found = rows()
    assert [post.text for post in found["posts"]] == ["Mon mug fuit"]
    (refused,) = found["quarantine"]
    assert (refused.stage, refused.item) == ("parse", "https://social.example/mug0")
    words = "no field 'date" if error is KeyError else f"not of the usual form ({error.__name__}: date"
    assert f"cannot be read: {words} value out of range" in refused.reason


def test_what_was_erased_stays_gone(land, rows, settings):
    land("social", [status(1), status(2, "bo"), status(3, "cy")], query="mug")
    by_user = {post.url.split("@")[1].split("/")[0]: post for post in rows()["posts"]}
    ledger = settings.home / "suppressions.jsonl"
    ledger.write_text(
        json.dumps({"author_id": by_user["ana"].author_id})
        + "\n\n"
        + json.dumps({"post_id": by_user["bo"].post_id})
        + "\n"
    )
    found = rows()
    assert [post.post_id for post in found["posts"]] == [by_user["cy"].post_id]
    assert [row.handle for row in found["identities"]] == ["cy"]
    assert len(found["engagement"]) == 1
    ledger.write_text("{oops\n")
    with pytest.raises(ValueError, match=r"suppressions.jsonl:1: not .*mend the line"):
        rows()


def test_unknown_is_none_and_never_zero(land, rows):
    item = status(1)
    del item["favourites_count"]
    item["account"]["followers_count"] = -1
    land("social", [item], query="mug")
    found = rows()
    assert found["engagement"] == []
    assert found["author_observations"][0].follower_count is None


def test_an_interrupted_job_says_so(land, rows):
    land("social", [status(1)], query="mug", is_done=False)
    (outcome,) = rows()["outcomes"]
    assert (outcome.state, outcome.post_count) == ("truncated", 1)
    assert "interrupted" in outcome.reason


def test_parsing_twice_gives_the_same_rows(land, rows):
    land("social", [status(n, f"u{n % 7}") for n in range(40)], query="mug")
    assert rows() == rows()


def test_visitors_of_a_brands_own_site_are_not_its_people(settings, brands_of):
    brands = brands_of('id: shop, type: wordpress, url: "https://blog.tisonne.example"')
    journal = Journal(settings, Job(source_id="shop", query="", day=DAY))
    journal.begin()
    base = {"id": 1, "date_gmt": "2026-10-14T06:00:00", "link": "https://blog.tisonne.example/1"}
    post = {**base, "title": {"rendered": "Nouveau"}, "content": {"rendered": "<p>Achetez</p>"},
            "_embedded": {"author": [{"name": "Com", "link": "https://blog.tisonne.example/author/com"}]}}  # fmt: skip
    said = {**base, "post": 1, "author_name": "Zoé", "author_url": "", "content": {"rendered": "<p>Déçue</p>"}}
    for what, item in (("posts", post), ("comments", said)):
        request = Request(url=f"https://blog.tisonne.example/{what}", context={"what": what, "page": "1"})
        body = json.dumps([item]).encode()
        journal.add(request, request.url, 200, {}, body, len(body), AT)
    journal.save(is_walked=True, is_done=True)
    parse_partition(settings, brands, DAY, "shop")
    found = {post.kind: post for post in lake.read_rows(settings, DAY, "shop", Post, "posts")}
    assert (found["article"].is_owned, found["comment"].is_owned) == (True, False)
    assert found["comment"].thread_id == found["comment"].parent_id == found["article"].post_id
    assert found["comment"].thread_title == "Nouveau"
