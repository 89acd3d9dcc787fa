"""Bluesky through the user's own session (an app password on their PDS): posts that match, their threads, followers.

The server may ignore `since` and `until` (which compare its own `sortAt`): each date is compared here too, and paging
ends at the first page that lies wholly before the window. A post's instant is the earlier of what its author wrote and
of when the network first saw it, because `createdAt` can say anything.
Each thread that a matching post belongs to is asked once, so that an answer which does not match itself is read too.
Followers come from profiles (25 at a time), which hold no posts: one post of each of these authors is asked again, and
read with the counts of its profile.
Labels `!no-unauthenticated` and `!hide` withhold an account or a post; a tombstone in a thread is a deletion, what
somebody blocks is not. Text is as its author sees it: long links are shortened.
Likes, replies and reposts are what this server has indexed: 0 is a count, a member that is absent is unknown. Quotes
are no reposts; views are not told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from extractors.address import instance_of
from extractors.source import (
    AuthorDraft,
    Credentials,
    DriftError,
    Known,
    Login,
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
from extractors.values import count, instant, instant_or_none, listed, member, words

SOURCE: Final = SourceType(
    title="Bluesky search",
    url="https://docs.bsky.app/docs/api/app-bsky-feed-search-posts",
    terms_url="https://docs.bsky.app/docs/support/developer-guidelines",
    kind="post",
    rate=5.0,  # 3,000 requests in five minutes and address are allowed
    window="search",
    default_url="https://bsky.social",
    secrets=("handle", "app_password"),
)
_INSTANCE: Final = "bsky.app"  # one network, whichever server is asked
_WITHHELD: Final = frozenset(("!no-unauthenticated", "!hide", "!takedown"))
_CAP: Final = 1_000
"""Search that ends below its own hitsTotal after so many posts was cut."""
_POST: Final = "app.bsky.feed.post"
_URI = re.compile(r"at://(did:[a-z0-9:._%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9:._~-]+)")


def login(query: Query, secrets: Mapping[str, str]) -> Login:
    """A session for the user's handle and app password."""
    asked = {"identifier": secrets["handle"], "password": secrets["app_password"]}
    return Login(url=f"{query.url}/xrpc/com.atproto.server.createSession", json=asked)


def credentials(query: Query, secrets: Mapping[str, str], answer: Response | None) -> Credentials:
    """The session's token, for the PDS alone. Raises DriftError when there is none."""
    token = member(answer.json(), "accessJwt") if answer else None
    if not isinstance(token, str):
        raise DriftError(f"{query.url} gives no session; check the handle and app password of {query.source_id!r}")
    return Credentials(hosts=(instance_of(query.url),), headers={"authorization": f"Bearer {token}"})


def seed(query: Query, window: Window) -> list[Request]:
    """The newest posts of the window that match."""
    asked = {"q": query.text or "*", "sort": "latest", "limit": "100", "since": _stamp(window.since_at)}
    return [_ask(query, "feed.searchPosts", [*asked.items(), ("until", _stamp(window.end_at))], {})]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """The posts again, 25 at a time; one that is missing in the answer is gone."""
    names = [post.native_id for post in known if post.instance == _INSTANCE]
    return [_ask_posts(query, some, {"asked": " ".join(some)}) for some in _by_25(names)]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of search, a thread, profiles, or posts asked by name."""
    found = response.json()
    if isinstance(member(found, "thread"), dict):
        views, tombs = _branches(found["thread"])
        return _page(views, request, response, window, deleted=tombs)
    if isinstance(member(found, "profiles"), list):
        return Page(next_requests=_ask_authors_posts(request, response.query, found["profiles"]))
    if not isinstance(member(found, "posts"), list):
        raise DriftError(f"{response.url} has no posts, thread or profiles: {str(found)[:120]}")
    if "asked" in request.context:
        return _page(found["posts"], request, response, window, deleted=_missing(request, found["posts"]))
    return _search(request, response, window, found)


def _search(request: Request, response: Response, window: Window, found: dict[str, Any]) -> Page:
    """A page of search; the next one is asked first, so that posts read with their authors' counts come last."""
    views, cursor = found["posts"], found.get("cursor")
    seen = int(request.context.get("seen", 0)) + len(views)
    newest = max(filter(None, map(_when, views)), default=None)
    asked = list[Request]()
    if isinstance(cursor, str) and cursor and views and not (newest is not None and newest < window.since_at):
        url = f"{request.url.partition('&cursor=')[0]}&{urlencode({'cursor': cursor})}"
        asked.append(Request(url=url, context={"seen": str(seen)}, accept=request.accept))
    inside = [view for view in views if _is_inside(view, window) and not _is_withheld(view)]
    asked += [*_threads(response.query, inside), *_profiles(response.query, inside)]
    is_capped = not cursor and seen >= _CAP and (count(found, "hitsTotal") or 0) > seen
    return _page(views, request, response, window, asked=asked, is_capped=is_capped)


