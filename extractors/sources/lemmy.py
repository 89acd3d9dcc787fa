"""Lemmy: posts and comments of a server, newest first, or those that match; federated copies meet under their `ap_id`.

Version 3 of the interface is asked by page, or by cursor where the answer offers one; option `api: v4` asks Lemmy 1.0's
own. Neither can be asked for a day: paging goes back until its start. Option `listing`: all (default) or local; option
`community`: name or name@host. With words, the comments of each post found are asked too, so that an answer which does
not match itself is read.
A comment's `path` gives the comments above it by this server's ids; the post above them is part of each answer.
What its author deleted or a moderator removed is a deletion. Languages are numbers, the same on every server.
Likes are upvotes alone, as far as they were federated here. A post's `comments` counts its whole discussion, a
comment's `child_count` all below it. Shares and views are not told: unknown, not 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from extractors.address import instance_of, joined
from extractors.allowed import one_of
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
from extractors.text import line
from extractors.values import count, instant, instant_or_none, member, words, words_or_none

SOURCE: Final = SourceType(
    title="Lemmy posts and comments",
    url="https://join-lemmy.org/docs/contributors/04-api.html",
    terms_url="https://join-lemmy.org/docs/administration/federation_getting_started.html",
    kind="comment",
    rate=1.0,
    window="search",
    has_references=True,
    options={"api": "v3", "community": "", "listing": "all"},
    allowed={"api": one_of(("v3", "v4")), "listing": one_of(("all", "local"))},
)
_LANGUAGES: Final = {32: "de", 37: "en", 39: "es", 47: "fr"}
_LOCAL_ID = re.compile(r"/(post|comment)/(\d+)$")
_ALIAS = re.compile(r"(post|comment)-(\d+)")


def seed(query: Query, window: Window) -> list[Request]:
    """The newest posts and the newest comments."""
    return [_ask(query, what, {}) for what in ("post", "comment")]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Posts and comments by this server's ids; without one, those that were written on it."""
    base = f"{query.url}/api/{SOURCE.option(query, 'api')}"
    found = filter(None, (_local_id(post, query) for post in known))
    return [Request(url=f"{base}/{kind}?id={number}", accept="application/json") for kind, number in found]


