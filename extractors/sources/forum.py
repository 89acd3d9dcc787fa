"""Forums in HTML: boards, the topics that were active in the window, and their messages.

Engines are profiles of CSS selectors in forum_engines.yml; a page that fits none is read by the generic one. Boards
list the latest activity first: listing stops at the first topics that were silent since the window began. A long topic
is read from its last page backwards when its first page lies before the window.
A query is the title of a board, or part of its address. Option `timezone`: zone of printed dates, where the forum does
not say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from lxml.html import HtmlElement

from extractors import dates
from extractors.address import instance_of, joined, without_session
from extractors.selectors import find, find_all
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
from extractors.text import document, element_text

SOURCE: Final = SourceType(
    title="Forums in HTML",
    url="https://schema.org/DiscussionForumPosting",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="reply",
    languages=("fr", "en"),
    rate=1.0,
    window="newest",
    lookback_days=1,
)
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_OFFSET = re.compile(r"UTC\s*([+-])(\d{1,2})(?::(\d{2}))?")

Profile = dict[str, str]


def seed(query: Query, window: Window) -> list[Request]:
    """The forum's first page."""
    path = "/" if not urlsplit(query.url).path.rpartition("/")[2].count(".") and not urlsplit(query.url).query else ""
    return [_ask(query.url + path, step="index")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of boards or topics, or a page of one topic."""
    root = document(response.text)
    if root is None:
        raise DriftError(f"{response.url} is not HTML")
    profile = next(p for p in _profiles() if not p["match"] or find(root, p["match"]) is not None)
    view = _View(root, profile, request, response, window)
    return view.topic() if request.context["step"] == "topic" else view.listing()


@cache
def _profiles() -> tuple[Profile, ...]:
    text = Path(__file__).with_name("forum_engines.yml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text))


def _ask(url: str, **context: str) -> Request:
    return Request(
        url=url, context=context, accept=_ACCEPT, ends_on=(404,) if int(context.get("page", "1")) > 1 else ()
    )


class _View:
    """One page, read with one profile."""

    def __init__(
        self, root: HtmlElement, profile: Profile, request: Request, response: Response, window: Window
    ) -> None:
        self.root, self.profile, self.window = root, profile, window
        self.request, self.response, self.told = request, response, request.context
        self.query = response.query
        self.page = int(self.told.get("page", "1"))
        path = urlsplit(self.query.url).path.strip("/")
        self.scope = f"{path}/" if path and "." not in path.rpartition("/")[2] else ""
        self.zone = self._zone()

    # listings

    def listing(self) -> Page:
        """Requests for boards, active topics and the next page of the listing."""
        boards = list(self._boards())
        rows = self._all(self.root, "topics")
        topics, seen = self._topics(rows)
        if not boards and not rows and self.told["step"] == "index":
            raise DriftError(f"{self.response.url}: no board and no topic found ({self.profile['name']} profile)")
        latest = [when.at + when.slack for when in seen]
        is_wanted = not latest or latest[-1] >= self.window.since_at
        onward = self._onward(step="listing") if rows and is_wanted else ()
        return Page(next_requests=(*boards, *topics, *onward), is_end=not onward)

    def _boards(self) -> Iterator[Request]:
        wanted = self.query.text.casefold()
        for link in self._all(self.root, "boards"):
            url = self._url(link)
            if not url or (self.told["step"] == "index" and wanted not in f"{_words(link)} {url}".casefold()):
                continue
            yield _ask(url, step="listing")

    def _topics(self, rows: list[HtmlElement]) -> tuple[list[Request], list[dates.When]]:
        """Topics that may hold messages of the window, and the last activity of every row."""
        asked, seen = [], []
        for row in rows:
            link = self._one(row, "link")
            url = self._url(link) if link is not None else None
            active, started = self._date(row, "active"), self._date(row, "started")
            seen += [active] if active else []
            is_late = active is None or active.at + active.slack >= self.window.since_at
            is_begun = started is None or started.at < self.window.end_at
            if link is not None and url and is_late and is_begun:
                asked.append(_ask(url, step="topic", title=_words(link)))
        return asked, seen

    # topics

    def topic(self) -> Page:
        """Messages of a page of a topic, and the pages that may hold more of the window."""
        found = self._all(self.root, "post")
        if not found:
            reason = f"no message found with the {self.profile['name']} profile: a private topic, or another format"
            return Page(refused=(Refused(item=self.response.url, reason=reason),))
        heading = self._one(self.root, "title")
        title = self.told.get("title") or (_words(heading) if heading is not None else "")
        root = self.told.get("root") or self._native_id(found[0])
        offset = (self.page - 1) * int(self.told.get("size", len(found)))
        posts, refused = read_each(
            list(enumerate(found, offset)),
            lambda pair: self._post(pair[1], pair[0], title, root),
            lambda pair: self._native_id(pair[1]),
        )
        carried = {"step": "topic", "title": title, "root": root, "size": self.told.get("size", str(len(found)))}
        return Page(posts=posts, refused=refused, next_requests=self._more(posts, carried))

    def _more(self, posts: tuple[PostDraft, ...], carried: dict[str, str]) -> tuple[Request, ...]:
        """Forwards while the window lasts; from the end backwards when the first page lies before the window."""
        times = [post.created_at for post in posts]
        if self.told.get("walk") == "back":
            if (times and min(times) < self.window.since_at) or self.page <= 2:
                return ()
            return self._numbered(self.page - 1, **carried, walk="back")
        last = max(self._pages(), default=1)
        if self.page == 1 and last > 2 and times and max(times) < self.window.since_at:
            return self._numbered(last, **carried, walk="back")
        if times and min(times) >= self.window.end_at:
            return ()
        return self._onward(**carried)

    def _post(self, post: HtmlElement, position: int, title: str, root: str) -> PostDraft:
        native_id, when = self._native_id(post), self._date(post, "date")
        if when is None:
            place = self._one(post, "date")
            raise ValueError(f"no date that can be read: {_words(place)[:80] if place is not None else 'none given'}")
        permalink = self._one(post, "permalink")
        url = (
            self._url(permalink) if permalink is not None else None
        ) or f"{without_session(self.response.url)}#{post.get('id') or ''}"
        quoted = find(post, "blockquote cite a[data-post-id], blockquote[data-post-id]")
        quoted_id = f"{self.scope}p{quoted.get('data-post-id')}" if quoted is not None else None
        is_root = native_id == root
        return PostDraft(
            native_id=native_id, instance=instance_of(self.query.url), kind="topic" if is_root else "reply", url=url,
            title=title if is_root else None, thread_title=title or None,
            text=self._text(post), author=self._author(post),
            created_at=when.at, created_precision=when.precision, position=position, thread=root,
            parent=None if is_root else quoted_id or root,
            quoted_url=self._url(quoted) if quoted is not None else None,
        )  # fmt: skip

    def _native_id(self, post: HtmlElement) -> str:
        """The message's number on the forum, written as phpBB writes it: p123."""
        given = str(post.get(self.profile["id"]) or "")
        if not given:
            permalink = self._one(post, "permalink")
            given = (self._url(permalink) or "") if permalink is not None else ""
        digits = re.findall(r"\d+", given)
        if not given:
            raise ValueError("a message without an id")
        return f"{self.scope}p{digits[-1]}" if digits else f"{self.scope}{given}"

    def _text(self, post: HtmlElement) -> str:
        body = self._one(post, "text")
        if body is None:
            raise ValueError("no text found in the message")
        for dropped in self._all(body, "drop"):
            dropped.drop_tree()
        return element_text(body)

    def _author(self, post: HtmlElement) -> AuthorDraft | None:
        found = self._one(post, "author")
        name = _words(found) if found is not None else None
        host = f"{instance_of(self.query.url)}/{self.scope}".rstrip("/")
        url = self._url(found) if found is not None else None
        return AuthorDraft(handle=name, name=name, instance=host, profile_url=url) if name else None

    # dates, links, pages

    def _date(self, part: HtmlElement, name: str) -> dates.When | None:
        """The first date that can be read among the elements of a selector; `datetime` before printed words."""
        languages = self.query.languages or SOURCE.languages
        for found in self._all(part, name):
            words = found.get("datetime") or _own_words(found)
            when = (
                dates.read(words, now=self.response.fetched_at, zone=self.zone, languages=languages) if words else None
            )
            if when:
                return when
        return None

    def _zone(self) -> tzinfo:
        """Zone of printed dates: option `timezone`, else what the page says, else UTC."""
        stated = str(self.query.option("timezone", ""))
        shown = self._one(self.root, "zone")
        for name in (stated, str(shown.get("title") or "") if shown is not None else ""):
            try:
                return ZoneInfo(name) if "/" in name or name == "UTC" else _offset(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
        return _offset(_words(shown)) if shown is not None and _OFFSET.search(_words(shown)) else UTC

    def _onward(self, **context: str) -> tuple[Request, ...]:
        """The following page: the link that says so, else the next number."""
        link = self._one(self.root, "next")
        url = self._url(link) if link is not None else None
        if url:
            return (_ask(url, **context, page=str(self.page + 1)),)
        return self._numbered(self.page + 1, **context)

    def _numbered(self, number: int, **context: str) -> tuple[Request, ...]:
        url = self._pages().get(number)
        return (_ask(url, **context, page=str(number)),) if url else ()

    def _pages(self) -> dict[int, str]:
        found = {}
        for link in self._all(self.root, "pages"):
            words, url = _words(link), self._url(link)
            if words.isdecimal() and len(words) < 7 and url:
                found[int(words)] = url
        return found

    def _url(self, link: HtmlElement) -> str | None:
        """Address of a link without its session, as long as it stays on the forum's host."""
        href = str(link.get("href") or "")
        url = joined(self.response.url, href) if href and href != "#" else None
        return without_session(url) if url and instance_of(url) == instance_of(self.query.url) else None

    def _all(self, part: HtmlElement, name: str) -> list[HtmlElement]:
        return find_all(part, self.profile[name])

    def _one(self, part: HtmlElement, name: str) -> HtmlElement | None:
        return find(part, self.profile[name])


def _words(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _own_words(element: HtmlElement) -> str:
    """The words of an element that are not those of its links: in phpBB's old pages the date stands beside them."""
    if element.tag == "a":
        return _words(element)[:120]
    own = element.xpath(".//text()[not(ancestor::a)]")
    return " ".join(" ".join(own).split())[-120:]


def _offset(words: str) -> tzinfo:
    """'UTC+02:00' as a zone. Raises ValueError when it is none."""
    found = _OFFSET.search(words)
    if not found:
        raise ValueError(f"{words!r} is no offset from UTC")
    shift = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-shift if found[1] == "-" else shift)
