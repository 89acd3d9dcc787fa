"""Addresses: which host a post belongs to, and the same page under one name."""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa|itm|at|oly|vero|mc)_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|ttclid|twclid|"
    r"li_fat_id|igshid|igsh|mkt_tok|_ga|_gl|_hsenc|_hsmi|xtor|cmpid|wt_mc|si|"
    r"sid|phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id",
    re.IGNORECASE,
)
_SECRET = re.compile(r"(?:api_?)?key|token|access_token|auth|password|secret|sig|signature", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_PLAIN = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?/[A-Za-z0-9_~/@-]*")
"""An address that has nothing to be left out or written otherwise."""
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+(?::\d+)?)(?:/|$)")
"""How nearly every address begins; urlsplit reads the others, ten times slower."""
_TRACKING_FRAGMENT = re.compile(r"(?:utm_|xtor=|:~:)", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """The address without tracking and session parameters, in one spelling. Fragments stay: they name a post.

    `s` is a search word on most sites and a session on old forums: it goes only when it is 32 hexadecimal digits.
    """
    if _PLAIN.fullmatch(url):
        return url
    from w3lib.url import canonicalize_url  # noqa: PLC0415 - slow to import, and most addresses are plain

    parts = urlsplit(_SESSION_PATH.sub("", url))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if _is_kept(name, value)]
    fragment = "" if _TRACKING_FRAGMENT.match(parts.fragment) else parts.fragment
    plain = urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, urlencode(query), fragment))
    return str(canonicalize_url(plain, keep_fragments=True))


def _is_kept(name: str, value: str) -> bool:
    if name.lower() == "s":
        return not _SESSION_VALUE.fullmatch(value)
    return not _TRACKING.fullmatch(name)


def without_session(url: str) -> str:
    """The address as the server wrote it, less its session parameters: what to ask next."""
    parts = urlsplit(_SESSION_PATH.sub("", url))
    kept = [
        pair
        for pair in parts.query.split("&")
        if pair and not re.fullmatch(r"(?:sid|s|phpsessid)=[0-9a-f]{32}", pair, re.I)
    ]
    return urlunsplit(parts._replace(query="&".join(kept)))


def instance_of(url: str) -> str:
    """host[:port] of an address, in lower case, without user name."""
    found = _ORIGIN.match(url)
    return intern(found[1]) if found else _instance_of(url)  # one string for all posts of a server


@lru_cache(maxsize=4096)
def _instance_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def joined(base: str, href: str) -> str | None:
    """An address found on a page, made whole; None when it is not one of the web (mailto:, javascript:, broken)."""
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError when it is not a number
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def redacted(url: str) -> str:
    """The address as it may be logged: no user name, no value of a parameter that looks like a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    query = [
        (name, "..." if _SECRET.fullmatch(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    shown = urlencode(query) if any(value == "..." for _, value in query) else parts.query
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, shown, ""))[:300]
