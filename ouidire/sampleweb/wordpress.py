"""WordPress's REST interface (wp/v2), as version 6 answers it; feeds and pages are in `blog.py`.

Odd but real: `after` and `before` without an offset are in the site's time zone and exclude their instant; a page
beyond the last is an error for posts and an empty list for comments; there is no ETag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from ouidire.sampleweb import blog
from ouidire.sampleweb.answers import Answer, Ask, as_json
from ouidire.sampleweb.shape import Article, WordPress
from ouidire.sampleweb.wordpress_json import (
    API,
    Said,
    approved,
    comment_json,
    names,
    post_json,
    slug,
    user_id,
    user_json,
)

HEADERS = {
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
    "Allow": "GET",
}
POST_ORDERS = ("author", "date", "id", "include", "modified", "parent", "relevance", "slug", "title")
COMMENT_ORDERS = ("date", "date_gmt", "id", "include", "post", "parent", "type")


class RefusedError(Exception):
    """A parameter that WordPress refuses."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(why)


def answer(site: WordPress, ask: Ask) -> Answer | None:
    """The answer to a request below the blog; None where there is nothing."""
    if ask.path == API or ask.path.startswith(API + "/") or "rest_route" in ask.query:
        return _rest(site, ask)
    return blog.answer(site, ask)


def _rest(site: WordPress, ask: Ask) -> Answer:
    route = (ask.get("rest_route") or ask.path.removeprefix(API)).rstrip("/")
    if not site.rest:
        return _error("rest_disabled", "The REST API on this site has been disabled.", 401)
    try:
        return _route(site, ask, route)
    except RefusedError as refusal:
        data = {"status": 400, "params": {refusal.name: refusal.why}, "details": {}}
        return _error("rest_invalid_param", f"Invalid parameter(s): {refusal.name}", 400, data)


def _route(site: WordPress, ask: Ask, route: str) -> Answer:
    if route == "":
        return as_json(_root(site, ask), headers=HEADERS)
    match = re.fullmatch(r"/wp/v2/(posts|comments|users)(?:/(\d+))?", route)
    if match is None:
        return _error("rest_no_route", "No route was found matching the URL and request method.", 404)
    kind, number = match[1], match[2]
    if number:
        return _one(site, ask, kind, int(number))
    if kind == "posts":
        return _posts(site, ask)
    return _comments(site, ask) if kind == "comments" else _users(site, ask)


def _root(site: WordPress, ask: Ask) -> dict[str, Any]:
    return {
        "name": site.title,
        "description": site.description,
        "url": ask.base,
        "home": ask.base,
        "gmt_offset": "0",
        "timezone_string": site.timezone,
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": [],
        "routes": {
            f"/wp/v2/{kind}": {
                "namespace": "wp/v2",
                "methods": ["GET"],
                "_links": {"self": [{"href": f"{ask.base}{API}/wp/v2/{kind}"}]},
            }
            for kind in ("posts", "comments", "users")
        },
    }


def _posts(site: WordPress, ask: Ask) -> Answer:
    zone, search = ZoneInfo(site.timezone), ask.get("search").casefold()
    after, before = _instant(ask, "after", zone), _instant(ask, "before", zone)
    changed_after, changed_before = _instant(ask, "modified_after", zone), _instant(ask, "modified_before", zone)
    order = _choice(ask, "orderby", POST_ORDERS, "date")
    found = [
        post
        for post in site.posts
        if _between(post.at, after, before)
        and _between(post.modified or post.at, changed_after, changed_before)
        and search in f"{post.title} {post.text}".casefold()
        and _listed(ask, "include", post.id, default=True)
        and not _listed(ask, "exclude", post.id, default=False)
        and _listed(ask, "author", user_id(site, post.author), default=True)
        and ask.get("slug") in ("", slug(post))
    ]
    keys: dict[str, Callable[[Article], Any]] = {
        "id": lambda post: post.id,
        "modified": lambda post: post.modified or post.at,
        "title": lambda post: post.title,
        "slug": slug,
        "author": lambda post: user_id(site, post.author),
    }
    found.sort(
        key=keys.get(order, lambda post: post.at), reverse=_choice(ask, "order", ("asc", "desc"), "desc") == "desc"
    )
    page, per_page = _page(ask)
    if page > max(1, ceil(len(found) / per_page)):
        words = "The page number requested is larger than the number of pages available."
        return _error("rest_post_invalid_page_number", words, 400)
    return _list(ask, found, page, per_page, lambda post: post_json(site, ask, post))


