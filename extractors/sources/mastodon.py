"""Mastodon and servers that speak its client interface: public statuses, those of a tag, and the answers to them.

A query is a tag; without one, the public timeline is read. Option `local`: only statuses of this server (default true
for the public timeline, false for a tag).
Statuses are listed newest first by id, and an id begins with its time (milliseconds in the upper 48 bits): `max_id`
asks for what came before the end of the day, and paging goes on until the day's start. The start is not turned into
`min_id`, because servers that number otherwise would then answer nothing. Pleroma and Akkoma do number otherwise, and
can answer nothing to `max_id`: an empty first page is asked again without it, and paged from the newest status.
Answers need not carry the tag: they are read from the context of statuses of the day and of the days before it
(option `reply_days`). Statuses are named by their `uri`, the same on every server; a reblog is no post.
An account is left out with `indexable: false`, `noindex: true` or #nobot, #noindex or #nosearch in its note; so are
statuses that are not public. Likes, replies and reblogs are what this server knows of; other servers may know more. A
count that the account hides (-1) is unknown, not 0; views are not told.
Statuses are observed by the ids that this server has for them, those of other servers too: one that it no longer shows
counts as gone. Option `batch` asks 20 at a time, which Mastodon 4.3 and later answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

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
from extractors.values import count, instant, instant_or_none, member, words_or_none

SOURCE: Final = SourceType(
    title="Mastodon public and tag timelines",
    url="https://docs.joinmastodon.org/methods/timelines/",
    terms_url="https://docs.joinmastodon.org/api/rate-limits/",
    kind="post",
    rate=1.0,
    window="search",
    has_references=True,
    options={"batch": False, "local": True, "reply_days": 2},
)
_NEXT = re.compile(r'<([^<>]+)>\s*;\s*rel="?next"?')
_UNWELCOME = re.compile(r"#\s?(?:no-?bots?|no-?index|no-?search)\b", re.IGNORECASE)
_MAYBE = re.compile(r"bots?\b|index\b|search\b", re.IGNORECASE)  # before the markup is read, which costs more
_LOCAL_ID = re.compile(r"/(?:statuses|@[^/]+|notice|objects)/([0-9A-Za-z]+)$")


def seed(query: Query, window: Window) -> list[Request]:
    """The newest page of the tag before the end of the day; without a tag, of the public timeline."""
    return [_ask_timeline(query, {"max_id": str(snowflake(window.end_at))}, {"page": "first"})]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Statuses by this server's ids, one by one (404 or 410 when one is gone) or 20 at a time."""
    names = {post.native_id: name for post in known if (name := post.alias or _local_id(post, query))}
    base = f"{query.url}/api/v1/statuses"
    if not SOURCE.option(query, "batch"):
        return [
            Request(url=f"{base}/{status}", context={"again": uri}, accept="application/json")
            for uri, status in names.items()
        ]
    uris = list(names)
    return [
        Request(
            url=f"{base}?{urlencode([('id[]', names[uri]) for uri in uris[start : start + 20]])}",
            context={"again": " ".join(uris[start : start + 20])}, accept="application/json",
        )
        for start in range(0, len(uris), 20)
    ]  # fmt: skip


def _local_id(post: Known, query: Query) -> str | None:
    """The number in the address of a status written on this server."""
    found = _LOCAL_ID.search(post.native_id) or _LOCAL_ID.search(post.url or "")
    return found[1] if found and post.instance == instance_of(query.url) else None


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of a timeline, the context of one status, or statuses asked by name."""
    if "status" in request.context:
        return _context(response, window)
    if "again" in request.context:
        return _again(request, response, window)
    items = response.items()
    drafts, refused, withheld = _read(items, response.query, window)
    since = window.since_at - timedelta(days=int(SOURCE.option(response.query, "reply_days")))
    dates = [when for item in items if (when := _when(item))]
    asked = [_ask_context(item, response.query) for item in items if _has_talk(item, since)]
    if items and (not dates or min(dates) >= since):
        asked += _older(request, response, items)
    elif not items and request.context.get("page") == "first":
        asked.append(_ask_timeline(response.query, {}, {"page": "newest"}))
    if request.context.get("page") == "newest" and any(map(_is_snowflake, items)):
        asked = []  # ids are dates here, so that the empty answer to max_id was true
    return Page(posts=drafts, refused=refused, withheld=withheld, next_requests=tuple(asked))


def _ask_timeline(query: Query, more: dict[str, str], told: dict[str, str]) -> Request:
    tag = re.sub(r"[\s#]+", "", query.text)
    path = f"tag/{quote(tag, safe='')}" if tag else "public"
    is_local = query.option("local", SOURCE.options["local"] and not tag)
    asked = {"limit": "40", **more, **({"local": "true"} if is_local else {})}
    url = f"{query.url}/api/v1/timelines/{path}?{urlencode(asked)}"
    return Request(url=url, context=told, accept="application/json")


def _again(request: Request, response: Response, window: Window) -> Page:
    found = response.json()
    items = found if isinstance(found, list) else [found]
    if not all(isinstance(member(item, "uri"), str) for item in items):
        raise DriftError(f"{response.url} is no status: {str(found)[:120]}")
    drafts, refused, withheld = _read(items, response.query, window)
    there = {item["uri"] for item in items}
    gone = (uri for uri in request.context["again"].split() if uri not in there)
    return Page(posts=drafts, refused=refused, withheld=withheld, deleted=tuple(gone))


def snowflake(moment: datetime) -> int:
    """The smallest id that a status of that instant can have."""
    return int(moment.timestamp() * 1000) << 16


def _is_snowflake(item: Any) -> bool:
    """Whether the status's id begins with its time, give or take a day of delivery."""
    name, when = str(member(item, "id")), _when(item)
    return name.isdecimal() and when is not None and abs((int(name) >> 16) / 1000 - when.timestamp()) < 86_400