def _page(
    views: Iterable[Any],
    request: Request,
    response: Response,
    window: Window,
    *,
    asked: Sequence[Request] = (),
    deleted: Sequence[str] = (),
    is_capped: bool = False,
) -> Page:
    views = list(views)
    people = json.loads(request.context.get("people", "{}"))
    withheld = [view for view in views if _is_withheld(view)]
    posts, refused = read_each(
        [view for view in views if not _is_withheld(view)],
        lambda view: _draft(view, window, people), lambda view: view["uri"],
    )  # fmt: skip
    return Page(
        posts=posts, refused=refused, next_requests=tuple(asked), deleted=tuple(deleted), is_capped=is_capped,
        withheld=tuple(str(view.get("uri")) for view in withheld if _is_inside(view, window)),
    )  # fmt: skip


def _draft(view: Any, window: Window, people: Mapping[str, Sequence[int | None]]) -> PostDraft:
    record, author = view["record"], view["author"]
    did = str(author["did"])
    parent, root = member(record, "reply", "parent", "uri"), member(record, "reply", "root", "uri")
    created_at = _when(view) or instant(record["createdAt"])
    langs = record.get("langs")
    return PostDraft(
        native_id=_name(view["uri"]), instance=_INSTANCE, kind="reply" if parent else "post", url=_page_of(view["uri"]),
        text=words(record["text"]), created_at=created_at, author=_author(author, people.get(did)),
        parent=_name(parent) if parent else None, thread=_name(root) if root else _name(view["uri"]),
        position=None if parent else 0, lang=str(langs[0]) if isinstance(langs, list) and len(langs) == 1 else None,
        quoted_url=_quoted(view), like_count=count(view, "likeCount"), reply_count=count(view, "replyCount"),
        share_count=count(view, "repostCount"), is_context=not window.holds(created_at),
    )  # fmt: skip


def _author(author: Any, counts: Sequence[int | None] | None) -> AuthorDraft:
    followers, following, posts = counts or (None, None, None)
    return AuthorDraft(
        handle=str(author["handle"]), key=str(author["did"]), instance=_INSTANCE, name=line(author.get("displayName")),
        profile_url=f"https://bsky.app/profile/{author['did']}",
        follower_count=followers, following_count=following, post_count=posts,
    )  # fmt: skip


def _branches(thread: Any) -> tuple[list[Any], list[str]]:
    """Posts of a thread, above and below the one asked, and the names of those that are gone."""
    views, tombs, heads = list[Any](), list[str](), [thread]
    while heads:
        node = heads.pop()
        if not isinstance(node, dict):
            continue
        if node.get("notFound") is True or str(node.get("$type", "")).endswith("#notFoundPost"):
            tombs += _names([node])
        if isinstance(node.get("post"), dict):
            views.append(node["post"])
        heads += [node.get("parent"), *listed(node.get("replies"))]
    return views, tombs


