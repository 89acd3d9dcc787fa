"""WordPress through its REST interface: posts by date, comments by date with a look-back for late approvals.

`after` and `before` exclude their bounds, so `after` is one second early. Comments cannot be asked by the date of their
approval: the look-back brings those that a moderator let through in the days after. Pending comments, spam and
pingbacks are not public there. Posts edited in the window are asked too (`modified_after`, unknown
before 5.7: so they are listed newest edit first and read no further than the window). The interface gives no counts:
engagement is unknown. What is asked again by number and no longer listed was deleted or made private.
Option `lookback_days`, when given, holds for posts as well as for comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from extractors.address import instance_of
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

SOURCE: Final = SourceType(
    title="WordPress REST interface",
    url="https://developer.wordpress.org/rest-api/reference/posts/",
    terms_url="https://developer.wordpress.org/rest-api/using-the-rest-api/frequently-asked-questions/",
    kind="article",
    rate=1.0,
    window="search",
    lookback_days=2,
    has_references=True,
)
_LAST_PAGE = "x-wp-totalpages"


def seed(query: Query, window: Window) -> list[Request]:
    """Posts of the day, and comments of the day and its look-back."""
    words = {"search": query.text} if query.text else {}
    posts = {
        "after": _bound(_posts_since(query, window), -1),
        "before": _bound(window.end_at),
        "orderby": "date",
        "_embed": "author",
    }
    comments = {
        "after": _bound(window.since_at, -1),
        "before": _bound(window.end_at),
        "orderby": "date_gmt",
        "_embed": "up",
    }
    edited = {
        "modified_after": _bound(window.since_at, -1),
        "modified_before": _bound(window.end_at),
        "orderby": "modified",
        "order": "desc",
        "_embed": "author",
    }
    asked = {"posts": posts, "comments": comments}
    return [
        *(_page(query, what, {**parameters, **words}, 1) for what, parameters in asked.items()),
        _page(query, "posts", {**edited, **words}, 1),
    ]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of posts or comments, and the next one."""
    what, query = request.context["what"], response.query
    items = response.items()
    reader = _comment if what == "comments" else _post
    scope = _scope(query)
    posts, refused = read_each(
        items, lambda item: reader(item, query, scope, window), lambda item: f"{scope}{what[:-1]}-{item['id']}"
    )
    return Page(
        posts=posts, refused=refused, next_requests=_next(request, response, items),
        deleted=_missing(request, items, scope),
    )  # fmt: skip


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Posts and comments of earlier nights again, a hundred at a time."""
    asked = []
    for what in ("posts", "comments"):
        pattern = re.compile(rf"{re.escape(_scope(query))}{what[:-1]}-(\d+)")
        ids = [found[1] for post in known if (found := pattern.fullmatch(post.native_id))]
        embed = {"_embed": "author" if what == "posts" else "up"}
        for some in (ids[i : i + 100] for i in range(0, len(ids), 100)):
            asked.append(_page(query, what, {"include": ",".join(some), **embed}, 1, known=",".join(some)))
    return asked


def _bound(instant: datetime, seconds: int = 0) -> str:
    return f"{instant + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _posts_since(query: Query, window: Window) -> datetime:
    """Posts are asked for the day alone, unless brands.yml asks for a look-back itself."""
    return window.since_at if "lookback_days" in query.options else window.start_at


def _missing(request: Request, items: list[Any], scope: str) -> tuple[str, ...]:
    """What was asked by number and is not in the answer."""
    there = {str(item.get("id")) for item in items if isinstance(item, dict)}
    asked = [number for number in request.context.get("known", "").split(",") if number]
    return tuple(f"{scope}{request.context['what'][:-1]}-{number}" for number in asked if number not in there)


def _page(query: Query, what: str, parameters: Mapping[str, str], number: int, **context: str) -> Request:
    asked = {**parameters, "order": parameters.get("order", "asc"), "per_page": "100", "page": str(number)}
    return Request(
        url=f"{query.url}/wp-json/wp/v2/{what}?{urlencode(asked)}",
        context={
            "what": what,
            "page": str(number),
            **{f"?{name}": value for name, value in parameters.items()},
            **context,
        },
        accept="application/json",
        ends_on=(400,) if number > 1 else (),  # the list grew shorter since the first page
    )


def _next(request: Request, response: Response, items: list[Any]) -> tuple[Request, ...]:
    """The following page, and the posts that comments belong to when the server does not embed them."""
    what, number = request.context["what"], int(request.context["page"])
    parameters = {name[1:]: value for name, value in request.context.items() if name.startswith("?")}
    found = []
    if number < int(response.headers.get(_LAST_PAGE, 1)) and _is_wanted(parameters, items):
        found.append(_page(response.query, what, parameters, number + 1))
    if what == "comments":
        bare = sorted({int(item["post"]) for item in items if _needs_post(item)})
        if bare:
            include = {"include": ",".join(map(str, bare)), "_embed": "author"}
            found.append(_page(response.query, "posts", include, 1))
    return tuple(found)


def _is_wanted(parameters: Mapping[str, str], items: list[Any]) -> bool:
    """Whether the following page may hold more: of posts by their last edit, newest first, only within the window."""
    since = parameters.get("modified_after")
    stamps = [str(item.get("modified_gmt") or "9") for item in items if isinstance(item, dict)]
    return since is None or min(stamps, default="") >= since.removesuffix("Z")


def _needs_post(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("post"), int) and _embedded(item, "up").get("title") is None


def _scope(query: Query) -> str:
    """Path of the site below its host: several WordPress can share one."""
    path = urlsplit(query.url).path.strip("/")
    return f"{path}/" if path else ""


def _author(query: Query, handle: str, url: str | None) -> AuthorDraft | None:
    host = f"{instance_of(query.url)}/{_scope(query)}".rstrip("/")
    return AuthorDraft(handle=handle, instance=host, name=handle, profile_url=url or None) if handle else None


def _post(item: Any, query: Query, scope: str, window: Window) -> PostDraft:
    if item["content"].get("protected"):
        raise ValueError("protected by a password")
    created_at = _gmt(item["date_gmt"])
    modified_at = _gmt(item.get("modified_gmt") or item["date_gmt"])
    writer = _embedded(item, "author")
    title = line(item["title"]["rendered"])
    return PostDraft(
        native_id=f"{scope}post-{int(item['id'])}", instance=instance_of(query.url), kind="article", url=item["link"],
        title=title, thread_title=title, text=html_to_text(item["content"]["rendered"]),
        author=_author(query, line(str(writer.get("name") or "")) or "", writer.get("link")),
        created_at=created_at, edited_at=modified_at if modified_at > created_at else None,
        thread=f"{scope}post-{int(item['id'])}", position=0,
        is_context=created_at < _posts_since(query, window) and not window.holds(modified_at),
    )  # fmt: skip


def _comment(item: Any, query: Query, scope: str, _window: Window) -> PostDraft:
    if item.get("status", "approved") != "approved" or item.get("type", "comment") != "comment":
        raise ValueError(f"not an approved comment: {item.get('status')}, {item.get('type')}")
    root, parent = f"{scope}post-{int(item['post'])}", int(item.get("parent") or 0)
    above = _embedded(item, "up")
    return PostDraft(
        native_id=f"{scope}comment-{int(item['id'])}",
        instance=instance_of(query.url), kind="comment", url=item["link"],
        text=html_to_text(item["content"]["rendered"]),
        author=_author(query, line(str(item.get("author_name") or "")) or "", item.get("author_url")),
        created_at=_gmt(item["date_gmt"]), thread=root, parent=f"{scope}comment-{parent}" if parent else root,
        thread_title=line(above.get("title", {}).get("rendered")) if above.get("title") else None,
    )  # fmt: skip


def _embedded(item: Any, relation: str) -> dict[str, Any]:
    """The linked thing that `_embed` brought; {} where the site refuses it."""
    found = (item.get("_embedded") or {}).get(relation) or [{}]
    return found[0] if isinstance(found, list) and isinstance(found[0], dict) else {}


def _gmt(stamp: str) -> datetime:
    if stamp.startswith("0000"):
        raise DriftError(f"date_gmt is {stamp}: the site does not know when it was published")
    return datetime.fromisoformat(stamp.removesuffix("Z")).replace(tzinfo=UTC)
