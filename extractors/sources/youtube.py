"""YouTube comments through the Data API v3, with the operator's own key.

A query is `video:<id>`, `channel:<id>` (every comment on a channel's videos), or words: videos published in the last
`video_days` (30) are searched, newest first, `search_pages` (1) of 50, for 100 units a page of the 10,000 a day; all
other requests cost one. A video is a post itself: its title, and its description as text. Threads are read newest
first, `thread_days` (7) beyond the window, so that new replies to older comments are seen; all replies are read.
Views, likes and comments of a video are what YouTube shows; likes that an owner hides are unknown. Comments tell likes;
top-level ones their replies. Shares are not told. Where comments are switched off, the video is set aside with that
reason. The terms ask to refresh or delete what is stored after 30 days: observation does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from extractors.address import instance_of
from extractors.source import (
    AuthorDraft,
    Credentials,
    DriftError,
    Known,
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
from extractors.text import clean, html_to_text, line

SOURCE: Final = SourceType(
    title="YouTube comments",
    url="https://developers.google.com/youtube/v3/docs/commentThreads",
    terms_url="https://developers.google.com/youtube/terms/api-services-terms-of-service",
    kind="comment",
    rate=5.0,
    window="search",
    expected_per_day=(0, 100_000),
    secrets=("key",),
    daily_quota=10_000,
    default_url="https://www.googleapis.com",
    has_references=True,
    options={"search_pages": 1, "thread_days": 7, "video_days": 30},
)
_INSTANCE = "www.youtube.com"
_SEARCH_COST = 100
_SPENT = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_CLOSED: Final = {"commentsDisabled": "its comments are switched off", "videoNotFound": "the video is gone"}
"""Reasons of https://developers.google.com/youtube/v3/docs/commentThreads/list#errors that are no loss."""