def _local_id(post: Known, query: Query) -> tuple[str, str] | None:
    """Kind and number that this server has for a post: as its draft told (post-12), else as its own address says."""
    found = _ALIAS.fullmatch(post.alias or "")
    if found is None and post.instance == instance_of(query.url):
        found = _LOCAL_ID.search(post.native_id)
    return (found[1], found[2]) if found else None


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of posts or comments, of search, or one of them."""
    found = response.json()
    views = _views(found)
    if views is None:
        raise DriftError(f"{response.url} has no posts or comments: {str(found)[:120]}")
    gone = [view for view in views if _is_gone(view)]
    posts, refused = read_each(
        [view for view in views if not _is_gone(view)],
        lambda view: _draft(view, window), lambda view: _core(view)["ap_id"],
    )  # fmt: skip
    asked = [*_talk(request, response.query, views, window), *_next(request, response, found, window)]
    return Page(
        posts=(*posts, *_posts_above(views)), refused=refused, next_requests=tuple(asked),
        deleted=tuple(str(_core(view)["ap_id"]) for view in gone),
    )  # fmt: skip


def _views(found: Any) -> list[Any] | None:
    """What an answer lists: version 3 by name, version 4 as items, one post or comment under its own name."""
    named = [member(found, name) for name in ("posts", "comments", "items")]
    lists = [some for some in named if isinstance(some, list)]
    single = [view for name in ("comment_view", "post_view") if (view := member(found, name))]
    return [view for some in [*lists, single] for view in some] if lists or single else None


def _ask(query: Query, what: str, more: dict[str, str]) -> Request:
    """A page of posts or comments; `more` narrows or pages it."""
    is_new, listing = SOURCE.option(query, "api") == "v4", str(SOURCE.option(query, "listing"))
    community = str(SOURCE.option(query, "community"))
    asked = {"limit": "50", "sort": "new" if is_new else "New"}
    is_search = bool(query.text) and "post_id" not in more and not is_new
    asked["listing_type" if is_search else "type_"] = listing.lower() if is_new else listing.capitalize()
    if query.text and "post_id" not in more:
        asked |= {"search_term": query.text} if is_new else {"q": query.text, "type_": f"{what.capitalize()}s"}
    asked |= {"community_name": community} if community else {}
    asked |= {"page": "1"} if not is_new and "page_cursor" not in more else {}
    path = f"/api/{'v4' if is_new else 'v3'}/{'search' if is_search else what + '/list'}"
    told = {"what": what, **more}
    return Request(url=f"{query.url}{path}?{urlencode({**asked, **more})}", context=told, accept="application/json")


def _next(request: Request, response: Response, found: dict[str, Any], window: Window) -> list[Request]:
    """The following page, unless this one is empty or lies wholly before the window; a discussion is read whole."""
    views, told = _views(found) or [], request.context
    newest = max(filter(None, map(_when, views)), default=None)
    is_over = newest is not None and newest < window.since_at and "post_id" not in told
    if not views or is_over or "what" not in told:
        return []
    more = {"post_id": told["post_id"]} if "post_id" in told else {}
    cursor = found.get("next_page")
    if isinstance(cursor, str) and cursor:
        return [_ask(response.query, told["what"], {**more, "page_cursor": cursor})]
    if "/api/v4/" in request.url or "page_cursor" in told:
        return []
    return [_ask(response.query, told["what"], {**more, "page": str(int(told.get("page", 1)) + 1)})]


def _talk(request: Request, query: Query, views: Sequence[Any], window: Window) -> list[Request]:
    """The comments of each post that was found by words, or whose comment was."""
    if not query.text or "what" not in request.context or "post_id" in request.context:
        return []
    posts = {
        str(member(view, "post", "id")): None
        for view in views
        if _is_inside(view, window) and (member(view, "comment") or count(_counts(view), "comments"))
    }
    return [_ask(query, "comment", {"post_id": post}) for post in posts if post.isdigit()]


def _core(view: Any) -> Any:
    """What a view is about: its comment, else its post."""
    return member(view, "comment") or member(view, "post")


def _counts(view: Any) -> Any:
    """Version 3 keeps counts apart, version 4 among the other members."""
    return member(view, "counts") or _core(view)


def _when(view: Any) -> datetime | None:
    core = _core(view)
    return instant_or_none(member(core, "published_at") or member(core, "published"))


def _is_inside(view: Any, window: Window) -> bool:
    when = _when(view)
    return when is not None and window.holds(when)


def _is_gone(view: Any) -> bool:
    core = _core(view)
    return bool(member(core, "deleted") or member(core, "removed")) and isinstance(member(core, "ap_id"), str)


def _draft(view: Any, window: Window) -> PostDraft:
    core, post, counts = _core(view), view["post"], _counts(view)
    uri, created_at = str(core["ap_id"]), _when(view) or instant(core.get("published"))
    is_comment = bool(member(view, "comment"))
    title = line(post.get("name"))
    edited_at = instant_or_none(core.get("updated_at") or core.get("updated"))
    root = str(post["ap_id"])
    return PostDraft(
        native_id=uri, instance=instance_of(uri), kind="comment" if is_comment else "topic", url=uri,
        text=words(core["content"] if is_comment else core.get("body") or ""), created_at=created_at,
        edited_at=edited_at if edited_at and edited_at > created_at else None, author=_author(view["creator"]),
        alias=f"{'comment' if is_comment else 'post'}-{core['id']}",
        parent_alias=_parent(core, post) if is_comment else None,
        thread=root if instance_of(root) == instance_of(uri) else None,
        title=None if is_comment else title, thread_title=title, position=None if is_comment else 0,
        lang=_LANGUAGES.get(core.get("language_id")),
        quoted_url=None if is_comment else joined("", str(post.get("url") or "")), like_count=count(counts, "upvotes"),
        reply_count=count(counts, "child_count" if is_comment else "comments"),
        is_context=not window.holds(created_at),
    )  # fmt: skip


def _parent(comment: Any, post: Any) -> str:
    """`path` lists the comments above by this server's ids: 0, first, ..., the comment itself."""
    above = str(comment["path"]).split(".")[1:-1]
    return f"comment-{above[-1]}" if above else f"post-{post['id']}"


def _posts_above(views: Sequence[Any]) -> list[PostDraft]:
    """The posts that comments belong to, so that these can name them; only ever context, because they lack counts."""
    found = {}
    for view in views:
        post = member(view, "post")
        if member(view, "comment") and isinstance(member(post, "ap_id"), str) and not _is_gone({"post": post}):
            uri, when = post["ap_id"], _when({"post": post})
            if when:
                found[uri] = PostDraft(
                    native_id=uri, instance=instance_of(uri), kind="topic", text="", url=uri,
                    title=line(words_or_none(post.get("name"))), created_at=when,
                    alias=f"post-{post.get('id')}", is_context=True,
                )  # fmt: skip
    return list(found.values())


def _author(creator: Any) -> AuthorDraft:
    """The account, named by its user name and home server, the same from whichever server it is seen."""
    page = str(creator.get("ap_id") or creator["actor_id"])
    name, host = str(creator["name"]), instance_of(page)
    return AuthorDraft(
        handle=f"{name}@{host}", key=name, instance=host, name=line(creator.get("display_name")), profile_url=page,
        post_count=count(creator, "post_count"),
    )  # fmt: skip