def _comments(site: WordPress, ask: Ask) -> Answer:
    zone = ZoneInfo(site.timezone)
    after, before = _instant(ask, "after", zone), _instant(ask, "before", zone)
    order = _choice(ask, "orderby", COMMENT_ORDERS, "date_gmt")
    found = [
        said
        for said in approved(site)
        if _between(said.comment.at, after, before)
        and _listed(ask, "post", said.article.id, default=True)
        and _listed(ask, "parent", said.comment.parent or 0, default=True)
        and _listed(ask, "include", said.comment.id, default=True)
        and ask.get("search").casefold() in said.comment.text.casefold()
    ]
    keys: dict[str, Callable[[Said], Any]] = {
        "id": lambda said: said.comment.id,
        "post": lambda said: (said.article.id, said.comment.id),
        "parent": lambda said: (said.comment.parent or 0, said.comment.id),
    }
    descending = _choice(ask, "order", ("asc", "desc"), "desc") == "desc"
    found.sort(key=keys.get(order, lambda said: (said.comment.at, said.comment.id)), reverse=descending)
    return _list(ask, found, *_page(ask), lambda said: comment_json(site, ask, said))


def _users(site: WordPress, ask: Ask) -> Answer:
    return _list(ask, names(site), *_page(ask), lambda name: user_json(site, ask, name))


def _one(site: WordPress, ask: Ask, kind: str, number: int) -> Answer:
    found: list[dict[str, Any]]
    if kind == "posts":
        found = [post_json(site, ask, post) for post in site.posts if post.id == number]
    elif kind == "comments":
        found = [comment_json(site, ask, said) for said in approved(site) if said.comment.id == number]
    else:
        found = [user_json(site, ask, name) for name in names(site) if user_id(site, name) == number]
    if not found:
        return _error(f"rest_{kind[:-1]}_invalid_id", f"Invalid {kind[:-1]} ID.", 404)
    return as_json(_chosen(ask, found[0]), headers=HEADERS)


def _list(ask: Ask, found: Sequence[Any], page: int, per_page: int, to_json: Callable[[Any], dict[str, Any]]) -> Answer:
    pages = ceil(len(found) / per_page)
    links = [(page - 1, "prev")] * (page > 1) + [(page + 1, "next")] * (page < pages)
    headers = {**HEADERS, "X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    if links:
        headers["Link"] = ", ".join(f'<{ask.with_query(page=number)}>; rel="{rel}"' for number, rel in links)
    shown = found[(page - 1) * per_page : page * per_page]
    return as_json([_chosen(ask, to_json(item)) for item in shown], headers=headers)


def _instant(ask: Ask, name: str, zone: ZoneInfo) -> datetime | None:
    if not (value := ask.get(name)):
        return None
    try:
        at = datetime.fromisoformat(value.replace(" ", "+") if re.search(r"T[\d:.]+ ", value) else value)
    except ValueError:
        raise RefusedError(name, "Invalid date.") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _between(at: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or at > after) and (before is None or at < before)


def _listed(ask: Ask, name: str, number: int, *, default: bool) -> bool:
    values = [v for given in [*ask.query.get(name, []), *ask.query.get(f"{name}[]", [])] for v in given.split(",") if v]
    if not all(v.isdigit() for v in values):
        raise RefusedError(name, f"{name}[0] is not of type integer.")
    return number in map(int, values) if values else default


def _choice(ask: Ask, name: str, known: tuple[str, ...], default: str) -> str:
    value = ask.get(name) or default
    if value not in known:
        raise RefusedError(name, f"{name} is not one of {', '.join(known)}.")
    return value


def _page(ask: Ask) -> tuple[int, int]:
    page, per_page = ask.get("page") or "1", ask.get("per_page") or "10"
    if not page.isdigit() or int(page) < 1:
        raise RefusedError("page", "page must be greater than or equal to 1")
    if not per_page.isdigit() or not 1 <= int(per_page) <= 100:
        raise RefusedError("per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)")
    return int(page), int(per_page)


def _chosen(ask: Ask, data: dict[str, Any]) -> dict[str, Any]:
    """What `_fields` asks for, nested names with dots; everything without it, though never `_links` beside it."""
    wanted = [v.strip() for given in ask.query.get("_fields", []) for v in given.split(",") if v.strip()]
    if not wanted:
        return data
    chosen: dict[str, Any] = {}
    for path in wanted:
        head, _, tail = path.partition(".")
        if head not in data:
            continue
        if tail and isinstance(data[head], dict):
            chosen.setdefault(head, {}).update({tail: data[head][tail]} if tail in data[head] else {})
        else:
            chosen[head] = data[head]
    return chosen


def _error(code: str, message: str, status: int, data: dict[str, Any] | None = None) -> Answer:
    return as_json({"code": code, "message": message, "data": data or {"status": status}}, status, HEADERS)
