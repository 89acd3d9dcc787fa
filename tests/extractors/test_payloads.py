"""What the world really sends, recorded by others (../shared/payloads): no exception that is not a reasoned refusal."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest

from extractors.source import DriftError, Page, Query, Request, Response, Window, source_module

EVER = Window(date(2027, 1, 1), 20_000)


def parsed(name, body, url, context=None, content_type="") -> Page | None:
    """The page, None after drift."""
    response = Response(
        url=url, status=200, headers={"content-type": content_type}, body=body,
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        query=Query(source_id="x", url=url.split("/wp-json")[0], text=""),
    )  # fmt: skip
    try:
        return source_module(name).parse(Request(url=url, context=context or {}), response, EVER)
    except DriftError:
        return None


def test_feeds(shared):
    read = {}
    for path in sorted((shared / "payloads/feeds").glob("*.*")):
        if path.suffix != ".txt":
            page = parsed("feed", path.read_bytes(), "https://feed.example/feed")
            read[path.name] = page and (len(page.posts), len(page.refused))
    assert len(read) > 100
    drifted = [name for name, counts in read.items() if counts is None]
    assert drifted == [
        "huginn_public_transport_agent.xml",  # no feed at all
        "wellformed_cdf_channel_abstract_map_tagline.xml",  # CDF without items
        "wellformed_cdf_channel_lastmod.xml",
        "wellformed_rss_entity_in_doctype.xml",  # entities of its own
    ]
    assert read["huginn_onethingwell.rss"][0] > 0
    assert read["huginn_iso-8859-1.rss"][0] > 0


@pytest.mark.parametrize(("pattern", "what"), [("posts_p*.json", "posts"), ("comments_p*.json", "comments")])
def test_wordpress(shared, pattern, what):
    for path in (shared / "payloads/wordpress_realserver").glob(pattern):
        body = path.read_bytes()
        if "headers" in path.name or not body.startswith(b"["):
            continue
        page = parsed("wordpress", body, "http://127.0.0.1:5056/wp-json/x", {"what": what, "page": "1"})
        assert (len(page.posts), page.refused) == (len(json.loads(body)), ())
        assert all(post.author for post in page.posts) or "_embedded" not in body.decode()


def test_mastodon(shared):
    seen = 0
    for path in sorted((shared / "payloads/mastodon").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        items = content if isinstance(content, list) else [content]
        statuses = [item for item in items if isinstance(item, dict) and {"content", "account", "uri"} <= item.keys()]
        for item in statuses:
            item["account"]["indexable"] = True
        if statuses:
            page = parsed("mastodon", json.dumps(statuses).encode(), "https://m.example/api/v1/timelines/tag/x")
            seen += len(page.posts)
            assert not page.refused, (path.name, page.refused)
    assert seen > 20


def test_podcasts(shared):
    folder = shared / "payloads/podcasts"
    told = {"episode": "e", "at": "2026-10-14T04:00:00+00:00", "type": "", "feed": "https://p.example/f", "title": "t",
            "link": "https://p.example/1", "podcast": "p", "lang": "en"}  # fmt: skip
    counts = {}
    for kind in ("vtt", "srt", "json"):
        path = folder / f"docs_examples_transcripts_example.{kind}"
        page = parsed("podcast", path.read_bytes(), "https://p.example/t", told, f"text/{kind}")
        counts[kind] = len(page.posts)
        assert all(post.author and post.text for post in page.posts), kind
    assert counts["json"] == 2
    assert counts["vtt"] > 1
    page = parsed("podcast", (folder / "example.xml").read_bytes(), "https://p.example/f")
    assert page.next_requests


def test_flaskbb(shared):
    found = set()
    for path in sorted((shared / "payloads/flaskbb_realserver").glob("topic*.html")):
        number, page_number = re.match(r"topic(\d+)(?:_p(\d))?", path.name).groups()
        page = parsed(
            "forum",
            path.read_bytes(),
            f"http://127.0.0.1:5055/topic/{number}",
            {"step": "topic", "page": page_number or "1"},
        )
        assert (bool(page.posts), page.refused) == (True, ())
        found |= {post.native_id for post in page.posts}
    assert len(found) > 90


def test_forums_of_the_world(shared):
    """No page makes the parser fail; what is read is told by the numbers printed with -s."""
    table = {}
    for path in sorted((shared / "payloads/html_forums").glob("*.html")):
        told = {
            step: parsed("forum", path.read_bytes(), f"https://f.example/{path.stem}", {"step": step})
            for step in ("topic", "index")
        }
        table[path.stem] = tuple(page and len(page.posts or page.next_requests) for page in told.values())
    print(*table.items(), sep="\n")
    assert table["autopager_64"][0] == 5, "a phpBB 3.0 topic in French"
    assert len(table) > 20
