"""Discourse: every public post by its id, newest first, or what its search finds and the talk around it.

Without words, `/posts.json?before=<id>` lists whole posts backwards. Ids grow with time: a day that is long past is
found by leaps over ids, then read page by page. Some versions exclude the id asked and answer up to 50 posts; older
ones include it and answer those of the 50 ids below, which can be none at all.
With words, `/search.json` finds topics of the day (10 pages of 50; beyond, every post of the day is listed instead);
of each, what was written around the post found is read, 20 posts at a time.
A post is named by its topic and its number in it, which is how others answer it; a post moved to another topic is
another post. Quotes keep "> ", previews of links are no words of their authors. Notices of moderators, small actions
and whispers (post types 2, 3, 4) are no posts; hidden posts and those their authors deleted are deletions.
Likes come from `actions_summary`, which leaves out zeros. Replies are direct ones. `reads` counts people to whom the
post was shown in its topic, not views: unknown, not 0. Shares do not exist there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from extractors.address import instance_of, joined
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
from extractors.text import document, element_text, line
from extractors.values import count, instant, instant_or_none, listed, member, words

SOURCE: Final = SourceType(
    title="Discourse forums",
    url="https://docs.discourse.org/",
    terms_url="https://meta.discourse.org/t/available-settings-for-global-rate-limits-and-throttling/78612",
    kind="reply",
    rate=1.0,
    window="search",
)
_REGULAR: Final = 1
_LIKE: Final = 2
_NEAR: Final = 500
"""Ids between a post younger than the window and an older one that are paged through rather than halved."""
_AROUND: Final = 100
"""Posts of a topic read from the first one found on, and 20 before it."""


def seed(query: Query, window: Window) -> list[Request]:
    """The newest posts, or the first page of a search for the day."""
    return [_ask_search(query, window, 1) if query.text else _ask_list(query)]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Each post by its topic and number; 404 when it is gone."""
    return [
        Request(
            url=f"{query.url}/posts/by_number/{post.native_id}.json", accept="application/json"
        )
        for post in known
        if post.instance == instance_of(query.url)
    ]  # fmt: skip


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of posts, of search, of a topic, or one post."""
    found = response.json()
    if isinstance(member(found, "latest_posts"), list):
        return _list(request, response, window, found["latest_posts"])
    if isinstance(member(found, "grouped_search_result"), dict):
        return _search(request, response, window, found)
    if isinstance(member(found, "post_stream", "posts"), list):
        return _topic(request, response, window, found)
    if isinstance(found, dict) and {"post_number", "topic_id", "cooked"} <= found.keys():
        return _page([found], request, response, window)
    raise DriftError(f"{response.url} has no posts, search results or topic: {str(found)[:120]}")


def _list(request: Request, response: Response, window: Window, items: list[Any]) -> Page:
    """A page of the list, and the next one: older posts, or a leap while they are all younger than the window."""
    told = {name: int(request.context.get(name, 0)) for name in ("before", "low", "high", "step", "empty")}
    known = {item["id"]: when for item in items if (when := _when(item)) and count(item, "id")}
    lowest = min(known, default=0)
    lowest -= lowest == told["before"]  # a version that includes the id asked, and nothing below it near
    asked = list[Request]()
    if not known:
        asked = _below(response.query, **told)
    elif min(known.values()) >= window.end_at:
        asked = [_leap(response.query, told["low"], lowest, told["step"])]
    elif told["before"] < told["high"] and max(known.values()) < window.end_at:
        asked = [_leap(response.query, max(known), told["high"], told["step"])]
    elif max(known.values()) >= window.since_at and lowest > 0:
        asked = [_ask_list(response.query, lowest)]
    return _page(items, request, response, window, asked=asked)


def _leap(query: Query, low: int, high: int, step: int) -> Request:
    """Towards the window's end: post `low` is older, post `high` younger; further down each time until `low` is known.

    `high` is asked itself at first, and once both are near.
    """
    middle = (low + high) // 2 if low else max(high - step, 1)
    before = high if not step or (low and high - low <= _NEAR) else middle
    return _ask_list(query, before, low=low, high=high, step=step if low else max(step * 2, 100))


def _below(query: Query, *, before: int, low: int, high: int, step: int, empty: int) -> list[Request]:
    """What to ask after an empty answer, which may be a gap in the ids or the end of the list."""
    if before > 50 and empty < 10:
        high = before - 50 if before == high else high  # still next to what was read
        return [_ask_list(query, before - 50, low=low, high=high, step=step, empty=empty + 1)]
    return [_leap(query, max(before, 1), high, step)] if before < high else []


def _ask_list(query: Query, before: int = 0, **told: int) -> Request:
    url = f"{query.url}/posts.json" + (f"?before={before}" if before else "")
    context = {name: str(value) for name, value in {"before": before, **told}.items() if value}
    return Request(url=url, context=context, accept="application/json")


def _ask_search(query: Query, window: Window, number: int) -> Request:
    """Days are whole in search, and `after` excludes its midnight."""
    after, before = window.since_at - timedelta(days=1), window.end_at + timedelta(days=1, microseconds=-1)
    words = f"{query.text} after:{after:%Y-%m-%d} before:{before:%Y-%m-%d} order:latest"
    url = f"{query.url}/search.json?{urlencode({'q': words, 'page': str(number)})}"
    return Request(url=url, context={"page": str(number)}, accept="application/json")


def _search(request: Request, response: Response, window: Window, found: dict[str, Any]) -> Page:
    """Topics that hold posts found: search gives but a line of each post."""
    query, number = response.query, int(request.context.get("page", 1))
    first: dict[int, int] = {}
    for hit in listed(found.get("posts")):
        when, topic, place = _when(hit), count(hit, "topic_id"), count(hit, "post_number")
        if when and window.holds(when) and topic and place:
            first[topic] = min(place, first.get(topic, place))
    asked = [_ask_topic(query, topic, place) for topic, place in first.items()]
    if found["grouped_search_result"].get("more_full_page_results"):
        asked.append(_ask_search(query, window, number + 1) if number < 10 else _ask_list(query))
    return Page(next_requests=tuple(asked))


def _ask_topic(query: Query, topic: int, place: int) -> Request:
    return Request(url=f"{query.url}/t/{topic}/{place}.json", context={"place": str(place)}, accept="application/json")


def _topic(request: Request, response: Response, window: Window, found: dict[str, Any]) -> Page:
    """Posts of a topic; the first answer also lists the ids of all its posts, and those not in it are asked."""
    items = found["post_stream"]["posts"]
    title = line(found.get("title")) or request.context.get("title")
    stream = [number for number in listed(found["post_stream"].get("stream")) if isinstance(number, int)]
    there = {count(item, "id") for item in items}
    start = max(int(request.context.get("place", 1)) - 21, 0)
    missing = [number for number in stream[start : start + 20 + _AROUND] if number not in there]
    base = f"{response.query.url}/t/{found.get('id')}/posts.json?"
    asked = [
        Request(
            url=base + urlencode([("post_ids[]", number) for number in missing[at : at + 20]]),
            context={"title": title or ""}, accept="application/json",
        )
        for at in range(0, len(missing), 20)
    ]  # fmt: skip
    return _page(items, request, response, window, title=title, asked=asked)


def _page(
    items: list[Any],
    request: Request,
    response: Response,
    window: Window,
    *,
    title: str | None = None,
    asked: Sequence[Request] = (),
) -> Page:
    gone = [_name(item) for item in items if _is_gone(item)]
    posts, refused = read_each(
        [item for item in items if not _is_gone(item)],
        lambda item: _draft(item, response.query, window, title), lambda item: item["id"],
    )  # fmt: skip
    return Page(posts=posts, refused=refused, deleted=tuple(gone), next_requests=tuple(asked))


def _draft(item: Any, query: Query, window: Window, title: str | None) -> PostDraft | None:
    if item.get("post_type", _REGULAR) != _REGULAR:
        return None
    created_at, topic, number = instant(item["created_at"]), int(item["topic_id"]), int(item["post_number"])
    text, quoted = _words(words(item["cooked"]))
    answered = count(item, "reply_to_post_number")
    same = quoted.partition("/")[2] if quoted and quoted.partition("/")[0] == str(topic) else ""
    parent = answered or (int(same) if same and int(same) < number else None) or (1 if number > 1 else None)
    name = line(item.get("topic_title")) or title
    return PostDraft(
        native_id=_name(item), instance=instance_of(query.url), kind="topic" if number == 1 else "reply",
        url=joined(f"{query.url}/", str(item.get("post_url") or f"t/{topic}/{number}")), text=text,
        created_at=created_at, edited_at=_edited_at(item, created_at), author=_author(item, query),
        parent=f"{topic}/{parent}" if parent else None, thread=f"{topic}/1", thread_title=name,
        title=name if number == 1 else None, position=number - 1,
        quoted_url=f"{query.url}/t/{quoted}" if quoted else None, like_count=_likes(item),
        reply_count=count(item, "reply_count"), is_context=not window.holds(created_at),
    )  # fmt: skip


def _words(cooked: str) -> tuple[str, str | None]:
    """What the author wrote, and topic/number of the first post quoted."""
    root = document(cooked)
    if root is None:
        return "", None
    quoted = next(iter(root.xpath('//aside[contains(@class, "quote")][@data-topic and @data-post]')), None)
    for preview in root.xpath('//aside[contains(@class, "onebox")]'):
        preview.text = next(iter(preview.xpath(".//a/@href")), preview.get("data-onebox-src") or "")
        for child in list(preview):
            preview.remove(child)
    for name in root.xpath('//aside[contains(@class, "quote")]/div[@class="title"] | //a/div[@class="meta"]'):
        name.drop_tree()
    told = f"{quoted.get('data-topic')}/{quoted.get('data-post')}" if quoted is not None else None
    is_known = told is not None and told.replace("/", "").isascii() and told.replace("/", "").isdigit()
    return element_text(root), told if is_known else None


def _author(item: Any, query: Query) -> AuthorDraft:
    handle = str(item["username"])
    return AuthorDraft(handle=handle, name=line(item.get("name")), profile_url=f"{query.url}/u/{handle}")


def _name(item: Any) -> str:
    return f"{int(item['topic_id'])}/{int(item['post_number'])}"


def _likes(item: Any) -> int | None:
    actions = item.get("actions_summary")
    if not isinstance(actions, list):
        return count(item, "like_count")
    return next((count(action, "count") for action in actions if member(action, "id") == _LIKE), 0)


def _edited_at(item: Any, created_at: datetime) -> datetime | None:
    """`updated_at` also moves when nobody edited: `version` tells."""
    edited_at = instant_or_none(item.get("updated_at"))
    return edited_at if edited_at and edited_at > created_at and (count(item, "version") or 1) > 1 else None


def _is_gone(item: Any) -> bool:
    is_gone = isinstance(item, dict) and any(item.get(name) for name in ("user_deleted", "hidden", "deleted_at"))
    return is_gone and bool(count(item, "topic_id") and count(item, "post_number"))


def _when(item: Any) -> datetime | None:
    return instant_or_none(member(item, "created_at"))
