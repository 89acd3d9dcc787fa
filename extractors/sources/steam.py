"""Reviews of a game or program on Steam: the query is its number in the store (`appid`).

Reviews are listed newest first, a hundred a page, and the whole past can be reached by cursor: paging goes on back to
the window. A thumb up is rating 1, down is 0. `votes_up`, how many found the review helpful, are its likes and
`comment_count` its replies; shares and views are not told. Where Steam prints "Product received for free" above a
review, that is its title here: the author's own words stay as they are. Played hours and the developer's answer are
left out. Authors are account numbers: names are not given. With one of `languages`, only its reviews are asked.
No review can be asked for alone: to observe those of earlier nights, the listing is read again back to the oldest of
them, at most 30 days; that a review is gone is not noticed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

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

SOURCE: Final = SourceType(
    title="Steam reviews",
    url="https://partner.steamgames.com/doc/store/getreviews",
    terms_url="https://steamcommunity.com/dev/apiterms",
    kind="review",
    rate=1.0,
    window="newest",
    lookback_days=2,
    expected_per_day=(0, 50_000),
    default_url="https://store.steampowered.com",
    is_observed_by_listing=True,
)
_LANGUAGES: Final = {
    "arabic": "ar", "brazilian": "pt", "bulgarian": "bg", "czech": "cs", "danish": "da", "dutch": "nl",
    "english": "en", "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "hungarian": "hu",
    "indonesian": "id", "italian": "it", "japanese": "ja", "koreana": "ko", "latam": "es", "norwegian": "no",
    "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "schinese": "zh", "spanish": "es",
    "swedish": "sv", "tchinese": "zh", "thai": "th", "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
"""Steam's names of languages: https://partner.steamgames.com/doc/store/localization/languages."""
_INSTANCE = "steamcommunity.com"
_APP = re.compile(r"/recommended/(\d+)")
_MOST_VOTES = 2**31
"""Steam counts in 32 bits, and some counts have run below zero."""


def seed(query: Query, window: Window) -> list[Request]:
    """The newest reviews."""
    return [_ask(query, query.text, "*")]


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """The listing of each app that reviews are about, back to the oldest of them."""
    oldest: dict[str, datetime] = {}
    for post in known:
        if found := _APP.search(post.url or ""):
            oldest[found[1]] = min(oldest.get(found[1], post.created_at), post.created_at)
    return [_ask(query, app, "*", since.isoformat()) for app, since in oldest.items()]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of reviews, and the one before it in time while it may hold some of the window."""
    found = response.json()
    if not isinstance(found, dict) or found.get("success") != 1 or not isinstance(found.get("reviews"), list):
        raise DriftError(f"{response.url} gives no reviews; is {response.query.text!r} the number of an app?")
    items, app = found["reviews"], request.context.get("app") or response.query.text
    posts, refused = read_each(items, lambda item: _draft(item, app), lambda item: item["recommendationid"])
    listed_from = min((post.created_at for post in posts), default=None)
    cursor = str(found.get("cursor") or "")
    asked = parse_qs(urlsplit(request.url).query).get("cursor", [""])[0]
    is_end = not items or cursor in ("", asked)
    again = request.context.get("since", "")
    since = datetime.fromisoformat(again) if again else window.since_at
    is_wanted = not is_end and (listed_from is None or listed_from >= since)
    return Page(
        posts=posts, refused=refused, listed_from=listed_from, is_end=is_end,
        next_requests=(_ask(response.query, app, cursor, again),) if is_wanted else (),
    )  # fmt: skip


def _ask(query: Query, app: str, cursor: str, since: str = "") -> Request:
    """A page of an app's reviews; `since` = how far back to go, where it is not the window that says it."""
    theirs = [name for name, code in _LANGUAGES.items() if query.languages == (code,)]
    words = {
        "json": "1", "filter": "recent", "language": theirs[0] if len(theirs) == 1 else "all", "purchase_type": "all",
        "filter_offtopic_activity": "0", "num_per_page": "100", "cursor": cursor,
    }  # fmt: skip
    return Request(
        url=f"{query.url}/appreviews/{quote(app, safe='')}?{urlencode(words)}", accept="application/json",
        context={"app": app, "since": since} if since else {},
    )  # fmt: skip


def _draft(item: Any, app: str) -> PostDraft:
    author, steam_id = item["author"], str(item["author"]["steamid"])
    created_at, updated_at = _instant(item["timestamp_created"]), _instant(item["timestamp_updated"])
    if not isinstance(item["voted_up"], bool):
        raise ValueError(f"voted_up is {item['voted_up']!r}, neither true nor false")
    profile = f"https://{_INSTANCE}/profiles/{steam_id}"
    return PostDraft(
        native_id=str(item["recommendationid"]), instance=_INSTANCE, kind="review",
        url=f"{profile}/recommended/{app}/", text=str(item["review"]),
        title="Product received for free" if item.get("received_for_free") is True else None,
        author=AuthorDraft(handle=steam_id, profile_url=profile, post_count=_count(author, "num_reviews")),
        created_at=created_at, edited_at=updated_at if updated_at > created_at else None,
        lang=_LANGUAGES.get(str(item.get("language"))), rating=1.0 if item["voted_up"] else 0.0, position=0,
        like_count=_count(item, "votes_up"), reply_count=_count(item, "comment_count"),
    )  # fmt: skip


def _count(item: Any, name: str) -> int | None:
    value = item.get(name)
    return value if isinstance(value, int) and 0 <= value < _MOST_VOTES else None


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
