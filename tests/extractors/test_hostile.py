"""Hostile answers to every source: each is read, or refused with a reason; none stops the night."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.collect import UNREADABLE
from extractors.source import Page, Query, Request, Response, Window, source_module
from ouidire.brands import source_types

WINDOW = Window(date(2026, 10, 14), 2)
CONTEXTS = [
    {}, {"what": "posts", "page": "1"}, {"what": "comments", "page": "1"}, {"status": "1"}, {"step": "index"},
    {"step": "listing"}, {"step": "topic"},
    {"episode": "e", "at": "2026-10-14T04:00:00+00:00", "type": "text/vtt", "feed": "https://a.example/f", "title": "t",
     "link": "https://a.example/1", "lang": "fr", "podcast": "p"},
]  # fmt: skip
BODIES = {
    "nothing": b"",
    "NUL": b"\x00" * 1000,
    "noise": bytes(range(256)) * 40,
    "null": b"null",
    "list of everything": b'[null, 1, "a", [], {}, {"id": NaN}, {"id": Infinity, "content": 1e999}]',
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "huge number": b"[" + b"9" * 10_000 + b"]",
    "lone surrogates": b'[{"id": 1, "uri": "https://a.example/\\ud800", "content": "\\udc00", "account": {}}]',
    "nested tags": b"<html><body id=phpbb>" + b"<div class=post id=p1>" * 200_000,
    "nested quotes": b"<html><body>" + b"<blockquote>" * 200_000 + b"x",
    "nested xml": b"<?xml version='1.0'?><rss><channel>" + b"<item>" * 200_000,
    "billion laughs": b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><title>&b;</title></rss>',
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><title>&x;</title></item></rss>',
    "utf-16 dtd": '<!DOCTYPE r [<!ENTITY x "y">]><rss><channel><title>&x;</title></channel></rss>'.encode("utf-16"),
    "one long line": b"a" * 10_000_000,
    "long tag": b"<a href='" + b"x" * 1_000_000,
    "cp1252 called utf-8": '<html><body><p>Déçu… œuvre</p></body></html>'.encode("cp1252"),
    "a path": b"/etc/passwd",
    "an address": b"http://127.0.0.1:1/",
    "many cues": b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\n<v A>x\n\n" * 20_000,
    "endless clock": b"WEBVTT\n\n99999999999:59:59.999 --> 99:99:99.999\nx\n",
}  # fmt: skip
HTML = {"content-type": "text/html; charset=utf-8"}


@pytest.mark.parametrize("name", sorted(source_types() - {"file"}))
@pytest.mark.parametrize("sort", BODIES)
def test_hostile_answer(name, sort):
    query = Query(source_id="x", url="https://a.example", text="mug")
    for context in CONTEXTS:
        response = Response(
            url="https://a.example/x", status=200, headers=HTML, body=BODIES[sort],
            fetched_at=datetime(2026, 10, 15, tzinfo=UTC), query=query,
        )  # fmt: skip
        try:
            page = source_module(name).parse(Request(url=response.url, context=context), response, WINDOW)
        except UNREADABLE:
            continue
        else:
            assert isinstance(page, Page)
            assert "root:" not in "".join(post.text for post in page.posts)
