"""What the server hears and says: one question, one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Ask:
    """A GET request for something below one site."""

    root: str
    """http://host[:port], from the Host header."""
    name: str
    """The site, as it is mounted."""
    path: str
    """Decoded path below the site, with its first slash."""
    query: dict[str, list[str]]

    @property
    def base(self) -> str:
        """Address of the site, without a final slash."""
        return f"{self.root}/{self.name}"

    def get(self, key: str, default: str = "") -> str:
        """Last value of a parameter."""
        return self.query.get(key, [default])[-1]

    def with_query(self, drop: tuple[str, ...] = (), **changed: str | int) -> str:
        """The same address with other parameters: `drop` removes some, `changed` sets some at the end."""
        kept = {k: v for k, v in self.query.items() if k not in drop and k not in changed}
        return f"{self.base}{self.path}?{urlencode({**kept, **changed}, doseq=True, safe=':')}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response."""

    body: str
    type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: Literal["none", "strong", "weak"] = "none"
    """Whether the real thing sends one here, and of which sort."""
    modified_at: datetime | None = None


def as_json(data: Any, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    """Data as the interfaces of these sites send it."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Answer(body, "application/json; charset=UTF-8", status, headers or {}, **more)


def as_page(body: str, status: int = 200) -> Answer:
    """An HTML page."""
    return Answer(body, "text/html; charset=UTF-8", status)


def moved(to: str) -> Answer:
    """A permanent redirection."""
    return Answer("", "text/html; charset=UTF-8", 301, {"Location": to})


def gone(what: str) -> Answer:
    """Nothing here."""
    return as_page(f"<!DOCTYPE html><html><head><title>404</title></head><body><h1>404</h1>{what}</body></html>", 404)


def http_date(at: datetime) -> str:
    """As headers write it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def rss_date(at: datetime) -> str:
    """As RSS writes it."""
    return format_datetime(at.astimezone(UTC))


def cdata(text: str) -> str:
    """Text that XML readers leave alone."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
