"""Sitemaps (sitemaps.org): the addresses of a site's pages and when each last changed; plain, indexed or gzipped."""

from __future__ import annotations

import html
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from extractors import dates
from extractors.source import DriftError

_ENTRY: Final = re.compile(
    r"<(?:\w+:)?(url|sitemap)\b[^<>]*>((?:(?!</?(?:\w+:)?(?:url|sitemap)\b).)*)", re.DOTALL | re.IGNORECASE
)
"""Up to the next entry, closed or not: a file of open tags is read once."""
_FIELD: Final = re.compile(r"<(?:\w+:)?(loc|lastmod)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]*)", re.IGNORECASE)
_MOST_BYTES: Final = 20_000_000
_MOST_ENTRIES: Final = 50_000
"""The protocol's own limit for a file."""

_NOW: Final = datetime(2040, 1, 1, tzinfo=UTC)
"""Only tells which years are sane: lastmod is absolute."""


@dataclass(frozen=True)
class Entry:
    """One address of a sitemap."""

    url: str
    is_sitemap: bool
    changed_at: datetime | None


def entries_of(body: bytes, url: str) -> list[Entry]:
    """The entries of a sitemap or sitemap index. Raises DriftError when it is neither."""
    text = _unpacked(body, url).decode("utf-8", "replace")
    if not re.search(r"<(?:\w+:)?(?:urlset|sitemapindex)\b", text[:5_000], re.IGNORECASE):
        raise DriftError(f"{url} is no sitemap (neither urlset nor sitemapindex)")
    found = []
    for entry in _ENTRY.finditer(text):
        fields = {name.lower(): html.unescape(value).strip() for name, value in _FIELD.findall(entry[2])}
        if fields.get("loc", "").startswith(("http://", "https://")):
            found.append(Entry(fields["loc"], entry[1].lower() == "sitemap", _instant(fields.get("lastmod", ""))))
        if len(found) >= _MOST_ENTRIES:
            break
    return found


def _unpacked(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, _MOST_BYTES)
    except zlib.error as error:
        raise DriftError(f"{url} is a broken gzip file: {error}") from None
    if unpacker.unconsumed_tail:
        raise DriftError(f"{url} unpacks to more than {_MOST_BYTES:,} bytes; such a sitemap is not read")
    return content


def _instant(stamp: str) -> datetime | None:
    when = dates.read(stamp, now=_NOW) if stamp else None
    return when.at + when.slack if when else None
