"""Shop and review pages: schema.org reviews (JSON-LD, microdata, RDFa), else a review widget's known markup.

The address is a page of reviews, followed page by page; with option `sitemap: true`, it is where a site begins, and the
pages below it that its sitemap says have changed are read (at most `page_count` of them, 500 unless stated; a query is
a part of their addresses). Stars are scaled to 0..1 between the worst and best of their scale (1 and 5 unless stated).
Pages without structured data: selectors as options `post`, `author`, `date`, `text`, `rating`, `title`, `product`.
Averages (AggregateRating) are nobody's words and become no row.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from extractors.address import instance_of
from extractors.dates import order_of
from extractors.paging import pages_of
from extractors.review_page import FIELDS, REVIEW_TYPES, ReviewPage, Widget, widgets
from extractors.selectors import find, find_all
from extractors.sitemaps import Entry, entries_of
from extractors.source import (
    DriftError,
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
from extractors.structured import Thing, things_of
from extractors.text import document
from extractors.zones import zone_of, zone_remedy

SOURCE: Final = SourceType(
    title="Shop and review pages",
    url="https://schema.org/Review",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="review",
    languages=("fr", "en"),
    rate=1.0,
    window="newest",
    follows_links=True,
    lookback_days=1,
    options={**dict.fromkeys(FIELDS, ""), "page_count": 500, "sitemap": False, "timezone": ""},
    allowed={"timezone": zone_remedy},
)
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_SITEMAP_COUNT = 100
_SITEMAP_DEPTH = 2
_SAME_WORDS = 2
_LAST_PAGE = 200
"""A page of reviews that always names a next one is not followed further."""


def seed(query: Query, window: Window) -> list[Request]:
    """The page of reviews, or the site's sitemap."""
    if SOURCE.option(query, "sitemap"):
        return [Request(url=urljoin(query.url, "/sitemap.xml"), context={"step": "sitemap", "depth": "0"})]
    return [_ask(query.url, page="1")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """The reviews of a page and its next page; or the pages that a sitemap names."""
    if request.context.get("step") == "sitemap":
        return _sitemap(request, response, window)
    root = document(response.text)
    if root is None:
        raise DriftError(f"{response.url} is not HTML")
    if find(root, "base[href]") is not None:
        root.make_links_absolute(response.url, resolve_base_href=True, handle_failures="ignore")
    found = things_of(root)
    posts, refused = _reviews(root, found, response)
    is_known = posts or refused or request.context.get("step") == "listed" or any(_is_rated(thing) for thing in found)
    if not is_known:
        raise DriftError(
            f"{response.url}: neither schema.org nor a known widget shows reviews; state selectors as options"
        )
    return Page(posts=posts, refused=refused, next_requests=_next(root, request, response, posts, window))


def _ask(url: str, **context: str) -> Request:
    return Request(
        url=url, context=context, accept=_ACCEPT, ends_on=(404,) if int(context.get("page", "1")) > 1 else ()
    )


def _is_rated(thing: Thing) -> bool:
    return thing.is_a("AggregateRating", "Review-aggregate", "Product", *REVIEW_TYPES)


def _reviews(
    root: HtmlElement, things: list[Thing], response: Response
) -> tuple[tuple[PostDraft, ...], tuple[Refused, ...]]:
    """Reviews by stated selectors, else by schema.org, else by a widget's markup: the first that gives any."""
    zone = zone_of(str(SOURCE.option(response.query, "timezone")), None, root) or UTC
    page = ReviewPage(root, response, zone, tuple(response.query.languages or SOURCE.languages))
    stated = _stated(response.query)
    if stated:
        return _by_widget(page, stated)
    marked = [thing for thing in things if thing.is_a(*REVIEW_TYPES)]
    page.order = order_of(thing.line("datePublished", "dateCreated") for thing in marked)
    posts, refused = read_each(marked, page.from_thing, lambda thing: str(thing.line("author")), is_strict=False)
    said = Counter(post.text for post in posts)
    if posts and len(posts) > _SAME_WORDS and len(said) == 1:
        return (), (
            Refused(item=response.url, reason=f"{len(posts)} reviews with the same words: a fault of the page"),
        )
    if not posts:
        known = next((widget for widget in widgets() if find_all(root, widget["post"])), None)
        return _by_widget(page, known) if known else (posts, refused)
    return tuple({post.native_id: post for post in posts}.values()), refused


def _by_widget(page: ReviewPage, widget: Widget) -> tuple[tuple[PostDraft, ...], tuple[Refused, ...]]:
    elements = find_all(page.root, widget["post"])
    page.order = order_of("".join(d.itertext()) for element in elements for d in find_all(element, widget["date"]))
    return read_each(
        elements, lambda element: page.from_element(element, widget), lambda element: str(element.get("id") or "")
    )


def _stated(query: Query) -> Widget | None:
    stated = {name: str(SOURCE.option(query, name)) for name in FIELDS}
    return stated if stated["post"] else None


def _next(
    root: HtmlElement, request: Request, response: Response, posts: tuple[PostDraft, ...], window: Window
) -> tuple[Request, ...]:
    """The following page, as long as this one had reviews that are not all older than the window."""
    number = int(request.context.get("page", "1"))
    pages = pages_of(root, response.url)
    url = pages.next_url or pages.numbers.get(number + 1)
    is_old = posts and all(post.created_at < window.since_at for post in posts) and number > 1
    last = posts[-1].native_id if posts else ""
    if not url or not posts or is_old or number >= _LAST_PAGE or last == request.context.get("last"):
        return ()
    return (_ask(url, step=request.context.get("step", "page"), page=str(number + 1), last=last),)


def _sitemap(request: Request, response: Response, window: Window) -> Page:
    """Sitemaps of an index, and changed pages below the source's address."""
    entries = [entry for entry in entries_of(response.body, response.url) if _is_wanted(entry, response.query, window)]
    depth = int(request.context["depth"])
    maps = [entry for entry in entries if entry.is_sitemap] if depth < _SITEMAP_DEPTH else []
    pages = [entry for entry in entries if not entry.is_sitemap]
    most = int(SOURCE.option(response.query, "page_count"))
    asked = [
        Request(url=entry.url, context={"step": "sitemap", "depth": str(depth + 1)}) for entry in maps[:_SITEMAP_COUNT]
    ] + [_ask(entry.url, step="listed") for entry in pages[:most]]
    left = max(0, len(maps) - _SITEMAP_COUNT) + max(0, len(pages) - most)
    reason = f"{left:,} further addresses of the sitemap were not asked; raise option page_count or narrow the url"
    refused = (Refused(item=response.url, reason=reason),) if left else ()
    return Page(next_requests=tuple(asked), refused=refused)


def _is_wanted(entry: Entry, query: Query, window: Window) -> bool:
    """Whether an address lies below the source's own, holds the query's words, and changed since the window began."""
    is_ours = instance_of(entry.url) == instance_of(query.url)
    is_fresh = entry.changed_at is None or entry.changed_at >= window.since_at
    is_below = entry.url.startswith(query.url.rstrip("/")) or not urlsplit(query.url).path.strip("/")
    is_named = query.text.casefold() in entry.url.casefold()
    return is_ours and is_fresh and (entry.is_sitemap or (is_below and is_named))
