"""Reddit through its OAuth interface, with a key of the operator's own that Reddit has approved (application only).

A query is a community (`r/cafe`): its newest posts and its newest comments; a search in one (`r/cafe mug isotherme`);
or a search everywhere: posts found, newest first, and their comments. Every listing ends after about 1,000 entries:
when these do not reach back to the window, the day is truncated and says so. Of a post that a search found, comments
not shown at once are asked in up to `more_requests` (3) portions of 100; what is left is set aside with that reason.
Communities and posts for adults are left out unless option `over_18` is true, and so are quarantined ones.
`score` is votes up less votes down: unknown while hidden or below zero. Posts tell comments, and crossposts as shares;
comments tell no replies; views are not told. "[deleted]" and "[removed]" are deletions. Free: 100 requests a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from extractors.address import instance_of
from extractors.allowed import COUNT_OR_NONE
from extractors.source import (
    AuthorDraft,
    Credentials,
    DriftError,
    Known,
    Login,
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
from extractors.text import clean, html_to_text

SOURCE: Final = SourceType(
    title="Reddit",
    url="https://www.reddit.com/dev/api/",
    terms_url="https://redditinc.com/policies/data-api-terms",
    kind="comment",
    rate=1.0,
    window="newest",
    lookback_days=1,
    expected_per_day=(0, 50_000),
    secrets=("client_id", "client_secret"),
    default_url="https://oauth.reddit.com",
    options={"more_requests": 3, "over_18": False, "thread_days": 7},
    allowed={"more_requests": COUNT_OR_NONE},
)
_INSTANCE = "www.reddit.com"
_CAP = 900
"""Reddit's listings stop at about 1,000 entries, less those that were removed."""
_CLOSED = frozenset(("private", "employees_only", "gold_only"))
_GONE = frozenset(("[deleted]", "[removed]", "[ Removed by Reddit ]", "[deleted by user]"))


def seed(query: Query, window: Window) -> list[Request]:
    """The newest posts and comments of a community, or of a search."""
    community, _, words = query.text.partition(" ")
    if not community.lower().startswith("r/"):
        return [_listing(query, "search", "found", q=query.text, sort="new", type="link")]
    path = f"r/{quote(community[2:], safe='+')}"
    if words:
        return [_listing(query, f"{path}/search", "found", q=words, sort="new", type="link", restrict_sr="1")]
    return [_listing(query, f"{path}/new", "posts"), _listing(query, f"{path}/comments", "comments")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of a listing, a post with its comments, or more of these."""
    found = response.json()
    step = request.context.get("step", "info")
    if isinstance(found, dict) and isinstance(found.get("json"), dict):  # morechildren
        things = (found["json"].get("data") or {}).get("things")
        found = {"kind": "Listing", "data": {"children": things}}
    listings = found if isinstance(found, list) else [found]
    things = [thing for listing in listings for thing in _children(listing, response)]
    flat = list(_flat(things))
    posts, refused = read_each(
        flat, lambda thing: _draft(thing, response.query, window), lambda thing: thing["data"]["name"]
    )
    refused += _unasked(request, flat, response.query)
    remaining, reset = (response.headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset"))
    return Page(
        posts=posts, refused=refused, deleted=(*_deleted(flat), *_missing(request, flat)),
        next_requests=(*_next(request, response, listings, posts, window), *_talk(request, response, flat, window)),
        listed_from=_listed_from(posts) if step in ("found", "comments") else None,
        is_end=step in ("found", "comments") and _is_end(request, listings),
        wait_seconds=float(reset or 0) if remaining and float(remaining) < 1 else 0.0,
    )  # fmt: skip


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Posts and comments of earlier nights again, a hundred at a time."""
    ids = [post.native_id for post in known]
    return [_info(query, ids[i : i + 100]) for i in range(0, len(ids), 100)]


def login(query: Query, secrets: Mapping[str, str]) -> Login:
    """An hour's token for the application; no person's account is involved."""
    is_reddit = instance_of(query.url) == "oauth.reddit.com"
    return Login(
        url=f"{f'https://{_INSTANCE}' if is_reddit else query.url}/api/v1/access_token",
        form={"grant_type": "client_credentials"}, basic=(secrets["client_id"], secrets["client_secret"]),
    )  # fmt: skip


def credentials(query: Query, secrets: Mapping[str, str], answer: Response | None) -> Credentials:
    """The token. Raises DriftError when the login gave none."""
    found = answer.json() if answer else None
    token = found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str):
        raise DriftError("the login gives no access_token; check the secrets client_id and client_secret")
    return Credentials(hosts=(instance_of(query.url),), headers={"Authorization": f"bearer {token}"})


