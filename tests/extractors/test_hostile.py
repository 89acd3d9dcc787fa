"""Hostile answers to every source: each is read, or refused with a reason; none stops the night.

| what is tried | test |
|---|---|
| SSRF, at connect time | test_guard, test_redirects_to_where_nobody_may_go (test_fetch) |
| SSRF on every hop: redirects, decimal, octal, hexadecimal and IPv6 hosts | test_the_night_goes_on |
| SSRF: a name that changes between hops, a redirect of robots.txt | test_a_name_that_changes, test_robots_elsewhere |
| SSRF: DNS answers with several addresses | test_only_the_public_address_of_a_name_is_asked |
| byte, time and redirect limits | test_the_night_goes_on, test_bombs_stop_at_the_limit (test_fetch) |
| gzip and brotli bombs, unasked encodings | test_the_night_goes_on, test_a_sitemap_bomb |
| drips: status line, headers, body, "100 Continue" for ever | test_the_night_goes_on, test_a_drip_is_cut (test_fetch) |
| headers too long, too many, lengths and chunks that lie | test_the_night_goes_on |
| DTDs, entities | test_hostile_answer, test_the_night_goes_on |
| 200,000 nested tags; tags never closed; runs of spaces | test_hostile_answer, test_markup_takes_linear_time |
| NaN, lone surrogates, NUL bytes | test_hostile_answer, test_bad_items_are_set_aside (test_parse) |
| wrong charsets | test_words_survive_their_charset, test_charsets (test_text) |
| `sid=`, `s=`, `utm_*` in addresses | test_one_post_under_every_address, test_address |
| lines of 10 MB, NUL bytes in imports | test_a_line_of_ten_megabytes |
| secrets in logs, captures, errors | test_no_secret_is_kept_or_shown, test_errors_hide_what_travelled (test_session) |
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import json
import socket
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from extractors import guard
from extractors.collect import collect, import_file, plan
from extractors.fetch import FetchError
from extractors.parse import parse_partition
from extractors.sitemaps import entries_of
from extractors.source import DriftError, Page, Query, Request, Response, Window, query_of, source_module, window_of
from extractors.tally import UNREADABLE
from extractors.text import html_to_text
from ouidire import lake
from ouidire.brands import source_types
from ouidire.records import Post, Quarantine

WINDOW = Window(date(2026, 10, 14), 2)
CONTEXTS = [
    {}, {"what": "posts", "page": "1"}, {"what": "comments", "page": "1"}, {"status": "1"}, {"step": "index"},
    {"step": "listing"}, {"step": "topic"}, {"step": "sitemap"},
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
    "open comments": b"<rss><channel>" + b"<!--" * 200_000,
    "open cdata": b"<rss><channel>" + b"<![CDATA[" * 200_000,
    "open entries": b"<urlset>" + b"<url>" * 200_000,
    "open tags": b"<html>" + b"<a " * 200_000,
    "open voices": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 200_000,
    "nested linked data": b"<html><script type='application/ld+json'>" + b"[" * 100_000 + b"</script>",
    "one long line": b"a" * 10_000_000,
    "long tag": b"<a href='" + b"x" * 1_000_000,
    "cp1252 called utf-8": '<html><body><p>Déçu… œuvre</p></body></html>'.encode("cp1252"),
    "a path": b"/etc/passwd",
    "an address": b"http://127.0.0.1:1/",
    "many cues": b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\n<v A>x\n\n" * 20_000,
    "endless clock": b"WEBVTT\n\n99999999999:59:59.999 --> 99:99:99.999\nx\n",
}  # fmt: skip
HTML = {"content-type": "text/html; charset=utf-8"}
MOST_SECONDS = 20
"""Of processor time for one answer; what grows with the square of its length takes hours."""
DAY = date(2026, 10, 14)


class Told(Mapping):
    """What a request tells its parser; remembers what the parser looked at."""

    def __init__(self, context):
        self._context, self.seen, self.is_seen_whole = context, {}, False

    def __getitem__(self, name):
        self.seen[name] = self._context.get(name)
        return self._context[name]

    def __iter__(self):
        self.is_seen_whole = True
        return iter(self._context)

    def __len__(self):
        self.is_seen_whole = True
        return len(self._context)

    def is_like(self, context):
        """Whether a parser that was told `context` instead would have seen the same."""
        return not self.is_seen_whole and all(context.get(name) == value for name, value in self.seen.items())


@pytest.mark.parametrize("name", sorted(source_types() - {"file"}))
@pytest.mark.parametrize("sort", BODIES)
def test_hostile_answer(name, sort):
    """In every context that differs in what the parser looks at: parsers are pure, twice the same says nothing new."""
    tried: list[Told] = []
    query = Query(source_id="x", url="https://a.example", text="mug")
    for context in CONTEXTS:
        if any(told.is_like(context) for told in tried):
            continue
        response = Response(
            url="https://a.example/x", status=200, headers=HTML, body=BODIES[sort],
            fetched_at=datetime(2026, 10, 15, tzinfo=UTC), query=query,
        )  # fmt: skip
        told, began = Told(context), time.process_time()
        with contextlib.suppress(*UNREADABLE):
            page = source_module(name).parse(Request(url=response.url, context=told), response, WINDOW)
            assert isinstance(page, Page)
            assert "root:" not in "".join(post.text for post in page.posts)
        assert time.process_time() - began < MOST_SECONDS
        tried.append(told)


def test_contexts_are_alike_only_where_nothing_else_was_seen():
    for look in (list, bool, lambda t: {**t}, dict, len, lambda t: list(t.items()), lambda t: t == {}):
        told = Told({"a": "1"})
        assert told.is_like({"a": "2"})
        look(told)
        assert not told.is_like({"a": "1"})
    for look in (lambda t: t["a"], lambda t: t.get("a"), lambda t: "a" in t):
        told = Told({"a": "1"})
        look(told)
        assert [told.is_like(other) for other in ({}, {"a": "2"}, {"a": "1", "b": "2"})] == [False, False, True]


@pytest.mark.parametrize(
    "markup",
    [
        "<pre>" + " " * 300_000 + "x</pre>", "<blockquote>" * 250 + "<pre>" + "\n" * 500_000,
        "<p>" + "\u00a0" * 300_000 + "x", "<br> " * 300_000, "<b>" * 300_000 + "x",
    ],
    ids=["spaces", "quoted lines", "no-break spaces", "breaks", "nested"],
)  # fmt: skip
def test_markup_takes_linear_time(markup):
    began = time.process_time()
    assert len(html_to_text(markup)) <= 300_001
    assert time.process_time() - began < MOST_SECONDS


def test_a_sitemap_bomb():
    with pytest.raises(DriftError, match="unpacks to more than"):
        entries_of(gzip.compress(b"\0" * 30_000_000), "https://a.example/sitemap.xml.gz")


def feed(text="Le mug fuit", *, guid="1", link="https://blog.example/1", before=""):
    """An RSS feed of one item of the day, and an older one: so nothing of the day is missing."""
    return (
        f"{before}<rss version='2.0'><channel><title>t</title><item><guid isPermaLink='false'>{guid}</guid>"
        f"<link>{link}</link><title>t</title><description>{text}</description>"
        "<pubDate>Wed, 14 Oct 2026 08:00:00 GMT</pubDate></item><item><guid>old</guid><title>t</title>"
        "<pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    )


def drip(head: bytes, drop: bytes):
    """Speak a head, then a drop at a time until the other side hangs up."""

    def act(connection):
        with contextlib.suppress(OSError):
            connection.sendall(head)
            for _ in range(200):
                time.sleep(0.02)
                connection.sendall(drop)

    return act


def says(raw: bytes):
    """Speak once on the bare socket."""

    def act(connection):
        with contextlib.suppress(OSError):
            connection.sendall(raw)

    return act


def status(**more):
    """A Mastodon status of the day, as bytes of JSON."""
    account = {"acct": "ana", "username": "ana", "url": "https://social.example/@ana"}
    return json.dumps({
        "id": "1", "uri": "https://social.example/1", "url": "https://social.example/@ana/1", "visibility": "public",
        "created_at": "2026-10-14T10:00:00Z", "content": "<p>Mon mug</p>", "account": account, **more,
    }).encode()  # fmt: skip


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
NIGHT = {
    # name: (headers and body, or what to speak; state; words of the reason)
    "metadata": ({"Location": "http://169.254.169.254/latest/"}, "forbidden", "private network"),
    "decimal": ({"Location": "http://2130706433:{port}/secret"}, "forbidden", "private network"),
    "octal": ({"Location": "http://0177.0.0.1:{port}/secret"}, "forbidden", "private network"),
    "hexadecimal": ({"Location": "http://0x7f000001:{port}/secret"}, "forbidden", "private network"),
    "short": ({"Location": "http://127.1:{port}/secret"}, "forbidden", "private network"),
    "mapped": ({"Location": "http://[::ffff:127.0.0.1]:{port}/secret"}, "forbidden", "private network"),
    "zero": ({"Location": "http://0:{port}/secret"}, "forbidden", "private network"),
    "named": ({"Location": "http://localhost:{port}/secret"}, "forbidden", "private network"),
    "file": ({"Location": "file:///etc/passwd"}, "forbidden", "only http and https"),
    "user": ({"Location": "http://me:pw@127.0.0.1:{port}/secret"}, "forbidden", "without a user name"),
    "loop": ({"Location": "/loop.xml"}, "unreachable", "more than 5 redirects"),
    "gzip": ((gzip.compress(b"\0" * 50_000_000), "gzip"), "truncated", "larger than 300,000 bytes"),
    "gzips": ((gzip.compress(gzip.compress(b"\0" * 50_000_000)), "gzip, gzip"), "truncated", "not asked for"),
    "parts": ((gzip.compress(b"<rss>") + gzip.compress(b"</rss>"), "gzip"), "truncated", "several gzip parts"),
    "deflate": ((zlib.compress(feed().encode()), "deflate"), "truncated", "not asked for"),
    "brotli": ((b"\x5b\xff\xff\x1f\x00" * 10, "br"), "truncated", "not asked for"),
    "zstd": ((b"\x28\xb5\x2f\xfd\x24", "zstd"), "truncated", "not asked for"),
    "large": (b"x" * 400_000, "truncated", "larger than 300,000 bytes"),
    "bodydrip": (drip(OK + b"\r\n", b"x"), "unreachable", "not finished after 0.5 s"),
    "headdrip": (drip(OK + b"X-A: ", b"x"), "unreachable", "not finished after 0.5 s"),
    "linedrip": (drip(b"HTTP/1.1 ", b" "), "unreachable", "not finished after 0.5 s"),
    "continue": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "unreachable", "not finished after 0.5 s"),
    "longhead": (says(OK + b"X-A: " + b"x" * 100_000 + b"\r\n\r\n"), "unreachable", "header line"),
    "manyheads": (says(OK + b"X-A: x\r\n" * 5_000 + b"\r\n"), "unreachable", "100 headers"),
    "negative": (says(OK + b"Content-Length: -1\r\n\r\n" + feed().encode()), "complete", ""),
    "torn": (says(OK + b"Content-Length: 999\r\n\r\n" + feed().encode()), "unreachable", ""),
    "chunks": (says(OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFF\r\nabc"), "unreachable", ""),
    "nochunks": (says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"), "unreachable", ""),
    "statuses": (says(b"HTTP/1.1 99999 OK\r\n\r\n"), "unreachable", ""),
    "noise": (says(bytes(range(256)) * 40), "unreachable", ""),
    "hangup": (says(b""), "unreachable", ""),
    "nothing": (b"", "drifted", ""),
    "entities": (feed("&b;", before='<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'), "drifted", "document type"),
    "external": (feed("&x;", before='<!DOCTYPE r SYSTEM "http://127.0.0.1/x" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
                 "drifted", "document type"),
    "nested": (b"<rss><channel>" + b"<item>" * 40_000, "drifted", "deep"),
    "nul": (feed("Le \0mug\0 fuit"), "complete", ""),
    "tags": (feed("<![CDATA[" + "<div>" * 50_000 + "fond]]>"), "complete", ""),
    "NaN": (b"[" + status(favourites_count=float("nan")) + b', {"id": NaN}]', "complete", ""),
    "surrogates": (b"[" + status(content="<p>Mon \ud800 mug \udc00</p>") + b"]", "complete", ""),
    "deep": (b"[" * 100_000, "drifted", ""),
    "binary": (b"\x00\xff" * 1_000, "drifted", ""),
}  # fmt: skip
JSON = {"NaN", "surrogates", "deep", "binary"}
"""Asked from a Mastodon timeline; the others from a feed."""


def test_the_night_goes_on(web, settings, brands_of, limits, reply):
    """One night that meets everything: each job ends in its own outcome, and the last one is complete as the first."""
    port = web.host.rpartition(":")[2]
    script = {
        "first": (feed(), "complete", ""), **NIGHT, "last": (feed(guid="2"), "complete", ""),
    }  # fmt: skip
    sources = []
    for name in script:
        kind = "mastodon" if name in JSON else "feed"
        place = f'url: "{web.base}", queries: [{name}]' if name in JSON else f'url: "{web.base}/{name}.xml"'
        sources.append(f"id: s{name.lower()}, type: {kind}, {place}")
    brands = brands_of(*sources, private=(web.host,))
    for job, (told, _, _) in zip(plan(brands, DAY), script.values(), strict=True):
        config = brands.source(job.source_id)
        (seed,) = source_module(config.type).seed(query_of(config, job.query), window_of(brands, config.id, DAY))
        web.says(seed.url.removeprefix(web.base), _reply(reply, told, port))
    quick = dataclasses.replace(limits, total_seconds=0.5, read_seconds=0.4, tries=1)
    outcomes = collect(settings, brands, plan(brands, DAY), limits=quick)
    for (name, (_, state, words)), outcome in zip(script.items(), outcomes, strict=True):
        assert (name, outcome.state) == (name, state), outcome.reason
        assert words in (outcome.reason or "")
        assert "pw" not in (outcome.reason or "")
        posts = parse_partition(settings, brands, DAY, outcome.source)["posts"]
        assert posts == (1 if state == "complete" else 0), name
    assert web.count("/secret") == 0


def _reply(reply, told, port):
    if callable(told):
        return reply(act=told)
    if isinstance(told, dict):
        return reply("", 302, {"Location": told["Location"].format(port=port)})
    if isinstance(told, tuple):
        return reply(told[0], headers={"Content-Encoding": told[1]})
    return reply(told)


@pytest.fixture
def neighbour(web, monkeypatch):
    """Something private that listens on the server's port at another address, 127.0.0.1 being the public Internet."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    with socket.create_server(("127.0.0.9", int(web.host.rpartition(":")[2]))) as listening:
        listening.setblocking(False)
        yield listening
        with pytest.raises(BlockingIOError):  # nobody called
            listening.accept()


