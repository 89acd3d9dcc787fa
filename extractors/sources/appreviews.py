"""Reviews of an app in Apple's store: the query is the app's number, option `country` its store (fr): one source each.

A store lists its newest 500 reviews, 50 a page, as Atom; its JSON says the same but often leaves the dates out, so
XML is asked and both are read. A review without a date keeps the moment it was first seen (`fetched`). A date is that
of the last edit; when it was first published is not told. Stars become 0 to 1 (five is 1). `im:voteSum` of
`im:voteCount` people found the review helpful: the sum is its likes. Replies, shares and views are not told.
No review can be asked for alone: to observe those of earlier nights, the listing is read again back to the oldest of
them; that a review is gone is not noticed, nor what is beyond the newest 500.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from extractors.address import instance_of
from extractors.feedxml import parsed
from extractors.sightings import first_seen
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
from extractors.text import clean, line

SOURCE: Final = SourceType(
    title="Apple App Store reviews",
    url="https://developer.apple.com/app-store/ratings-and-reviews/",
    terms_url="https://www.apple.com/legal/internet-services/itunes/",
    kind="review",
    rate=0.5,
    window="newest",
    lookback_days=2,
    expected_per_day=(0, 500),
    default_url="https://itunes.apple.com",
    is_observed_by_listing=True,
    options={"country": "fr"},
)
_ATOM = "{http://www.w3.org/2005/Atom}"
_IM = "{http://itunes.apple.com/rss}"
_APP = re.compile(r"/(\w+)/app/id(\d+)")
_LAST_PAGE = 10
"""Apple answers an error beyond page 10: 500 reviews."""


@dataclass(frozen=True)
class _Entry:
    """A review as either form of the feed gives it; '' for what is not there."""

    id: str
    title: str
    content: str
    updated: str
    rating: str
    author: str
    author_url: str
    votes: str


def seed(query: Query, window: Window) -> list[Request]:
    """The store's newest 50."""
    return [_ask(query, str(SOURCE.option(query, "country")).lower(), query.text, 1)]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """The listing of each app and country that reviews are about, back to the oldest of them."""
    oldest: dict[tuple[str, str], datetime] = {}
    for post in known:
        if found := _APP.search(post.url or ""):
            place = (found[1], found[2])
            oldest[place] = min(oldest.get(place, post.created_at), post.created_at)
    return [_ask(query, country, app, 1, since.isoformat()) for (country, app), since in oldest.items()]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of reviews, and the next one while it may hold some of the window."""
    entries = _from_json(response) if response.text.lstrip().startswith("{") else _from_xml(response)
    country, app = request.context.get("country", ""), request.context.get("app") or response.query.text
    posts, refused = read_each(
        entries, lambda entry: _draft(entry, response, window, (country, app)),
        lambda entry: entry.id or entry.title,
    )  # fmt: skip
    dates = [post.created_at for post in posts if post.created_precision != "fetched"]
    listed_from, number = min(dates, default=None), int(request.context.get("page", "1"))
    again = request.context.get("since", "")
    since = datetime.fromisoformat(again) if again else window.since_at
    is_wanted = bool(entries) and number < _LAST_PAGE and (listed_from is None or listed_from >= since)
    return Page(
        posts=posts, refused=refused, listed_from=listed_from, is_end=not entries,
        next_requests=(_ask(response.query, country, app, number + 1, again),) if is_wanted else (),
    )  # fmt: skip


def _ask(query: Query, country: str, app: str, number: int, since: str = "") -> Request:
    """A page of an app's reviews; `since` = how far back to go, where it is not the window that says it."""
    path = f"{quote(country, safe='')}/rss/customerreviews/page={number}/id={quote(app, safe='')}"
    again = {"app": app, "since": since} if since else {}
    return Request(
        url=f"{query.url}/{path}/sortby=mostrecent/xml", context={"country": country, "page": str(number), **again},
        accept="application/atom+xml, application/xml;q=0.9",
    )  # fmt: skip


def _from_xml(response: Response) -> list[_Entry]:
    root = parsed(response.body, response.url)
    if root.tag != f"{_ATOM}feed":
        raise DriftError(f"{response.url} is no feed of reviews: its root is {str(root.tag)[:60]!r}")
    found = []
    for entry in root.iter(f"{_ATOM}entry"):
        contents = [node for node in entry.findall(f"{_ATOM}content") if node.get("type", "text") == "text"]
        found.append(_Entry(
            id=entry.findtext(f"{_ATOM}id") or "", title=entry.findtext(f"{_ATOM}title") or "",
            content=(contents[0].text or "") if contents else "", updated=entry.findtext(f"{_ATOM}updated") or "",
            rating=entry.findtext(f"{_IM}rating") or "", author=entry.findtext(f"{_ATOM}author/{_ATOM}name") or "",
            author_url=entry.findtext(f"{_ATOM}author/{_ATOM}uri") or "", votes=entry.findtext(f"{_IM}voteSum") or "",
        ))  # fmt: skip
    return _reviews(found)


def _from_json(response: Response) -> list[_Entry]:
    found = response.json()
    feed = found.get("feed")
    if not isinstance(feed, dict):
        raise DriftError(f"{response.url} has no feed")
    entries = feed.get("entry") or []
    author = "author"
    return _reviews(
        _Entry(
            id=_label(e, "id"), title=_label(e, "title"), content=_label(e, "content"), updated=_label(e, "updated"),
            rating=_label(e, "im:rating"), author=_label(e, author, "name"), author_url=_label(e, author, "uri"),
            votes=_label(e, "im:voteSum"),
        )
        for e in (entries if isinstance(entries, list) else [entries])  # a page of one review is no list
    )  # fmt: skip


def _reviews(entries: Iterable[_Entry]) -> list[_Entry]:
    """Without the app itself, which older answers list first: it has neither rating nor author's page of reviews."""
    return [entry for entry in entries if entry.rating or "/reviews/" in entry.author_url]


def _label(item: Any, *path: str) -> str:
    for step in (*path, "label"):
        item = item.get(step) if isinstance(item, dict) else None
    return item if isinstance(item, str) else ""


def _draft(entry: _Entry, response: Response, window: Window, place: tuple[str, str]) -> PostDraft:
    if not entry.id:
        raise ValueError("no id")
    created_at, precision = _created_at(entry.updated, response, window)
    host, (country, app) = instance_of(response.query.url) or "itunes.apple.com", place
    name, votes = line(entry.author), entry.votes.strip()
    return PostDraft(
        native_id=entry.id.strip(), instance=host, kind="review", text=clean(entry.content), title=line(entry.title),
        url=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews" if country and app else None,
        author=AuthorDraft(
            handle=name, key=entry.author_url.rpartition("/id")[2], name=name, profile_url=entry.author_url or None
        ) if name else None,
        created_at=created_at, created_precision=precision, rating=_rating(entry.rating), position=0,
        like_count=int(votes) if votes.isdecimal() else None,
    )  # fmt: skip


def _created_at(stamp: str, response: Response, window: Window) -> tuple[datetime, str]:
    if not stamp.strip():
        return first_seen(response.fetched_at, window), "fetched"
    found = datetime.fromisoformat(stamp.strip())
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC), "second"


def _rating(stars: str) -> float:
    if stars.strip() not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"rating {stars!r} is not 1 to 5 stars")
    return int(stars) / 5
