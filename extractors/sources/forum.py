"""Forums in HTML: boards, the topics that were active in the window, and their messages.

A topic is read by its engine's profile (forum_engines.yml: CSS selectors) and by schema.org; the one that finds more
messages wins, and between equals an engine's profile, because it keeps quotes, ids and edits apart. Where no engine is
known, or its profile understands nothing, structure decides (forum_shape.py): alike parts with a date, a name and words
are messages; rows that lead to pages of different titles are boards or topics, as those pages tell. Boards list the
latest activity first: listing stops at the first topics that were silent since the window began. A long topic is read
from its last page backwards when its first page lies before the window.
A query is the title of a board, or part of its address. Option `timezone`: zone of printed dates, where the forum does
not say it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors import dates, forum_message, forum_schema
from extractors.address import without_session
from extractors.forum_page import ForumPage, Message, fitting, profiles
from extractors.forum_parts import Part
from extractors.forum_shape import Row, Shape
from extractors.forum_text import words_of
from extractors.paging import address
from extractors.selectors import find
from extractors.source import (
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
from extractors.structured import Thing, things_of
from extractors.text import document
from extractors.zones import zone_remedy

SOURCE: Final = SourceType(
    title="Forums in HTML",
    url="https://schema.org/DiscussionForumPosting",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="reply",
    languages=("fr", "en"),
    rate=1.0,
    window="newest",
    follows_links=True,
    lookback_days=1,
    options={"timezone": ""},
    allowed={"timezone": zone_remedy},
)
_DEEPEST = 4
"""Boards within boards that are followed where the engine is unknown."""
_MANY = 5
"""Messages of which none can be read: the engine has changed."""
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"


def seed(query: Query, window: Window) -> list[Request]:
    """The forum's first page."""
    path = "/" if not urlsplit(query.url).path.rpartition("/")[2].count(".") and not urlsplit(query.url).query else ""
    return [_ask(query.url + path, step="index")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of boards or topics, or a page of one topic."""
    root = document(response.text)
    if root is None:
        raise DriftError(f"{response.url} is not HTML")
    if find(root, "base[href]") is not None:
        root.make_links_absolute(response.url, resolve_base_href=True, handle_failures="ignore")
    languages = response.query.languages or SOURCE.languages
    order = request.context.get("order", "")

    def fits() -> Iterator[ForumPage]:
        """One by one: the marks of the other engines are looked for only until one has read something."""
        return (ForumPage(root, profile, response, languages, order) for profile in fitting(root))

    shape = Shape(ForumPage(root, profiles()[-1], response, languages, order))
    if request.context["step"] == "topic":
        page = next((page for page in fits() if page.messages), None) or next(fits())
        return _Topic(page, request, window, shape).read()
    page = next((page for page in fits() if page.all(root, "topics") or page.all(root, "boards")), shape.page)
    is_known = page.profile is not shape.page.profile or shape.rows
    return _Listing(page if is_known else next(fits()), request, window, shape).read()


def _ask(url: str, **context: str) -> Request:
    return Request(
        url=url, context=context, accept=_ACCEPT, ends_on=(404,) if int(context.get("page", "1")) > 1 else ()
    )


class _Walk:
    """What listings and topics share: the page, what was told of it, and how to go on.

    `shape` is that of the page without an engine's profile.
    """

    def __init__(self, page: ForumPage, request: Request, window: Window, shape: Shape) -> None:
        self.shape = shape
        self.page, self.request, self.told, self.window = page, request, request.context, window
        self.response, self.query = page.response, page.response.query
        self.number = int(self.told.get("page", "1"))
        self.order = {"order": str(page.betrayed)} if page.betrayed else {}
        """What further pages have to know of dates: one that is short may not betray the order itself."""

    def onward(self, **context: str) -> tuple[Request, ...]:
        """The following page: the link that says so, else the next number."""
        pages = self.page.pages
        if pages.current is not None and pages.current < self.number:
            return ()  # the link that says so has led back
        url = pages.next_url or pages.numbers.get(self.number + 1)
        is_other = url and without_session(url) != without_session(self.response.url)
        return (_ask(url, **context, **self.order, page=str(self.number + 1)),) if url and is_other else ()

    def numbered(self, number: int, **context: str) -> tuple[Request, ...]:
        """The page of that number."""
        url = self.page.pages.numbers.get(number)
        return (_ask(url, **context, **self.order, page=str(number)),) if url else ()


class _Listing(_Walk):
    """A page of boards, or of a board's topics."""

    def read(self) -> Page:
        """Requests for boards, active topics and the next page of the listing."""
        boards = list(self._boards())
        listed = self.page.all(self.page.root, "topics")
        rows: Sequence[HtmlElement | Row] = listed
        topics, seen = self._topics(listed)
        if not self.page.profile["match"] and not topics and not boards:
            rows = shaped = self._wanted()
            topics, seen = self._from_rows(shaped)
        if not boards and not rows and self.told["step"] == "index":
            name = self.page.profile["name"]
            raise DriftError(f"{self.response.url}: no board and no topic found ({name} profile)")
        latest = [when.at + when.slack for when in seen]
        is_wanted = not latest or latest[-1] >= self.window.since_at
        deep = {"depth": self.told["depth"]} if "depth" in self.told else {}
        onward = self.onward(step="listing", **deep) if rows and is_wanted else ()
        return Page(next_requests=(*boards, *topics, *onward), is_end=not onward)

    def _boards(self) -> Iterator[Request]:
        wanted = self.query.text.casefold()
        for link in self.page.all(self.page.root, "boards"):
            url = address(link, self.response.url)
            if not url or (self.told["step"] == "index" and wanted not in f"{words_of(link)} {url}".casefold()):
                continue
            yield _ask(url, step="listing")

    def _wanted(self) -> list[Row]:
        """Rows by the page's structure, where no engine's profile knows it: on the first page those asked for."""
        wanted, is_index = self.query.text.casefold(), self.told["step"] == "index"
        return [row for row in self.shape.rows if not is_index or wanted in f"{row.title} {row.url}".casefold()]

    def _from_rows(self, rows: list[Row]) -> tuple[list[Request], list[dates.When]]:
        """What rows lead to: topics, or boards, as their own pages will tell; all that a first page alone has."""
        is_short = self.told["step"] == "index" and not self.onward(step="listing")
        depth = int(self.told.get("depth", "0")) + 1
        asked = [
            _ask(row.url, step="topic", title=row.title, depth=str(depth), **self.order) for row in rows
            if depth <= _DEEPEST and (is_short or row.last.at + row.last.slack >= self.window.since_at)
        ]  # fmt: skip
        return asked, [row.last for row in rows]

    def _topics(self, rows: Sequence[HtmlElement]) -> tuple[list[Request], list[dates.When]]:
        """Topics that may hold messages of the window, and the last activity of every row."""
        asked, seen = [], []
        for row in rows:
            link = self.page.one(row, "link")
            url = address(link, self.response.url) if link is not None else None
            active, started = self.page.date(row, "active"), self.page.date(row, "started")
            seen += [active] if active else []
            is_late = active is None or active.at + active.slack >= self.window.since_at
            is_begun = started is None or started.at < self.window.end_at
            if link is not None and url and is_late and is_begun:
                asked.append(_ask(url, step="topic", title=words_of(link), **self.order))
        return asked, seen


class _Topic(_Walk):
    """A page of one topic."""

    def read(self) -> Page:
        """Messages of the page, and the pages that may hold more of the window."""
        found = self.page.messages
        things = forum_schema.messages_of(things_of(self.page.root))
        if not found and not things and not self.shape.messages and self._is_listing:
            return _Listing(self.page, self.request, self.window, self.shape).read()
        if not found and not things and not self.shape.messages:
            name = self.page.profile["name"]
            reason = f"no message found with the {name} profile: a private topic, or another format"
            return Page(refused=(Refused(item=self.response.url, reason=reason),))
        posts, refused = self._posts(found, things)
        title = self.told.get("title") or self.page.title
        root = self.told.get("root") or (posts[0].native_id if posts else "")
        size = int(self.told.get("size", len(posts)))
        is_headed = self.number > 1 and bool(posts) and posts[0].native_id == root  # by the question, as each page is
        start = int(self.told.get("start", (self.number - 1) * size)) - is_headed
        placed = [self._placed(post, start + place, title, root) for place, post in enumerate(posts)]
        last = posts[-1].native_id if posts else ""
        is_repeated = bool(last) and last == self.told.get("last")
        carried = {"step": "topic", "title": title, "root": root, "size": str(size), "last": last}
        return Page(
            posts=tuple(placed), refused=refused, next_requests=() if is_repeated else self._more(placed, carried)
        )

    def _posts(
        self, found: list[HtmlElement], things: list[Thing]
    ) -> tuple[tuple[PostDraft, ...], tuple[Refused, ...]]:
        """Messages by the reader that understands more of them, each once; between equals, an engine's profile.

        Structure is asked where no engine's profile knows the page, or knows it and understands nothing of it.
        """
        is_engine = bool(self.page.profile["match"])
        posts, refused = self._from_structure() if not is_engine else ((), ())
        if len(posts) < 2 or len(found) > len(posts):
            told, unread = read_each(found, self._from_profile, self.page.native_id, is_strict=False)
            if is_engine and not told:
                posts, refused = self._from_structure()
            if _worth(told) > _worth(posts) or not posts:
                posts, refused = told, unread
        if things and (len(things) > len(posts) or not is_engine):
            stated, unread = read_each(
                things, self._from_schema, lambda thing: forum_schema.native_id(thing, self.page), is_strict=False
            )
            if _worth(stated) > _worth(posts) or (_worth(stated) == _worth(posts) and not is_engine):
                posts, refused = stated, unread
        if is_engine and not posts and not things and len(refused) >= _MANY:
            first = refused[0]
            raise DriftError(f"none of {len(refused)} items can be read; the first, {first.item}: {first.reason}")
        return tuple({post.native_id: post for post in reversed(posts)}.values())[::-1], refused

    def _from_structure(self) -> tuple[tuple[PostDraft, ...], tuple[Refused, ...]]:
        return read_each(self.shape.messages, self._from_shape, _unnamed, is_strict=False)

    @property
    def _is_listing(self) -> bool:
        """Whether a row of a board or of an index has led to a board."""
        return not self.page.profile["match"] and "depth" in self.told and bool(self.shape.rows)

    def _from_shape(self, part: Part) -> PostDraft:
        return self._draft(forum_message.message_of(part, self.shape.page))

    def _from_profile(self, element: HtmlElement) -> PostDraft:
        return self._draft(self.page.read(element))

    def _from_schema(self, thing: Thing) -> PostDraft:
        return self._draft(forum_schema.read(thing, self.page))

    def _draft(self, message: Message) -> PostDraft:
        return PostDraft(
            native_id=message.native_id, instance=self.page.instance, kind=message.kind, text=message.text,
            created_at=message.when.at, created_precision=message.when.precision, url=message.url,
            author=message.author, parent=message.parent, quoted_url=message.quoted_url, edited_at=message.edited_at,
            like_count=message.like_count,
        )  # fmt: skip

    def _placed(self, post: PostDraft, position: int, title: str, root: str) -> PostDraft:
        """A message in its thread: the first has the title, the others answer it unless they quote another."""
        first, other = self.page.profile["kinds"].split()
        is_root = post.native_id == root
        return dataclasses.replace(
            post, kind=post.kind or (first if is_root else other), title=title or None if is_root else None,
            thread_title=title or None, position=0 if is_root else position, thread=root,
            parent=None if is_root else post.parent or root,
        )  # fmt: skip

    def _more(self, posts: list[PostDraft], carried: dict[str, str]) -> tuple[Request, ...]:
        """Forwards while the window lasts; from the end backwards when the first page lies before the window."""
        times = [post.created_at for post in posts]
        if self.page.profile["kinds"].startswith("question"):
            return self.onward(**carried, start=self._following(posts))  # the best answers come first, not the oldest
        if self.told.get("walk") == "back":
            if (times and min(times) < self.window.since_at) or self.number <= 2:
                return ()
            return self.numbered(self.number - 1, **carried, walk="back")
        last = max(self.page.pages.numbers, default=1)
        if self.number == 1 and last > 2 and times and max(times) < self.window.since_at:
            return self.numbered(last, **carried, walk="back")
        if times and min(times) >= self.window.end_at:
            return ()
        return self.onward(**carried, start=self._following(posts))

    @staticmethod
    def _following(posts: list[PostDraft]) -> str:
        """Place of the message after the last one."""
        return str(max((post.position + 1 for post in posts if post.position is not None), default=0))


def _worth(posts: tuple[PostDraft, ...]) -> tuple[int, int]:
    """How much a reader understands of a page: messages, and names of authors."""
    return len(posts), sum(bool(post.author) for post in posts)


def _unnamed(_: Part) -> str:
    return "a message of an unknown engine"