def _listing(query: Query, path: str, step: str, seen: int = 0, **words: str) -> Request:
    asked = {**words, "limit": "100", "raw_json": "1"}
    if SOURCE.option(query, "over_18") and path.endswith("search"):
        asked["include_over_18"] = "on"
    return Request(
        url=f"{query.url}/{path}?{urlencode(asked)}", context={"step": step, "seen": str(seen)},
        accept="application/json",
    )  # fmt: skip


def _info(query: Query, ids: Sequence[str]) -> Request:
    url = f"{query.url}/api/info?{urlencode({'id': ','.join(ids), 'raw_json': '1'}, safe=',')}"
    return Request(url=url, context={"step": "info", "known": ",".join(ids)}, accept="application/json")


def _children(listing: Any, response: Response) -> list[Any]:
    data = listing.get("data") if isinstance(listing, dict) and listing.get("kind") == "Listing" else None
    children = data.get("children") if isinstance(data, dict) else None
    if not isinstance(children, list):
        kind = listing.get("kind") or listing.get("message") if isinstance(listing, dict) else type(listing).__name__
        raise DriftError(f"{response.url} answers {str(kind)[:60]} where a listing was expected")
    return children


def _flat(things: Sequence[Any]) -> Iterator[Any]:
    """Posts, comments and "more" in reading order; walks without recursion, so that depth is no danger."""
    stack = list(reversed(things))
    while stack:
        thing = stack.pop()
        yield thing
        data = thing.get("data") if isinstance(thing, dict) else None
        replies = data.get("replies") if isinstance(data, dict) else None
        below = (replies.get("data") or {}).get("children") if isinstance(replies, dict) else None
        stack += reversed(below or [])


def _draft(thing: Any, query: Query, window: Window) -> PostDraft | None:
    data = thing["data"]
    if thing["kind"] not in ("t1", "t3") or _is_gone(thing) or data.get("promoted"):
        return None
    is_hidden = data.get("over_18") and not SOURCE.option(query, "over_18")
    if is_hidden or data.get("quarantine") or data.get("subreddit_type") in _CLOSED:
        return None
    return _comment(data, window) if thing["kind"] == "t1" else _post(data, window)


def _post(data: Any, window: Window) -> PostDraft:
    created_at, title = _instant(data["created_utc"]), _plain(data["title"])
    original = (data.get("crosspost_parent_list") or [{}])[0].get("permalink")
    return PostDraft(
        native_id=str(data["name"]), instance=_INSTANCE, kind="topic", url=f"https://{_INSTANCE}{data['permalink']}",
        title=title, thread_title=title, text=_text(data, "selftext"), author=_author(data), created_at=created_at,
        edited_at=_instant(data["edited"]) if _is_stamp(data.get("edited")) else None,
        thread=str(data["name"]), position=0, quoted_url=f"https://{_INSTANCE}{original}" if original else None,
        like_count=None if data.get("hide_score") else _count(data, "score"),
        reply_count=_count(data, "num_comments"), share_count=_count(data, "num_crossposts"),
    )  # fmt: skip


def _comment(data: Any, window: Window) -> PostDraft:
    created_at, link = _instant(data["created_utc"]), str(data["link_id"])
    place = data.get("permalink") or f"/comments/{link.removeprefix('t3_')}/_/{data['id']}/"
    return PostDraft(
        native_id=str(data["name"]), instance=_INSTANCE, kind="comment", url=f"https://{_INSTANCE}{place}",
        thread_title=_plain(data.get("link_title")), text=_text(data, "body"), author=_author(data),
        created_at=created_at, edited_at=_instant(data["edited"]) if _is_stamp(data.get("edited")) else None,
        thread=link, parent=str(data["parent_id"]),
        like_count=None if data.get("score_hidden") else _count(data, "score"),
    )  # fmt: skip


def _plain(words: str | None) -> str | None:
    """A title on one line; `raw_json` gives it without entities, so that "<" is what the person typed."""
    return " ".join(clean(words or "").split()) or None


def _text(data: Any, name: str) -> str:
    markup = data.get(f"{name}_html")
    return html_to_text(markup) if markup else clean(data[name])


def _author(data: Any) -> AuthorDraft | None:
    name = data.get("author")
    if not name or name == "[deleted]":
        return None
    return AuthorDraft(handle=str(name), profile_url=f"https://{_INSTANCE}/user/{quote(str(name))}")