def _threads(query: Query, views: Sequence[Any]) -> list[Request]:
    """One request a thread that has more posts than these, named by its first post."""
    talks = [view for view in views if count(view, "replyCount") or member(view, "record", "reply")]
    found = ((str(member(view, "record", "reply", "root", "uri")), view["uri"]) for view in talks)
    roots = dict.fromkeys(root if _URI.fullmatch(root) else uri for root, uri in found)
    return [_ask(query, "feed.getPostThread", [("uri", root), ("depth", "100")], {}) for root in roots]


def _profiles(query: Query, views: Sequence[Any]) -> list[Request]:
    """Profiles of the authors; the context keeps one post of each."""
    posts = {name.partition("/")[0]: name for name in _names(views)}
    return [
        _ask(
            query,
            "actor.getProfiles",
            [("actors", did) for did in some],
            {"posts": " ".join(map(posts.__getitem__, some))},
        )
        for some in _by_25(list(posts))
    ]


def _ask_authors_posts(request: Request, query: Query, profiles: Sequence[Any]) -> tuple[Request, ...]:
    """One post of each author, to be read with the counts of these profiles."""
    people = {
        str(member(one, "did")): [count(one, name) for name in ("followersCount", "followsCount", "postsCount")]
        for one in profiles
    }
    names = [name for name in request.context.get("posts", "").split() if name.partition("/")[0] in people]
    told = {"asked": " ".join(names), "people": json.dumps(people, sort_keys=True)}
    return (_ask_posts(query, names, told),) if names else ()


def _missing(request: Request, views: Sequence[Any]) -> list[str]:
    there = set(_names(views))
    return [name for name in request.context["asked"].split() if name not in there]


def _names(nodes: Iterable[Any]) -> list[str]:
    uris = (str(member(node, "uri")) for node in nodes)
    return [_name(uri) for uri in uris if _URI.fullmatch(uri)]


def _ask_posts(query: Query, names: Sequence[str], told: Mapping[str, str]) -> Request:
    uris = ["at://" + name.replace("/", f"/{_POST}/") for name in names]
    return _ask(query, "feed.getPosts", [("uris", uri) for uri in uris], told)


def _ask(query: Query, method: str, parameters: Sequence[tuple[str, str]], told: Mapping[str, str]) -> Request:
    url = f"{query.url}/xrpc/app.bsky.{method}?{urlencode(parameters)}"
    return Request(url=url, context=told, accept="application/json")


def _by_25(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + 25] for start in range(0, len(names), 25)]


def _is_withheld(view: Any) -> bool:
    labels = [*listed(member(view, "labels")), *listed(member(view, "author", "labels"))]
    labels += listed(member(view, "record", "labels", "values"))
    return any(str(member(label, "val")) in _WITHHELD and not member(label, "neg") for label in labels)


def _is_inside(view: Any, window: Window) -> bool:
    when = _when(view)
    return when is not None and window.holds(when) and bool(_names([view]))


def _when(view: Any) -> datetime | None:
    stamps = (instant_or_none(member(view, "record", "createdAt")), instant_or_none(member(view, "indexedAt")))
    return min(filter(None, stamps), default=None)


def _quoted(view: Any) -> str | None:
    """Page of the post quoted; None when its author took it out of the quote."""
    embed = member(view, "record", "embed")
    uri = member(embed, "record", "uri") or member(embed, "record", "record", "uri")
    shown = member(view, "embed", "record", "record") or member(view, "embed", "record")
    is_detached = str(member(shown, "$type")).endswith("#viewDetached")
    return _page_of(uri) if _URI.fullmatch(str(uri)) and not is_detached else None


def _name(uri: Any) -> str:
    """did/rkey of an at:// address. Raises ValueError when it is not one."""
    found = _URI.fullmatch(str(uri))
    if not found:
        raise ValueError(f"{uri!r} names no post")
    return f"{found[1]}/{found[2]}"


def _page_of(uri: str) -> str:
    did, _, key = _name(uri).partition("/")
    return f"https://bsky.app/profile/{did}/post/{key}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
