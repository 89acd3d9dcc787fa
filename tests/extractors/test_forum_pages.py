"""Forum and shop pages that are broken, huge or in old charsets: an outcome, soon."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from extractors.forum_page import profiles
from extractors.source import DriftError, Page, Query, Request, Response, Window, source_module

POST = (
    '<div id="p{n}" class="post"><div class="postbody"><p class="author">by <a class="username" href="/u1">Ann</a>'
    ' » <time datetime="2026-10-14T08:00:00Z">x</time></p><div class="content">{words}</div></div></div>'
)
SECONDS = 60
"""Far more than is needed (10 at most when measured), so that a busy machine does not fail."""


def parsed(name: str, body: bytes, content_type: str = "text/html") -> Page | None:
    query = Query(source_id="x", url="https://f.example", text="")
    response = Response(
        url="https://f.example/viewtopic.php?t=5", status=200, headers={"content-type": content_type}, body=body,
        fetched_at=datetime(2026, 10, 15, tzinfo=UTC), query=query,
    )  # fmt: skip
    try:
        return source_module(name).parse(
            Request(url=response.url, context={"step": "topic"}), response, Window(date(2026, 10, 14))
        )
    except DriftError:
        return None


@pytest.mark.parametrize("charset", ["cp1252", "iso-8859-15", "utf-8"])
def test_declared_charsets(charset):
    words = "Déçu… l’œuvre à 5 €" if charset != "iso-8859-15" else "Déçu, l'œuvre à 5 €"
    page = (
        f'<html><head><meta charset="{charset}"></head><body id="phpbb">{POST.format(n=1, words=words)}</body></html>'
    )
    assert [post.text for post in parsed("forum", page.encode(charset)).posts] == [words]


def test_cyrillic_and_a_byte_order_mark():
    body = f'<html><head><meta charset="windows-1251"></head><body id="phpbb">{POST.format(n=1, words="Течёт")}</body>'
    assert parsed("forum", body.encode("cp1251")).posts[0].text == "Течёт"
    assert parsed("forum", b"\xef\xbb\xbf" + body.encode(), "text/html; charset=cp1251").posts[0].text == "Течёт"


def test_nul_bytes_are_nobodys_words():
    body = f'<html><body id="phpbb">{POST.format(n=1, words="It" + chr(0) + " leaks")}</body></html>'
    assert parsed("forum", body.encode()).posts[0].text == "It leaks"


HUGE = {
    "posts": '<html><body id="phpbb">' + "".join(POST.format(n=n, words="x " * 100) for n in range(4_000)),
    "links": '<html><body id="phpbb"><p>' + '<a href="?t=5&start=1">2</a> ' * 60_000,
    "numbers": '<html><body id="phpbb"><p>' + "".join(f'<a href="?t=5&start={n}">{n}</a> ' for n in range(60_000)),
    "items": "<html><body>" + '<div itemscope itemtype="https://schema.org/Review"><b itemprop="author">A</b>' * 60_000,
    "tags": '<html><body id="phpbb">' + "<div class='post' id='p1'><blockquote>" * 100_000,
    "linked data": '<html><script type="application/ld+json">' + '{"review":[' * 100_000,
    "quotes": f'<html><body id="phpbb">{POST.format(n=1, words="<blockquote>a</blockquote>" * 40_000)}',
    "an unknown engine": "<html><body>"
    + "".join(
        f'<div class="c"><a href="/u/{n}">N{n}</a> <i>14/10/2026 08:00</i><p>{"word " * 20}{n}</p></div>'
        for n in range(4_000)
    ),
    "nested dates": "<html><body>" + "<div><i>14/10/2026 08:00</i> by <a href='/u/1'>Ann</a>, words " * 20_000,
    "digits": f"<html><body id='phpbb'>{POST.format(n=1, words='x').replace('2026-10-14T08:00:00Z', '1 ' * 1_000_000)}",
}


@pytest.mark.parametrize("name", ["forum", "reviews"])
@pytest.mark.parametrize("sort", HUGE)
def test_huge_pages_end_soon(name, sort):
    began = time.monotonic()
    parsed(name, HUGE[sort].encode())
    assert time.monotonic() - began < SECONDS


def test_engines_are_at_least_those_promised():
    names = {profile["name"].rstrip("0123456789") for profile in profiles()}
    assert names >= {
        "phpbb", "vbulletin", "xenforo", "smf", "mybb", "ipb", "fluxbb", "flaskbb", "vanilla", "nodebb", "misago",
        "askbot",         "discourse", "drupal", "bbpress", "woltlab", "yabb", "forumactif", "generic",
    }  # fmt: skip