def _is_gone(thing: Any) -> bool:
    data = thing["data"]
    words = data.get("body") if thing["kind"] == "t1" else data.get("selftext")
    return words in _GONE or bool(data.get("removed_by_category"))


def _deleted(flat: Sequence[Any]) -> list[str]:
    things = [t for t in flat if isinstance(t, dict) and isinstance(t.get("data"), dict) and "name" in t["data"]]
    return [str(t["data"]["name"]) for t in things if t.get("kind") in ("t1", "t3") and _is_gone(t)]


def _missing(request: Request, flat: Sequence[Any]) -> list[str]:
    """What was asked by name and is not in the answer."""
    there = {thing["data"].get("name") for thing in flat if isinstance(thing, dict) and "data" in thing}
    return [name for name in request.context.get("known", "").split(",") if name and name not in there]


def _listed_from(posts: Sequence[PostDraft]) -> datetime | None:
    dates = [post.created_at for post in posts]
    return min(dates[len(dates) // 2 :], default=None)  # a post pinned on top may be old


def _is_end(request: Request, listings: Sequence[Any]) -> bool:
    seen = int(request.context.get("seen", "0")) + len(listings[0]["data"]["children"])
    return not listings[0]["data"].get("after") and seen < _CAP


def _next(
    request: Request, response: Response, listings: Sequence[Any], posts: Sequence[PostDraft], window: Window
) -> Iterator[Request]:
    """The following page of a listing while it may hold some of the window, or posts whose talk may go on in it."""
    step, after = request.context.get("step", ""), listings[0]["data"].get("after")
    if step not in ("found", "posts", "comments") or not after:
        return
    oldest = _listed_from(posts)
    if oldest is None or oldest >= _talk_since(response.query, window, step):
        url = urlsplit(request.url)
        words = {name: values[0] for name, values in parse_qs(url.query).items()} | {"after": str(after)}
        seen = int(request.context.get("seen", "0")) + len(listings[0]["data"]["children"])
        yield Request(
            url=url._replace(query=urlencode(words)).geturl(), context={"step": step, "seen": str(seen)},
            accept=request.accept,
        )  # fmt: skip


def _talk_since(query: Query, window: Window, step: str) -> datetime:
    days = int(SOURCE.option(query, "thread_days")) if step == "found" else 0
    return window.since_at - timedelta(days=days)


def _talk(request: Request, response: Response, flat: Sequence[Any], window: Window) -> Iterator[Request]:
    """Comments of the posts that a search found, and those that a page of comments does not show at once."""
    step, query = request.context.get("step", ""), response.query
    data = [(thing.get("kind"), thing.get("data") or {}) for thing in flat if isinstance(thing, dict)]
    if step == "found":
        since = _talk_since(query, window, step)
        for kind, told in data:
            if kind == "t3" and told.get("num_comments") and _instant(told.get("created_utc", 0)) >= since:
                url = f"{query.url}/comments/{told['id']}?limit=500&sort=new&raw_json=1"
                yield Request(url=url, context={"step": "talk", "post": f"t3_{told['id']}"}, accept=request.accept)
    if step == "talk":
        for batch in _batches(data)[: int(SOURCE.option(query, "more_requests"))]:
            words = {"api_type": "json", "link_id": request.context["post"], "children": ",".join(batch),
                     "sort": "new", "raw_json": "1"}  # fmt: skip
            url = f"{query.url}/api/morechildren?{urlencode(words, safe=',')}"
            yield Request(url=url, context={"step": "more", "post": request.context["post"]}, accept=request.accept)


def _batches(data: Sequence[tuple[Any, Any]]) -> list[list[str]]:
    ids = [str(name) for kind, told in data if kind == "more" for name in told.get("children") or []]
    return [ids[i : i + 100] for i in range(0, len(ids), 100)]


def _unasked(request: Request, flat: Sequence[Any], query: Query) -> tuple[Refused, ...]:
    """What stays unread of a long conversation."""
    step, post = request.context.get("step"), request.context.get("post", "")
    data = [(thing.get("kind"), thing.get("data") or {}) for thing in flat if isinstance(thing, dict)]
    most = int(SOURCE.option(query, "more_requests")) if step == "talk" else 0
    left = sum(len(batch) for batch in _batches(data)[most:]) if step in ("talk", "more") else 0
    return (Refused(item=post, reason=f"{left} more comments not asked, see option more_requests"),) if left else ()


def _is_stamp(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _count(data: Any, name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and value >= 0 else None


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