def seed(query: Query, window: Window) -> list[Request]:
    """The video named, the channel's newest threads, or a search for videos."""
    sort, _, name = query.text.partition(":")
    if sort == "video" and name:
        return [_videos(query, [name])]
    if sort == "channel" and name:
        return [_threads(query, {"allThreadsRelatedToChannelId": name})]
    since = window.since_at - timedelta(days=int(SOURCE.option(query, "video_days")))
    words = {
        "part": "snippet", "type": "video", "q": query.text, "order": "date", "maxResults": "50",
        "publishedAfter": f"{since:%Y-%m-%dT%H:%M:%SZ}", "publishedBefore": f"{window.end_at:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    if len(query.languages) == 1:
        words["relevanceLanguage"] = query.languages[0]
    return [_ask(query, "search", words, {"page": "1"}, _SEARCH_COST)]


def parse(request: Request, response: Response, window: Window) -> Page:
    """Videos found, videos, threads, or the replies to one."""
    found = response.json()
    if isinstance(found, dict) and "error" in found:
        return _error(found["error"], request, response)
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise DriftError(f"{response.url} has no items")
    kind = str(found.get("kind"))
    steps = {
        "youtube#searchListResponse": _found, "youtube#videoListResponse": _videos_page,
        "youtube#commentThreadListResponse": _threads_page, "youtube#commentListResponse": _comments_page,
    }  # fmt: skip
    if kind not in steps:
        raise DriftError(f"{response.url} answers a {kind}, which holds no comments")
    return steps[kind](request, response, window, found)


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """Videos and comments of earlier nights again, fifty at a time; one that is not there was deleted."""
    videos = [post.native_id for post in known if post.kind == "post"]
    comments = {post.native_id: _video_of(post.url or "") for post in known if post.kind != "post"}
    asked = [_videos(query, videos[i : i + 50], is_observed=True) for i in range(0, len(videos), 50)]
    for i in range(0, len(comments), 50):
        some = dict(list(comments.items())[i : i + 50])
        words = {"part": "snippet", "id": ",".join(some)}
        asked.append(_ask(query, "comments", words, {"known": ",".join(some), "videos": json.dumps(some)}))
    return asked


def credentials(query: Query, secrets: Mapping[str, str], answer: Response | None) -> Credentials:
    """The key, as a header: addresses never carry it."""
    return Credentials(hosts=(instance_of(query.url),), headers={"X-Goog-Api-Key": secrets["key"]})


def _ask(query: Query, what: str, words: Mapping[str, str], context: Mapping[str, str], cost: int = 1) -> Request:
    return Request(
        url=f"{query.url}/youtube/v3/{what}?{urlencode(words, safe=',')}", accept="application/json", cost=cost,
        context=context, closed_by=_CLOSED,
    )  # fmt: skip


def _videos(query: Query, ids: Sequence[str], *, is_observed: bool = False) -> Request:
    words = {"part": "snippet,statistics", "id": ",".join(ids), "maxResults": "50"}
    return _ask(query, "videos", words, {"known": ",".join(ids)} if is_observed else {})


def _threads(query: Query, scope: Mapping[str, str], **context: str) -> Request:
    words = {"part": "snippet,replies", "order": "time", "maxResults": "100", **scope}
    return _ask(query, "commentThreads", words, context)


def _turned(request: Request, response: Response, token: str, cost: int = 1, **context: str) -> Request:
    """The same request for its following page."""
    url = urlsplit(request.url)
    words = {name: values[0] for name, values in parse_qs(url.query).items()}
    what = url.path.rpartition("/")[2]
    return _ask(response.query, what, {**words, "pageToken": token}, {**request.context, **context}, cost)


def _error(error: Any, request: Request, response: Response) -> Page:
    details = error.get("errors") if isinstance(error, dict) else None
    reasons = {str(detail.get("reason")) for detail in details or [] if isinstance(detail, dict)}
    if reasons & _SPENT:
        return Page(is_quota_spent=True)
    if "commentsDisabled" in reasons:
        return Page(refused=(Refused(item=request.context.get("video", request.url), reason="comments switched off"),))
    message = line(error.get("message")) if isinstance(error, dict) else None
    raise DriftError(f"{response.url} answers an error, {', '.join(sorted(reasons)) or 'no reason'}: {message}")


def _found(request: Request, response: Response, window: Window, found: Any) -> Page:
    ids = [item["id"]["videoId"] for item in found["items"] if "videoId" in (item.get("id") or {})]
    asked = [_videos(response.query, ids)] if ids else []
    number, token = int(request.context.get("page", "1")), found.get("nextPageToken")
    if token and number < int(SOURCE.option(response.query, "search_pages")):
        asked.append(_turned(request, response, token, _SEARCH_COST, page=str(number + 1)))
    return Page(next_requests=tuple(asked))


def _videos_page(request: Request, response: Response, window: Window, found: Any) -> Page:
    posts, refused = read_each(found["items"], lambda item: _video(item, window), lambda item: item["id"])
    deleted = _missing(request, found)
    if "known" in request.context:
        return Page(posts=posts, refused=refused, deleted=deleted)
    counted = {str(item.get("id")) for item in found["items"] if isinstance(item, dict) and item.get("statistics")}
    closed = (
        Refused(item=post.native_id, reason="comments switched off")
        for post in posts
        if post.reply_count is None and post.native_id in counted
    )
    asked = tuple(
        _threads(response.query, {"videoId": post.native_id}, video=post.native_id, title=post.title or "")
        for post in posts
        if post.reply_count
    )
    there = {str(item.get("id")) for item in found["items"] if isinstance(item, dict)}
    gone = (
        Refused(item=name, reason="no such video: it is gone, or private")
        for name in parse_qs(urlsplit(request.url).query).get("id", [""])[0].split(",")
        if name and name not in there
    )
    return Page(posts=posts, refused=(*refused, *closed, *gone), next_requests=asked)


def _threads_page(request: Request, response: Response, window: Window, found: Any) -> Page:
    drafts: list[PostDraft] = []
    refused: list[Refused] = []
    asked: list[Request] = []
    for thread in found["items"]:
        said = thread.get("snippet") or {}
        top, more = [said.get("topLevelComment")], (thread.get("replies") or {}).get("comments") or []
        video = str(said.get("videoId") or request.context.get("video", ""))
        context = {**request.context, "video": video}
        count = said.get("totalReplyCount")
        for items, replies in ((top, count), (more, None)):
            read = partial(_comment, told=context, window=window, replies=replies)
            posts, bad = read_each(items, read, lambda item: item["id"])
            drafts += posts
            refused += bad
        if isinstance(count, int) and count > len(more):
            words = {"part": "snippet", "parentId": str(thread["id"]), "maxResults": "100"}
            asked.append(_ask(response.query, "comments", words, context))
    since = window.since_at - timedelta(days=int(SOURCE.option(response.query, "thread_days")))
    dates = [draft.created_at for draft in drafts if not draft.parent or draft.parent == draft.thread]
    token = found.get("nextPageToken")
    if token and (not dates or min(dates[len(dates) // 2 :]) >= since):  # a pinned comment on top may be old
        asked.append(_turned(request, response, token))
    return Page(posts=tuple(drafts), refused=tuple(refused), next_requests=tuple(asked))


def _comments_page(request: Request, response: Response, window: Window, found: Any) -> Page:
    posts, refused = read_each(
        found["items"], lambda item: _comment(item, request.context, window, None), lambda item: item["id"]
    )
    token = found.get("nextPageToken")
    return Page(
        posts=posts, refused=refused, deleted=_missing(request, found),
        next_requests=(_turned(request, response, token),) if token else (),
    )  # fmt: skip


def _missing(request: Request, found: Any) -> tuple[str, ...]:
    there = {str(item.get("id")) for item in found["items"] if isinstance(item, dict)}
    return tuple(name for name in request.context.get("known", "").split(",") if name and name not in there)


def _video(item: Any, window: Window) -> PostDraft:
    said, counts = item["snippet"], item.get("statistics") or {}
    created_at = _instant(said["publishedAt"])
    title, channel = line(said["title"]), str(said["channelId"])
    return PostDraft(
        native_id=str(item["id"]), instance=_INSTANCE, kind="post", url=f"https://{_INSTANCE}/watch?v={item['id']}",
        text=clean(said.get("description") or ""), title=title, thread_title=title, position=0,
        author=AuthorDraft(
            handle=line(said.get("channelTitle")) or channel, key=channel, name=line(said.get("channelTitle")),
            profile_url=f"https://{_INSTANCE}/channel/{channel}",
        ),
        created_at=created_at, lang=said.get("defaultAudioLanguage") or said.get("defaultLanguage"),
        like_count=_count(counts, "likeCount"), reply_count=_count(counts, "commentCount"),
        view_count=_count(counts, "viewCount"),
    )  # fmt: skip


def _comment(item: Any, told: Mapping[str, str], window: Window, replies: Any) -> PostDraft | None:
    said, name = item["snippet"], str(item["id"])
    if said.get("moderationStatus", "published") != "published":
        return None
    created_at, updated_at = _instant(said["publishedAt"]), _instant(said.get("updatedAt") or said["publishedAt"])
    known = json.loads(told.get("videos", "{}"))
    video = said.get("videoId") or known.get(name) or told.get("video") or None
    original = said.get("textOriginal")
    parent = said.get("parentId") or video
    return PostDraft(
        native_id=name, instance=_INSTANCE, kind="reply" if said.get("parentId") else "comment", parent=parent,
        thread=video, thread_title=told.get("title") or None,
        url=f"https://{_INSTANCE}/watch?v={video}&lc={name}" if video else None,
        text=clean(original) if isinstance(original, str) else html_to_text(said["textDisplay"]),
        author=_author(said), created_at=created_at, edited_at=updated_at if updated_at > created_at else None,
        like_count=_count(said, "likeCount"), reply_count=replies if isinstance(replies, int) else None,
    )  # fmt: skip


def _author(said: Any) -> AuthorDraft | None:
    name, channel = line(said.get("authorDisplayName")), (said.get("authorChannelId") or {}).get("value") or ""
    if not name and not channel:
        return None
    return AuthorDraft(handle=name or channel, key=channel, name=name, profile_url=said.get("authorChannelUrl") or None)


def _video_of(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("v", [""])[0]


def _count(item: Any, name: str) -> int | None:
    """A count; YouTube writes those of videos as words. None where it is hidden."""
    value = item.get(name)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and value >= 0 else None


def _instant(stamp: str) -> datetime:
    found = datetime.fromisoformat(stamp)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
