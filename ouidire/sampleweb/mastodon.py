"""A server that speaks Mastodon's client interface: tag timelines, statuses with their context, accounts.

Paging as Mastodon does it: newest first; `max_id` and `since_id` are bounds and keep the newest of what is between,
`min_id` keeps the oldest; addresses of the next and previous pages are in the Link header; ETags are weak.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from ouidire.sampleweb.answers import Answer, Ask, as_json, as_page
from ouidire.sampleweb.shape import Account, Mastodon, Status, snowflake
from ouidire.sampleweb.words import hashtags, mentions, status_html

VERSION = "4.3.1"
BORN = datetime(2022, 11, 6, tzinfo=UTC)


def answer(site: Mastodon, ask: Ask) -> Answer | None:
    """The answer to a request below the server; None where there is nothing."""
    if not ask.path.startswith("/api/"):
        return _page(site, ask)
    if match := re.fullmatch(r"/api/v1/timelines/tag/([^/]+)", ask.path):
        return _timeline(site, ask, match[1])
    if match := re.fullmatch(r"/api/v1/statuses/(\d+)(/context)?", ask.path):
        return _status(site, ask, match[1], context=bool(match[2]))
    if match := re.fullmatch(r"/api/v1/accounts/(\d+|lookup)(/statuses)?", ask.path):
        return _account(site, ask, match[1], statuses=bool(match[2]))
    if ask.path in ("/api/v1/instance", "/api/v2/instance"):
        return _json(_instance(site, ask))
    return _refusal("Record not found", 404)


def _timeline(site: Mastodon, ask: Ask, tag: str) -> Answer:
    found = [s for s in site.statuses if s.visibility == "public" and tag.lower() in hashtags(s.text)]
    return _paged(site, ask, [] if ask.get("only_media") == "true" else found)


def _paged(site: Mastodon, ask: Ask, found: list[Status]) -> Answer:
    given = {key: ask.get(key) for key in ("max_id", "since_id", "min_id", "limit")}
    if not all(value.isdigit() for value in given.values() if value):
        return _refusal("Ids and limits are numbers", 400)
    limit = min(int(given["limit"] or 20), 40)
    lowest = max(int(given["since_id"] or 0), int(given["min_id"] or 0))
    highest = int(given["max_id"] or 1 << 80)
    found = sorted((s for s in found if lowest < snowflake(s) < highest), key=snowflake)
    found = (found[:limit] if given["min_id"] else found[-limit:] if limit else [])[::-1]
    headers = {}
    if found:
        drop = ("max_id", "since_id", "min_id")
        links = [f'<{ask.with_query(drop, min_id=snowflake(found[0]))}>; rel="prev"']
        if len(found) == limit:
            links.insert(0, f'<{ask.with_query(drop, max_id=snowflake(found[-1]))}>; rel="next"')
        headers["Link"] = ", ".join(links)
    return _json([_status_json(site, ask, status) for status in found], headers)


def _status(site: Mastodon, ask: Ask, number: str, *, context: bool) -> Answer:
    shown = [s for s in site.statuses if s.visibility != "private"]
    status = next((s for s in shown if str(snowflake(s)) == number), None)
    if status is None:
        return _refusal("Record not found", 404)
    if not context:
        return _json(_status_json(site, ask, status))
    known = {s.id: s for s in shown}
    ancestors: list[Status] = []
    above = status.in_reply_to
    while above is not None and above in known:
        ancestors.insert(0, known[above])
        above = known[above].in_reply_to
    below = {"ancestors": ancestors, "descendants": _descendants(shown, status.id)}
    return _json({key: [_status_json(site, ask, s) for s in found] for key, found in below.items()})


def _descendants(shown: list[Status], name: str) -> list[Status]:
    """Depth first, as the page shows them."""
    found: list[Status] = []
    for reply in sorted((s for s in shown if s.in_reply_to == name), key=snowflake):
        found += [reply, *_descendants(shown, reply.id)]
    return found


def _account(site: Mastodon, ask: Ask, number: str, *, statuses: bool) -> Answer:
    wanted = ask.get("acct").lstrip("@") if number == "lookup" else number
    handle = next((h for h in site.accounts if wanted in (h, _account_id(site, h))), None)
    if handle is None:
        return _refusal("Record not found", 404)
    if statuses:
        return _paged(site, ask, [s for s in site.statuses if s.account == handle and s.visibility != "private"])
    return _json(_account_json(site, ask, handle))


def _status_json(site: Mastodon, ask: Ask, status: Status) -> dict[str, Any]:
    profiles = {handle: _profile(ask, handle) for handle in site.accounts}
    above = next((s for s in site.statuses if s.id == status.in_reply_to), None)
    user, _, elsewhere = status.account.partition("@")
    home = f"https://{elsewhere}" if elsewhere else ask.base
    return {
        "id": str(snowflake(status)),
        "created_at": f"{status.at:%Y-%m-%dT%H:%M:%S}.000Z",
        "in_reply_to_id": str(snowflake(above)) if above else None,
        "in_reply_to_account_id": _account_id(site, above.account) if above else None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": status.visibility,
        "language": status.language,
        "uri": f"{home}/users/{user}/statuses/{snowflake(status)}",
        "url": f"{home}/@{user}/{snowflake(status)}",
        "replies_count": sum(s.in_reply_to == status.id for s in site.statuses),
        "reblogs_count": status.reblogs,
        "favourites_count": status.favourites,
        "edited_at": None,
        "content": status_html(status.text, ask.base, profiles),
        "reblog": None,
        "application": None,
        "account": _account_json(site, ask, status.account),
        "media_attachments": [],
        "mentions": [
            {"id": _account_id(site, h), "username": h.partition("@")[0], "url": profiles[h], "acct": h}
            for h in mentions(status.text)
            if h in site.accounts
        ],
        "tags": [{"name": tag, "url": f"{ask.base}/tags/{tag}"} for tag in hashtags(status.text)],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def _account_json(site: Mastodon, ask: Ask, handle: str) -> dict[str, Any]:
    account: Account = site.accounts[handle]
    user, _, elsewhere = handle.partition("@")
    own = [s.at for s in site.statuses if s.account == handle]
    return {
        "id": _account_id(site, handle),
        "username": user,
        "acct": handle,
        "display_name": account.name,
        "locked": False,
        "bot": account.bot,
        "discoverable": account.indexable,
        "indexable": account.indexable,
        "group": False,
        "created_at": f"{BORN:%Y-%m-%dT%H:%M:%S}.000Z",
        "note": f"<p>{escape(account.note, quote=False)}</p>" if account.note else "",
        "url": _profile(ask, handle),
        "uri": f"https://{elsewhere}/users/{user}" if elsewhere else f"{ask.base}/users/{user}",
        "avatar": f"{ask.base}/avatars/original/missing.png",
        "header": f"{ask.base}/headers/original/missing.png",
        "followers_count": account.followers,
        "following_count": account.following,
        "statuses_count": max(account.statuses, len(own)),
        "last_status_at": f"{max(own):%Y-%m-%d}" if own else None,
        "hide_collections": None,
        "noindex": not account.indexable,
        "emojis": [],
        "roles": [],
        "fields": [],
    }


def _account_id(site: Mastodon, handle: str) -> str:
    return str(109_300_000_000_000_000 + 4096 * list(site.accounts).index(handle))


def _profile(ask: Ask, handle: str) -> str:
    user, _, elsewhere = handle.partition("@")
    return f"https://{elsewhere}/@{user}" if elsewhere else f"{ask.base}/@{user}"


def _instance(site: Mastodon, ask: Ask) -> dict[str, Any]:
    host = ask.root.partition("://")[2]
    common = {"title": site.title, "version": VERSION, "languages": [site.language], "rules": []}
    if ask.path.startswith("/api/v2"):
        return {"domain": host, "source_url": "https://github.com/mastodon/mastodon", "description": "", **common}
    local = sum("@" not in handle for handle in site.accounts)
    stats = {"user_count": local, "status_count": len(site.statuses), "domain_count": 1}
    return {"uri": host, "short_description": "", "description": "", "email": "", "stats": stats, **common}


def _json(data: Any, headers: dict[str, str] | None = None) -> Answer:
    reset = (datetime.now(UTC) + timedelta(minutes=5)).replace(second=0, microsecond=0)
    rate = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "299",
        "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S}.000000Z",
    }
    return as_json(data, headers={**rate, **(headers or {})}, etag="weak")


def _refusal(words: str, status: int) -> Answer:
    return as_json({"error": words}, status)


def _page(site: Mastodon, ask: Ask) -> Answer | None:
    """The page of a status or an account, plain: the real one needs scripts."""
    match = re.fullmatch(r"/@([\w.@-]+?)(?:/(\d+))?/?", ask.path)
    if match is None or match[1] not in site.accounts:
        return None
    own = [s for s in site.statuses if s.account == match[1] and s.visibility != "private"]
    shown = [s for s in own if match[2] in (None, str(snowflake(s)))]
    if not shown:
        return None
    profiles = {handle: _profile(ask, handle) for handle in site.accounts}
    name = escape(f"{site.accounts[match[1]].name} (@{match[1]})")
    said = "".join(f"<article><time>{s.at:%Y-%m-%d %H:%M}</time>{status_html(s.text, ask.base, profiles)}</article>\n"
                   for s in sorted(shown, key=snowflake, reverse=True))  # fmt: skip
    return as_page(f"""<!DOCTYPE html>
<html lang="{site.language}"><head><meta charset="utf-8"><title>{name}</title></head><body><h1>{name}</h1>
{said}</body></html>
""")