def resolving(monkeypatch, *answers):
    """Names resolve to these lists of addresses, one after the other, then to the last one."""
    left = list(answers)

    def getaddrinfo(host, port, *_, **__):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("addresses", [("127.0.0.9", "127.0.0.1"), ("127.0.0.1", "127.0.0.9")])
def test_only_the_public_address_of_a_name_is_asked(web, client, reply, monkeypatch, neighbour, addresses):  # noqa: PLR0917
    port = web.host.rpartition(":")[2]
    web.says("/a", reply("ok"))
    resolving(monkeypatch, addresses)
    assert client(private=()).get(f"http://both.example:{port}/a").body == b"ok"


def test_a_name_that_changes(web, client, reply, monkeypatch, neighbour):
    """Public when robots.txt and the first page are asked, private at the next hop: what counts is each connection."""
    port = web.host.rpartition(":")[2]
    gone = {"Connection": "close"}
    web.says("/robots.txt", reply("not found", 404, gone))
    web.says("/a", reply("", 302, {"Location": f"http://rebound.example:{port}/secret", **gone}))
    resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.9"])
    with pytest.raises(FetchError, match="private network") as refused:
        client(private=()).get(f"http://rebound.example:{port}/a")
    assert refused.value.state == "forbidden"
    assert web.count("/a") == 1


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/robots.txt", "http://[::1]:{port}/secret", "file:///etc/passwd"]
)
def test_robots_elsewhere(web, client, reply, target):
    web.says("/robots.txt", reply("", 301, {"Location": target.format(port=web.host.rpartition(":")[2])}))
    web.says("/a", reply("never"))
    with pytest.raises(FetchError):
        client().get(f"{web.base}/a")
    assert [path for path, _ in web.asked] == ["/robots.txt"]


