"""RSS and Atom: articles, or comments, with the text that the feed gives.

A feed lists its newest items only; feeds of WordPress have further pages (`?paged=2`), Atom may link them (rel="next").
An item without a date cannot be placed on a day and goes to quarantine. Option `kind` says what the items are when they
are not articles; `paged: true` asks for further pages of a feed that does not say that it has them.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import feedparser

from extractors.address import instance_of, joined
from extractors.feedxml import without_dtd
from extractors.source import (
    AuthorDraft,
    DriftError,
    Page,
    PostDraft,
    Query,
    Request,
    Response,
    SourceType,
    Window,
    read_each,
)  # fmt: skip
from extractors.text import html_to_text, line

SOURCE: Final = SourceType(
    title="RSS and Atom feeds",
    url="https://www.rssboard.org/rss-specification",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="article",
    rate=1.0,
    window="newest",
    lookback_days=2,
)
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_COMMENT = re.compile(r"comment-?\d+")


def seed(query: Query, window: Window) -> list[Request]:
    """The feed itself."""
    return [Request(url=query.url + ("/" if query.url.endswith("/feed") else ""), accept=_ACCEPT)]


def parse(request: Request, response: Response, window: Window) -> Page:
    """Items of one page of a feed, and the next page while it may hold some of the window."""
    feed = feedparser.parse(
        io.BytesIO(without_dtd(response.body, response.url)),  # never bytes: feedparser would open a file of that name
        response_headers={"content-type": response.headers.get("content-type", ""), "content-location": response.url},
        sanitize_html=False,
    )
    if not feed.version and not feed.entries:
        raise DriftError(f"{response.url} is not a feed; is the address that of the feed itself?")
    posts, refused = read_each(
        feed.entries, lambda entry: _draft(entry, feed.feed, response), lambda e: e.get("id") or e["link"]
    )
    dates = [post.created_at for post in posts]
    listed_from = min(dates[len(dates) // 2 :], default=None)  # an old item pinned on top says nothing about the rest
    is_wanted = bool(posts) and (listed_from is None or listed_from >= window.since_at)
    return Page(
        posts=posts, refused=refused, listed_from=listed_from,
        next_requests=_next(request, response, feed.feed) if is_wanted else (),
    )  # fmt: skip


def _draft(entry: Any, channel: Any, response: Response) -> PostDraft:
    url = joined(response.url, entry.get("link") or "") if entry.get("link") else None
    native_id = entry.get("id") or url
    if not native_id:
        raise ValueError("neither id nor link")
    updated = dict.get(entry, "updated_parsed")  # feedparser's own get() would answer with the date of publication
    stamp = entry.get("published_parsed") or updated or entry.get("created_parsed")
    if not stamp:
        raise ValueError(f"no date that can be read: {entry.get('published') or entry.get('updated') or 'none given'}")
    created_at = datetime.fromtimestamp(timegm(stamp), UTC)
    edited_at = datetime.fromtimestamp(timegm(updated), UTC) if updated and "published_parsed" in entry else None
    is_comment = bool(url and _COMMENT.fullmatch(urlsplit(url).fragment))
    title = line(entry.get("title"))
    return PostDraft(
        native_id=native_id, instance=instance_of(url or response.url),
        kind=str(response.query.option("kind", "comment" if is_comment else SOURCE.kind)), url=url,
        title=None if is_comment else title, thread_title=title, text=_text(entry), created_at=created_at,
        edited_at=edited_at if edited_at and edited_at > created_at else None,
        author=_author(entry, channel, response), lang=_language(entry, channel), licence=_licence(entry, channel),
        reply_count=_count(entry.get("slash_comments") or entry.get("thr_total")),
    )  # fmt: skip


def _text(entry: Any) -> str:
    """The longest of what the feed gives: whole articles are in content, excerpts in summary."""
    given = [part.get("value", "") for part in entry.get("content", ())] + [entry.get("summary") or ""]
    return max((html_to_text(part) for part in given), key=len)


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


def _next(request: Request, response: Response, channel: Any) -> tuple[Request, ...]:
    """The following page, where the feed says or is known to have one."""
    for link in channel.get("links", ()):
        if link.get("rel") == "next" and instance_of(link.get("href", "")) == instance_of(response.url):
            return (Request(url=link["href"], accept=_ACCEPT, ends_on=(404,)),)
    is_paged = "wordpress.org" in str(channel.get("generator", "")) or response.query.option("paged", False)
    if not is_paged:
        return ()
    parts = urlsplit(request.url)
    words = dict(parse_qsl(parts.query))
    words["paged"] = str(int(words.get("paged", "1")) + 1)
    return (Request(url=parts._replace(query=urlencode(words)).geturl(), accept=_ACCEPT, ends_on=(404,)),)
