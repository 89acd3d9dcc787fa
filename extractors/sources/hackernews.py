"""Hacker News through Algolia's search: stories and comments that match, and the discussions they belong to.

A search shows 1,000 hits at most, in one page: when there are more, the runner is told to ask the window's halves.
Each discussion that a hit belongs to is asked once (`items/<id>`, the whole tree), so that an answer which does not
match itself is read too; items of other days only tell what is answered.
Points of a story are its votes and are read as likes; those of comments are not public: unknown, not 0. A story's
`num_comments` counts its whole discussion. Shares and views do not exist there. A story's link is what it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from extractors.source import (
    AuthorDraft,
    DriftError,
    Known,
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
from extractors.values import count, instant, listed, member, words_or_none

SOURCE: Final = SourceType(
    title="Hacker News search",
    url="https://hn.algolia.com/api",
    terms_url="https://www.ycombinator.com/legal/",
    kind="comment",
    rate=2.0,  # 10,000 requests in an hour and address are allowed
    window="search",
    default_url="https://hn.algolia.com",
)
_INSTANCE: Final = "news.ycombinator.com"
_LINK = re.compile(r'<a href="([^"]+)"[^<>]*>[^<]*</a>')  # shown shortened: the whole address is what was typed
_KINDS: Final = {"story": "topic", "poll": "topic", "job": "topic", "comment": "comment", "pollopt": "comment"}


def seed(query: Query, window: Window) -> list[Request]:
    """Stories and comments of the window, newest first."""
    return [_ask_search(query, window, 0)]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Each item again; one that was deleted has no author and no text."""
    return [_ask_item(query, post.native_id) for post in known if post.instance == _INSTANCE]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of hits, or an item with all that lies below it."""
    found = response.json()
    if isinstance(member(found, "hits"), list):
        return _hits(request, response, window, found)
    if not isinstance(found, dict) or not {"id", "children"} <= found.keys():
        raise DriftError(f"{response.url} has neither hits nor an item: {str(found)[:120]}")
    items = list(_tree(found))
    gone = [str(item["id"]) for item, _ in items if _is_gone(item)]
    found["num_comments"] = len(items) - len(gone) - 1  # the tree does not tell it, as hits do
    title = line(found.get("title"))
    posts, refused = read_each(
        [pair for pair in items if not _is_gone(pair[0])],
        lambda pair: _item(pair[0], pair[1], title, window), lambda pair: pair[0]["id"],
    )  # fmt: skip
    return Page(posts=posts, refused=refused, deleted=tuple(gone))


def _hits(request: Request, response: Response, window: Window, found: dict[str, Any]) -> Page:
    hits, query = found["hits"], response.query
    posts, refused = read_each(hits, lambda hit: _hit(hit, window), lambda hit: hit["objectID"])
    stories = {str(story): None for hit in hits if _has_talk(hit) and (story := _story(hit))}
    number, pages = int(request.context.get("page", 0)), count(found, "nbPages") or 0
    asked = [_ask_item(query, story) for story in stories]
    if number + 1 < pages:
        asked.append(_ask_search(query, window, number + 1))
    reach = max(pages, 1) * (count(found, "hitsPerPage") or len(hits))
    is_capped = number == 0 and (count(found, "nbHits") or 0) > reach
    return Page(posts=posts, refused=refused, next_requests=tuple(asked), is_capped=is_capped)


def _ask_search(query: Query, window: Window, number: int) -> Request:
    start, end = int(window.since_at.timestamp()), int(window.end_at.timestamp())
    asked = {
        "query": query.text, "tags": "(story,comment)", "numericFilters": f"created_at_i>={start},created_at_i<{end}",
        "hitsPerPage": "1000", "page": str(number),
    }  # fmt: skip
    url = f"{query.url}/api/v1/search_by_date?{urlencode(asked)}"
    return Request(url=url, context={"page": str(number)}, accept="application/json")


def _ask_item(query: Query, item: str) -> Request:
    return Request(url=f"{query.url}/api/v1/items/{item}", accept="application/json")


def _has_talk(hit: Any) -> bool:
    return member(hit, "comment_text") is not None or bool(count(hit, "num_comments"))


def _story(hit: Any) -> str | None:
    tags = listed(member(hit, "_tags"))
    story = member(hit, "story_id") or (member(hit, "objectID") if "story" in tags else None)
    return str(story) if story and str(story).isdigit() else None


def _hit(hit: Any, window: Window) -> PostDraft:
    is_comment = hit.get("comment_text") is not None or "comment" in listed(hit.get("_tags"))
    story = _story(hit)
    title = None if is_comment else line(hit["title"])
    return _draft(
        hit, str(hit["objectID"]), window, text=hit["comment_text"] if is_comment else hit.get("story_text") or "",
        kind="comment" if is_comment else "topic", title=title, thread=story,
        thread_title=title or line(hit.get("story_title")),
    )  # fmt: skip


def _item(item: Any, position: int, title: str | None, window: Window) -> PostDraft:
    kind, is_story = _KINDS[item["type"]], item.get("parent_id") is None
    story = item.get("story_id") or (item["id"] if is_story else None)
    return _draft(
        item, str(item["id"]), window, text=item.get("text") or "", kind=kind,
        title=line(item.get("title")), thread=str(story) if story else None, thread_title=title,
        position=position if story and position >= 0 else None,
    )  # fmt: skip


def _draft(
    item: Any,
    name: str,
    window: Window,
    *,
    text: str,
    kind: str,
    title: str | None,
    thread: str | None,
    thread_title: str | None,
    position: int | None = None,
) -> PostDraft:
    created_at = instant(item.get("created_at_i") or item["created_at"])
    above, is_story = item.get("parent_id"), kind == "topic"
    if is_story and title and title.casefold().startswith("ask hn"):
        kind = "question"
    return PostDraft(
        native_id=name, instance=_INSTANCE, kind=kind, url=f"https://{_INSTANCE}/item?id={name}",
        text=html_to_text(_LINK.sub(r"\1", text)), created_at=created_at, title=title, author=_author(item["author"]),
        parent=str(above) if above else None,
        thread=thread, thread_title=thread_title, position=0 if is_story else position,
        quoted_url=words_or_none(item.get("url")) if is_story else None,
        like_count=count(item, "points") if is_story else None,
        reply_count=count(item, "num_comments") if is_story else None,
        is_context=not window.holds(created_at),
    )  # fmt: skip


def _author(name: Any) -> AuthorDraft | None:
    if not name:
        return None
    return AuthorDraft(handle=str(name), profile_url=f"https://{_INSTANCE}/user?{urlencode({'id': name})}")


def _tree(root: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    """An item and all below it, as a reader meets them, numbered; -1 where the tree does not start at a story."""
    heads, number = [root], 0
    is_whole = root.get("parent_id") is None
    while heads:
        item = heads.pop()
        if isinstance(item, dict):
            yield item, number if is_whole else -1
            number += 1
            heads += reversed(listed(item.get("children")))


def _is_gone(item: Any) -> bool:
    return bool(item.get("id")) and not item.get("author") and not item.get("text") and not item.get("title")