def _context(response: Response, window: Window) -> Page:
    found = response.json()
    if not isinstance(found, dict) or not {"ancestors", "descendants"} <= found.keys():
        raise DriftError(f"{response.url} has no ancestors and descendants")
    drafts, refused, withheld = _read([*found["ancestors"], *found["descendants"]], response.query, window)
    return Page(posts=drafts, refused=refused, withheld=withheld)


def _read(items: list[Any], query: Query, window: Window) -> tuple[Any, Any, tuple[str, ...]]:
    """Drafts, refused items, and the ids of those of the day that were withheld."""
    withheld = [item for item in items if _is_withheld(item)]
    welcome = [item for item in items if item not in withheld] if withheld else items
    drafts, refused = read_each(
        welcome,
        lambda item: _draft(item, query, window), lambda item: item.get("uri") or item["id"],
    )  # fmt: skip
    ids = (str(item.get("uri")) for item in withheld if (when := _when(item)) and window.holds(when))
    return drafts, refused, tuple(ids)


def _is_withheld(item: Any) -> bool:
    account = member(item, "account")
    if not isinstance(account, dict):
        return False
    if account.get("indexable") is False or account.get("noindex") is True:
        return True
    note = account.get("note")
    return isinstance(note, str) and bool(_MAYBE.search(note)) and bool(_UNWELCOME.search(html_to_text(note)))


def _draft(item: Any, query: Query, window: Window) -> PostDraft | None:
    if item.get("reblog") is not None or item.get("visibility", "public") != "public":
        return None
    created_at = instant(item["created_at"])
    uri, above = str(item["uri"]), item.get("in_reply_to_id")
    return PostDraft(
        native_id=uri, instance=instance_of(uri), kind="reply" if above else "post",
        url=words_or_none(item.get("url")) or uri, title=line(item.get("spoiler_text")),
        text=html_to_text(item["content"]), author=_author(item["account"], query),
        created_at=created_at, edited_at=instant_or_none(item.get("edited_at")),
        alias=str(item["id"]), parent_alias=str(above) if above else None, position=None if above else 0,
        lang=words_or_none(item.get("language")), quoted_url=_quoted(item),
        like_count=count(item, "favourites_count"), reply_count=count(item, "replies_count"),
        share_count=count(item, "reblogs_count"),
        is_context=not window.holds(created_at),
    )  # fmt: skip


def _quoted(item: Any) -> str | None:
    """Address of the status quoted: Mastodon's quote, a status in its place, Pleroma's address."""
    if "quote" not in item and "pleroma" not in item:
        return None
    found = member(item, "quote", "quoted_status", "url") or member(item, "quote", "url")
    found = found or member(item, "pleroma", "quote_url")
    return found if isinstance(found, str) else None


def _author(account: Any, query: Query) -> AuthorDraft:
    """The account, named by its user name and the host of its own page: the same from whichever server it is seen."""
    acct, page = str(account["acct"]), account.get("url") or account.get("uri")
    host = instance_of(page) if page else acct.partition("@")[2] or instance_of(query.url)
    return AuthorDraft(
        handle=acct, key=str(account.get("username") or acct.partition("@")[0]), instance=host,
        name=line(account.get("display_name")), profile_url=page,
        follower_count=count(account, "followers_count"), following_count=count(account, "following_count"),
        post_count=count(account, "statuses_count"),
    )  # fmt: skip


def _has_talk(item: Any, since: datetime) -> bool:
    """Whether other statuses may answer this one, or it answers another, and it is not older than that."""
    if not (member(item, "replies_count") or member(item, "in_reply_to_id")):  # first: of most it is true
        return False
    when = _when(item)
    is_status = when is not None and member(item, "reblog") is None and str(member(item, "id") or "").isalnum()
    return is_status and when is not None and when >= since


def _ask_context(item: Any, query: Query) -> Request:
    status = str(item["id"])
    url = f"{query.url}/api/v1/statuses/{quote(status, safe='')}/context"
    return Request(url=url, context={"status": status}, accept="application/json")


def _older(request: Request, response: Response, items: list[Any]) -> list[Request]:
    """The next page: the server's own link, else our address with its `max_id`, else with the oldest id seen.

    A link that leads elsewhere (a server that does not know its own name behind a proxy) is never followed.
    """
    header = response.headers.get("link", "")
    link = _NEXT.search(header)
    if link and instance_of(link[1]) == instance_of(response.url):
        return [Request(url=link[1], accept=request.accept)]
    last = (parse_qs(urlsplit(link[1]).query).get("max_id") or [""])[0] if link else str(member(items[-1], "id") or "")
    if not last.isascii() or not last or (header and not link) or (not header and len(items) < 2):
        return []
    base = re.sub(r"([?&])max_id=[^&]*&?", r"\1", request.url).rstrip("?&")
    return [Request(url=f"{base}{'&' if '?' in base else '?'}max_id={quote(last, safe='')}", accept=request.accept)]


def _when(item: Any) -> datetime | None:
    return instant_or_none(member(item, "created_at"))