WORDS = {"cp1252": "Déçue… cœur brisé", "iso-8859-15": "Déçue, 3 €, cœur brisé", "cp1251": "Кружка течёт",
         "utf-8": "Déçue… кружка", "utf-8-sig": "Déçue… кружка"}  # fmt: skip


@pytest.mark.parametrize("charset", WORDS)
@pytest.mark.parametrize("promise", ["right", "utf-8", "none"])
def test_words_survive_their_charset(web, settings, brands_of, limits, reply, charset, promise):  # noqa: PLR0917
    """In the XML declaration or the header, rightly, wrongly (as UTF-8) or nowhere."""
    name = charset.removesuffix("-sig")
    header = {"right": f"text/xml; charset={name}", "utf-8": "text/xml; charset=utf-8", "none": "text/xml"}[promise]
    declared = f'<?xml version="1.0" encoding="{name}"?>' if promise != "utf-8" else ""
    web.says(
        "/feed.xml", reply(feed(WORDS[charset], before=declared).encode(charset), headers={"Content-Type": header})
    )
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))
    (outcome,) = collect(settings, brands, plan(brands, DAY), limits=limits)
    assert outcome.state == "complete", outcome.reason
    parse_partition(settings, brands, DAY, "blog")
    (post,) = lake.read_rows(settings, DAY, "blog", Post, "posts")
    is_guessable = promise != "utf-8" or charset in ("cp1252", "utf-8", "utf-8-sig")
    assert (post.text == WORDS[charset]) is is_guessable


