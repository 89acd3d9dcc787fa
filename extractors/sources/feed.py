"""RSS, RDF and Atom: articles, or comments, with the text that the feed gives.

A feed lists its newest items only; feeds of WordPress have further pages (`?paged=2`), Atom may link them (rel="next",
rel="prev-archive"). They are read back to the window. An item whose date cannot be read is set aside; one without any
date is taken to have appeared when it was first seen (precision "fetched"). Where articles name a feed of their
comments and count some, it is read too, for articles of the last `comment_days` (7; 0 = never).
Options: `kind` says what the items are when they are not articles; `paged: true` asks for further pages of a feed that
does not say that it has them; `full_text: true` reads the article's page where the feed carries only a summary.
Replies are those that the feed counts (slash:comments, thr:total); likes, shares and views are not told.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
from calendar import timegm
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import feedparser

from extractors.address import instance_of, joined
from extractors.allowed import one_of
from extractors.feedxml import without_dtd
from extractors.sightings import first_seen
from extractors.source import (
    AuthorDraft,
    DriftError,
    Page,
    PostDraft,
    Query,
    Refused,
    Request,
    Response,
    SourceType,
    Window,
    read_each,
)  # fmt: skip
from extractors.tally import KINDS
from extractors.text import html_to_text, line

SOURCE: Final = SourceType(
    title="RSS and Atom feeds",
    url="https://www.rssboard.org/rss-specification",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="article",
    rate=1.0,
    window="newest",
    follows_links=True,
    lookback_days=2,
    options={"comment_days": 7, "full_text": False, "kind": "article", "paged": False},
    allowed={"kind": one_of(KINDS)},
)
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_COMMENT = re.compile(r"comment-?\d+|c\d+")
_BY = re.compile(
    r"^\s*(?:comments?|commentaires?)\s+(?:on|sur|pour|for)\s*:?\s+(.+?)(?:\s+(?:by|par|de)\s+\S.*)?$", re.I
)
_CUT = re.compile(r"(?:\[?(?:\.\.\.|…)\]?|(?:read more|lire la suite|continue reading)\W*)\s*$", re.IGNORECASE)


def seed(query: Query, window: Window) -> list[Request]:
    """The feed itself."""
    return [Request(url=query.url + ("/" if query.url.endswith("/feed") else ""), accept=_ACCEPT)]


def parse(request: Request, response: Response, window: Window) -> Page:
    """Items of one page of a feed, what else to ask; or the text of an article's page."""
    if "article" in request.context:
        return _article(request, response)
    feed = feedparser.parse(
        io.BytesIO(without_dtd(response.body, response.url)),  # never bytes: feedparser would open a file of that name
        response_headers={"content-type": response.headers.get("content-type", ""), "content-location": response.url},
        sanitize_html=False,
    )
    if not feed.version and not feed.entries:
        raise DriftError(f"{response.url} is not a feed; is the address that of the feed itself?")
    reader = _Reader(feed.feed, request, response, window)
    posts, refused = read_each(feed.entries, lambda entry: _draft(entry, reader), lambda e: e.get("id") or e["link"])
    dates = [post.created_at for post in posts if post.created_precision != "fetched"]
    listed_from = min(dates[len(dates) // 2 :], default=None)  # an old item pinned on top says nothing about the rest
    is_wanted = bool(posts) and (listed_from is None or listed_from >= window.since_at)
    is_talk = bool(posts) and all(post.kind == "comment" for post in posts)
    following = _next(request, response, feed.feed, is_talk=is_talk) if is_wanted else ()
    return Page(
        posts=posts, refused=(*refused, *_unlisted(request, posts, window)),
        listed_from=None if request.context else listed_from,
        next_requests=(*following, *_talk(feed.entries, posts, response, window), *_pages(reader, posts)),
    )  # fmt: skip


@dataclasses.dataclass
class _Reader:
    """What the items of one answer share."""

    channel: Any
    request: Request
    response: Response
    window: Window
    summaries: set[str] = dataclasses.field(default_factory=set)
    """native_ids of articles of which the feed carries only a summary."""

    def dates(self, entry: Any) -> tuple[datetime, datetime | None, str]:
        """Created, edited, and how well that is known. Raises ValueError."""
        updated = dict.get(entry, "updated_parsed")  # feedparser's get() would answer with the date of publication
        stamp = entry.get("published_parsed") or updated or entry.get("created_parsed")
        if not stamp:
            words = entry.get("published") or dict.get(entry, "updated") or entry.get("created")
            if words:
                raise ValueError(f"no date that can be read: {words}")
            return first_seen(self.response.fetched_at, self.window), None, "fetched"
        created_at = datetime.fromtimestamp(timegm(stamp), UTC)
        edited_at = datetime.fromtimestamp(timegm(updated), UTC) if updated and "published_parsed" in entry else None
        return created_at, edited_at if edited_at and edited_at > created_at else None, "second"

    def thread_title(self, title: str | None) -> str | None:
        """Title of the article that a comment is about: known, else in "Comments on …" of the item or the feed."""
        named = (_BY.match(words or "") for words in (title, line(self.channel.get("title"))))
        return self.request.context.get("title") or next((found[1] for found in named if found), None)


def _draft(entry: Any, reader: _Reader) -> PostDraft:
    """An item as a post. Raises ValueError without id or date that can be read."""
    response, channel = reader.response, reader.channel
    url = joined(response.url, entry.get("link") or "") if entry.get("link") else None
    native_id = entry.get("id") or url or _named_by_words(entry, response)
    created_at, edited_at, precision = reader.dates(entry)
    above = _answered(entry, url, reader.request)
    title = line(entry.get("title"))
    if _is_summary(entry):
        reader.summaries.add(native_id)
    return PostDraft(
        native_id=native_id, instance=instance_of(url or response.url), url=url,
        kind=str(response.query.option("kind", SOURCE.options["kind"] if above is None else "comment")),
        title=title if above is None else None, thread_title=title if above is None else reader.thread_title(title),
        parent=above or None, thread=reader.request.context.get("root") or above or None,
        text=_text(entry), created_at=created_at, created_precision=precision, edited_at=edited_at,
        author=_author(entry, channel, response), lang=_language(entry, channel), licence=_licence(entry, channel),
        reply_count=_count(entry.get("slash_comments") or entry.get("thr_total")),
    )  # fmt: skip


def _answered(entry: Any, url: str | None, request: Request) -> str | None:
    """native_id of what a comment answers, '' for a comment that does not tell; None for an article.

    RFC 4685 names it; WordPress gives comments the article's own id and a fragment.
    """
    told = entry.get("thr_in-reply-to")
    if isinstance(told, dict) and told.get("ref"):
        return str(told["ref"])
    is_comment = bool(url and _COMMENT.fullmatch(urlsplit(url).fragment))
    if "root" in request.context:
        return request.context["root"]
    if not is_comment:
        return None
    article, mark, fragment = str(entry.get("id") or "").partition("#")
    return article if mark and _COMMENT.fullmatch(fragment) else ""


def _named_by_words(entry: Any, response: Response) -> str:
    """Name of an item with neither id nor link, which RSS allows: its words, in this feed. Raises ValueError."""
    words = "\x1f".join((line(entry.get("title")) or "", _text(entry)))
    if not words.strip("\x1f"):
        raise ValueError("no id, link, title or text")
    return f"{response.query.url or response.url}#{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:20]}"


def _text(entry: Any) -> str:
    """The longest of what the feed gives: whole articles are in content, excerpts in summary."""
    given = [part.get("value", "") for part in entry.get("content", ())] + [entry.get("summary") or ""]
    return max((html_to_text(part) for part in given), key=len)


def _is_summary(entry: Any) -> bool:
    return not entry.get("content") or bool(_CUT.search(_text(entry)))


def _author(entry: Any, channel: Any, response: Response) -> AuthorDraft | None:
    detail = entry.get("author_detail") or channel.get("author_detail") or {}
    name = line(detail.get("name") or entry.get("author") or channel.get("author"))
    home = channel.get("link") or response.url
    host = f"{instance_of(home) or instance_of(response.url)}{urlsplit(home).path.rstrip('/')}"
    return AuthorDraft(handle=name, instance=host, name=name, profile_url=detail.get("href")) if name else None


def _language(entry: Any, channel: Any) -> str | None:
    content = (entry.get("content") or [{}])[0]
    title = entry.get("title_detail") or {}
    found = content.get("language") or title.get("language") or channel.get("language")
    return str(found) if found else None


def _licence(entry: Any, channel: Any) -> str | None:
    return line(entry.get("license") or entry.get("rights") or channel.get("license") or channel.get("rights"))


def _count(words: Any) -> int | None:
    return int(words) if isinstance(words, str) and words.strip().isdecimal() else None


def _unlisted(request: Request, posts: Sequence[PostDraft], window: Window) -> tuple[Refused, ...]:
    """What a feed of an article's comments does not reach: it lists the newest only."""
    count, oldest = int(request.context.get("count", "0")), min((post.created_at for post in posts), default=None)
    if count <= len(posts) or oldest is None or oldest < window.since_at:
        return ()
    words = f"{count - len(posts)} older comments of the window may be missing; type: wordpress reads them all"
    return (Refused(item=request.url, reason=words),)


def _next(request: Request, response: Response, channel: Any, *, is_talk: bool) -> tuple[Request, ...]:
    """The following page, where the feed says or is known to have one.

    WordPress has none for comments: `paged` brings the same again.
    """
    for relation in ("next", "prev-archive"):
        for link in channel.get("links", ()):
            if link.get("rel") == relation and instance_of(link.get("href", "")) == instance_of(response.url):
                return (Request(url=link["href"], context=request.context, accept=_ACCEPT, ends_on=(404,)),)
    is_paged = "wordpress.org" in str(channel.get("generator", "")) or SOURCE.option(response.query, "paged")
    if is_talk or not is_paged:
        return ()
    parts = urlsplit(request.url)
    words = dict(parse_qsl(parts.query))
    words["paged"] = str(int(words.get("paged", "1")) + 1)
    url = parts._replace(query=urlencode(words)).geturl()
    return (Request(url=url, context=request.context, accept=_ACCEPT, ends_on=(404,)),)


def _talk(entries: Sequence[Any], posts: Sequence[PostDraft], response: Response, window: Window) -> Iterator[Request]:
    """Feeds of the comments on recent articles that have some."""
    days = int(SOURCE.option(response.query, "comment_days"))
    drafts = {post.native_id: post for post in posts if post.kind != "comment"}
    for entry in entries if days else ():
        draft = drafts.get(entry.get("id") or joined(response.url, entry.get("link") or "") or "")
        url = joined(response.url, entry.get("wfw_commentrss") or "") if entry.get("wfw_commentrss") else None
        if draft is None or not draft.reply_count or url is None or instance_of(url) != instance_of(response.url):
            continue
        if draft.created_at >= window.since_at - timedelta(days=days):
            context = {"root": draft.native_id, "title": draft.title or "", "count": str(draft.reply_count)}
            yield Request(url=url, context=context, accept=_ACCEPT, ends_on=(404,))


def _pages(reader: _Reader, posts: Sequence[PostDraft]) -> Iterator[Request]:
    """Pages of the window's articles of which the feed carries only a summary, if option full_text asks for them."""
    if not SOURCE.option(reader.response.query, "full_text"):
        return
    for post in posts:
        is_cut = post.native_id in reader.summaries and post.kind == "article"
        if is_cut and post.url and reader.window.holds(post.created_at):
            told = json.dumps(dataclasses.asdict(post), default=datetime.isoformat, ensure_ascii=False, sort_keys=True)
            yield Request(url=post.url, context={"article": told}, accept="text/html, application/xhtml+xml;q=0.9")


def _article(request: Request, response: Response) -> Page:
    """The item again, with the text of its page when that is longer than what the feed gave."""
    told = json.loads(request.context["article"])
    dates = {name: datetime.fromisoformat(told[name]) for name in ("created_at", "edited_at") if told[name]}
    author = AuthorDraft(**told["author"]) if told["author"] else None
    text = article_text(response.text, response.url)
    head, _, rest = text.partition("\n")
    text = rest if head.strip() == told.get("title") else text
    longer = text if len(text) > len(told["text"]) else told["text"]
    return Page(posts=(PostDraft(**{**told, **dates, "author": author, "text": longer}),))


def article_text(markup: str, url: str) -> str:
    """The main text of an article's page, without menus, comments and advice to read on; '' when none is found."""
    import trafilatura  # noqa: PLC0415 - slow to import, and most feeds are read without

    return trafilatura.extract(markup, url=url, include_comments=False, include_tables=True) or ""
