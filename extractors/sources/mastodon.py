"""Mastodon and servers that speak its client interface: the public statuses of a tag, and the answers to them.

Statuses are listed newest first by id, and an id begins with its time (milliseconds in the upper 48 bits): `max_id`
asks for what came before the end of the day, and paging goes on until the day's start. The start is not turned into
`min_id`, because servers that number otherwise would then answer nothing.
Answers need not carry the tag: they are read from the context of statuses of the day and of the days before it
(option `reply_days`). An account with `indexable: false` or `noindex: true` is left out; so are statuses that are not
public. Likes, replies and reblogs are what this server knows of; other servers may know more.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from extractors.address import instance_of
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
    title="Mastodon tag timelines",
    url="https://docs.joinmastodon.org/methods/timelines/",
    terms_url="https://docs.joinmastodon.org/api/rate-limits/",
    kind="post",
    rate=1.0,
    window="search",
    has_references=True,
)
_NEXT = re.compile(r'<([^<>]+)>\s*;\s*rel="?next"?')


def seed(query: Query, window: Window) -> list[Request]:
    """The newest page of the tag before the end of the day; without a tag, of the server's own public statuses."""
    tag = re.sub(r"[\s#]+", "", query.text)
    path = f"tag/{quote(tag, safe='')}" if tag else "public"
    asked = {"limit": "40", "max_id": str(snowflake(window.end_at)), **({} if tag else {"local": "true"})}
    return [Request(url=f"{query.url}/api/v1/timelines/{path}?{urlencode(asked)}", accept="application/json")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of a timeline, or the context of one status."""
    if "status" in request.context:
        return _context(response, window)
    items = response.items()
    drafts, refused, withheld = _read(items, response.query, window)
    since = window.since_at - timedelta(days=int(response.query.option("reply_days", 2)))
    oldest = min((draft.created_at for draft in drafts), default=None)
    asked = [_ask_context(item, response.query) for item in items if _has_talk(item) and _created_at(item) >= since]
    if items and (oldest is None or oldest >= since):
        asked += _older(request, response, items)
    return Page(posts=drafts, refused=refused, withheld=withheld, next_requests=tuple(asked))


def snowflake(instant: datetime) -> int:
    """The smallest id that a status of that instant can have."""
    return int(instant.timestamp() * 1000) << 16


def _context(response: Response, window: Window) -> Page:
    found = response.json()
    if not isinstance(found, dict) or not {"ancestors", "descendants"} <= found.keys():
        raise DriftError(f"{response.url} has no ancestors and descendants")
    drafts, refused, withheld = _read([*found["ancestors"], *found["descendants"]], response.query, window)
    return Page(posts=drafts, refused=refused, withheld=withheld)


def _read(items: list[Any], query: Query, window: Window) -> tuple[Any, Any, tuple[str, ...]]:
    """Drafts, refused items, and the ids of those of the day that were withheld."""
    welcome = [item for item in items if not _is_withheld(item)]
    withheld = [item for item in items if _is_withheld(item)]
    drafts, refused = read_each(
        welcome, lambda item: _draft(item, query, window), lambda item: item.get("uri") or item["id"]
    )
    ids = (str(item.get("uri")) for item in withheld if window.holds(_created_at(item)))
    return drafts, refused, tuple(ids)


def _is_withheld(item: Any) -> bool:
    account = item.get("account") if isinstance(item, dict) else None
    return isinstance(account, dict) and (account.get("indexable") is False or account.get("noindex") is True)


def _draft(item: Any, query: Query, window: Window) -> PostDraft | None:
    if item.get("reblog") is not None or item.get("visibility", "public") != "public":
        return None
    created_at = _created_at(item)
    uri, above = str(item["uri"]), item.get("in_reply_to_id")
    quoted = item.get("quote") or {}
    return PostDraft(
        native_id=uri, instance=instance_of(uri), kind="reply" if above else "post", url=item.get("url") or uri,
        title=line(item.get("spoiler_text")),
        text=html_to_text(item["content"]), author=_author(item["account"], query),
        created_at=created_at, edited_at=_instant(item["edited_at"]) if item.get("edited_at") else None,
        alias=str(item["id"]), parent_alias=str(above) if above else None, position=None if above else 0,
        lang=item.get("language"), quoted_url=(quoted.get("quoted_status") or quoted).get("url"),
        like_count=_count(item, "favourites_count"), reply_count=_count(item, "replies_count"),
        share_count=_count(item, "reblogs_count"),
        is_context=not window.holds(created_at),
    )  # fmt: skip


def _author(account: Any, query: Query) -> AuthorDraft:
    """The account, named by its user name and the host of its own page: the same from whichever server it is seen."""
    acct, page = str(account["acct"]), account.get("url") or account.get("uri")
    host = instance_of(page) if page else acct.partition("@")[2] or instance_of(query.url)
    return AuthorDraft(
        handle=acct, key=str(account.get("username") or acct.partition("@")[0]), instance=host,
        name=line(account.get("display_name")), profile_url=page,
        follower_count=_count(account, "followers_count"), following_count=_count(account, "following_count"),
        post_count=_count(account, "statuses_count"),
    )  # fmt: skip


def _count(item: Any, name: str) -> int | None:
    """A count as given; -1 is how Mastodon says that an account hides it."""
    value = item.get(name)
    return value if isinstance(value, int) and value >= 0 else None


def _has_talk(item: Any) -> bool:
    """Whether other statuses may answer this one, or it answers another."""
    is_status = isinstance(item, dict) and item.get("reblog") is None and "id" in item and "created_at" in item
    return is_status and bool(item.get("replies_count") or item.get("in_reply_to_id"))


def _ask_context(item: Any, query: Query) -> Request:
    status = str(item["id"])
    url = f"{query.url}/api/v1/statuses/{quote(status, safe='')}/context"
    return Request(url=url, context={"status": status}, accept="application/json")


def _older(request: Request, response: Response, items: list[Any]) -> list[Request]:
    """The next page: the server's own link, as long as it stays on the server, else the oldest id seen."""
    link = _NEXT.search(response.headers.get("link", ""))
    if link and instance_of(link[1]) == instance_of(response.url):
        return [Request(url=link[1], accept=request.accept)]
    if link or len(items) < 2:
        return []
    base = re.sub(r"([?&]max_id=)\d+", "", request.url)
    return [Request(url=f"{base}&max_id={items[-1]['id']}", accept=request.accept)]


def _created_at(item: Any) -> datetime:
    return _instant(item["created_at"])


def _instant(stamp: str) -> datetime:
    found = datetime.fromisoformat(stamp)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