def test_one_post_under_every_address(web, settings, brands_of, limits, reply):
    session = "0123456789abcdef0123456789abcdef"
    link = f"https://blog.example/1?utm_source=feed&amp;utm_medium=rss&amp;sid={session}&amp;s={session}&amp;id=7"
    web.says("/feed.xml", reply(feed(link=link)))
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))
    (outcome,) = collect(settings, brands, plan(brands, DAY), limits=limits)
    assert outcome.state == "complete", outcome.reason
    parse_partition(settings, brands, DAY, "blog")
    (post,) = lake.read_rows(settings, DAY, "blog", Post, "posts")
    assert post.canonical_url == "https://blog.example/1?id=7"


LONG = b"x" * 10_500_000
GOOD = {"csv": b"id,body\n1,Le mug fuit\n", "jsonl": b'{"id": "1", "body": "Le mug fuit"}\n'}
BAD = {
    "csv": b'2,"' + LONG + b'"\n3,a\0b\n',
    "jsonl": b'{"id": "2", "body": "' + LONG + b'"}\n{"id": "3", "body": "a\\u0000b"}\n',
}


@pytest.mark.parametrize("suffix", GOOD)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_line_of_ten_megabytes(settings, brands_of, tmp_path, suffix, packed):
    """It is set aside with its line; the rows around it are kept."""
    brands = brands_of("id: tool, type: file, columns: {id: id, text: body}")
    path = tmp_path / (f"a.{suffix}.gz" if packed else f"a.{suffix}")
    content = GOOD[suffix] + BAD[suffix]
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    assert import_file(settings, brands, "tool", path, DAY).state == "complete"
    parse_partition(settings, brands, DAY, "tool")
    posts = {post.native_id: post.text for post in lake.read_rows(settings, DAY, "tool", Post, "posts")}
    assert posts == {"1": "Le mug fuit", "3": "ab"}
    (refused,) = lake.read_rows(settings, DAY, "tool", Quarantine, "quarantine")
    assert (refused.item, "10,000,000" in refused.reason) == (f"line {3 if suffix == 'csv' else 2}", True)
