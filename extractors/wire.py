"""One request and its whole answer, or the reason why there is none: within limits of bytes and time, no cookies."""

from __future__ import annotations

import logging
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import requests
import urllib3
from urllib3.util import Timeout

from extractors.address import redacted
from extractors.deadline import Deadline
from extractors.guard import Guard, PrivateAddressError, adapter
from extractors.source import Login
from extractors.veil import NOTHING, Veil

_KEPT_HEADERS: Final = frozenset((
    "content-type", "content-language", "content-location", "date", "etag", "last-modified", "link", "location",
    "retry-after", "x-wp-total", "x-wp-totalpages", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
    "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
))  # fmt: skip
"""Never Set-Cookie, nor anything else that identifies us."""
logging.getLogger("urllib3.connectionpool").addFilter(lambda record: record.levelno > logging.DEBUG)
# at that level it writes whole addresses, with the keys that some interfaces want in them

FailureState = Literal["blocked", "forbidden", "unreachable", "truncated", "drifted", "not_asked"]


class FetchError(Exception):
    """No usable answer. `state` is the outcome to record; the message names the address and the reason."""

    def __init__(self, state: FailureState, reason: str) -> None:
        self.state: FailureState = state
        super().__init__(reason)


@dataclass(frozen=True)
class Limits:
    """Where patience ends."""

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    """Silence between two pieces of an answer."""
    total_seconds: float = 90.0
    """One answer, from the request to its last byte."""
    body_bytes: int = 32_000_000
    """After decompression; also before."""
    redirects: int = 5
    tries: int = 4
    backoff_seconds: float = 1.0
    """Doubles with each try."""
    retry_after_seconds: float = 120.0
    """Longest wait that a server may ask for; beyond it the job is `blocked`, to be resumed later."""


@dataclass(frozen=True)
class Answer:
    """The last response of a request. `wire_bytes` counts the body as it travelled."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    wire_bytes: int
    fetched_at: datetime


@dataclass(frozen=True)
class Ask:
    """One hop: an address as it may be shown, and what is added to it on the wire."""

    url: str
    headers: Mapping[str, str]
    veil: Veil = NOTHING
    spend: Callable[[], None] | None = None
    login: Login | None = None


class Wire:
    """Keeps connections open between requests of one host, and nothing else; close it."""

    def __init__(self, guard: Guard, agent: str, limits: Limits) -> None:
        self._adapter = adapter(guard)
        self._deadline = Deadline(guard.cut)
        self._agent = agent
        self._limits = limits
        self._timeout = Timeout(connect=limits.connect_seconds, read=limits.read_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()
        self._deadline.close()

    def exchange(self, ask: Ask) -> Answer:
        """Ask once. Redirects are not followed. Raises FetchError."""
        url = ask.url
        with self._deadline.within(self._limits.total_seconds) as ends_at:
            try:
                return self._read(ask, ends_at)
            except PrivateAddressError as error:
                raise FetchError("forbidden", f"{redacted(url)}: {error}") from None
            except requests.exceptions.InvalidHeader:  # its words quote the header
                raise FetchError("forbidden", f"{redacted(url)}: a secret holds what no header may hold") from None
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, zlib.error) as error:
                if time.monotonic() >= ends_at:
                    raise self._late(url) from None
                raise FetchError("unreachable", f"{redacted(url)}: {ask.veil.hidden(_why(error))}") from None

    def _read(self, ask: Ask, ends_at: float) -> Answer:
        with self._send(ask) as response:
            body, wire_bytes = self._body(response, ask.url, ends_at)
            if time.monotonic() >= ends_at:  # cut among the headers: http.client takes what came for all of them
                raise self._late(ask.url)
            veil = NOTHING if ask.login else ask.veil
            found = {k.lower(): veil.hidden(v) for k, v in response.headers.items() if k.lower() in _KEPT_HEADERS}
            return Answer(ask.url, response.status_code, found, veil.hidden_bytes(body), wire_bytes, datetime.now(UTC))

    def _send(self, ask: Ask) -> requests.Response:
        """The answer's head. There is no session, so that nothing can be kept in one."""
        login = ask.login or Login(url="")
        request = requests.Request(
            "POST" if ask.login else "GET",
            ask.veil.on_wire(ask.url),
            headers={"User-Agent": self._agent, **ask.headers, **ask.veil.headers(ask.url)},
            json=dict(login.json) if login.json is not None else None,
            data=dict(login.form) if login.form is not None else None,
            auth=login.basic,
        )
        return self._adapter.send(request.prepare(), stream=True, timeout=self._timeout)  # type: ignore[arg-type]

    def _body(self, response: requests.Response, url: str, ends_at: float) -> tuple[bytes, int]:
        """The decoded body and its size on the wire. Raises FetchError when a limit is passed."""
        unpack, most = _unpacker(response, url), self._limits.body_bytes
        pieces: list[bytes] = []
        size = wire = 0
        while piece := response.raw.read1(65_536, decode_content=False):
            wire += len(piece)
            found = piece if unpack is None else unpack.decompress(piece, most - size + 1)
            size += len(found)
            pieces.append(found)
            if max(size, wire) > most:
                raise FetchError("truncated", f"{redacted(url)} is larger than {most:,} bytes")
            if time.monotonic() >= ends_at:
                raise self._late(url)
        if unpack is not None and wire and not unpack.eof:
            raise FetchError("unreachable", f"{redacted(url)}: its compressed body is cut short")
        if unpack is not None and unpack.unused_data.startswith(b"\x1f\x8b"):
            raise FetchError("truncated", f"{redacted(url)} comes in several gzip parts; only the first could be read")
        return b"".join(pieces), wire

    def _late(self, url: str) -> FetchError:
        return FetchError("unreachable", f"{redacted(url)}: not finished after {self._limits.total_seconds:g} s")


def _unpacker(response: requests.Response, url: str) -> zlib._Decompress | None:
    """What unpacks the body; None when it is not packed. Raises FetchError when it is packed in an unasked way."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("truncated", f"{redacted(url)} comes in encoding {encoding!r:.40}, which was not asked for")
    return zlib.decompressobj(wbits=31) if "gzip" in encoding else None


def _why(error: Exception) -> str:
    """The innermost reason of a connection failure, in few words."""
    inner: BaseException = error
    while inner.args and isinstance(inner.args[-1], BaseException):
        inner = inner.args[-1]
    reason = getattr(inner, "reason", None)
    words = str(reason if isinstance(reason, BaseException) else inner)
    plain = re.sub(r"<[^>]*>: ?|_Https?\([^)]*\): ?|\[Errno -?\d+\] ?", "", words)[:200]
    return plain if isinstance(reason, BaseException) else f"{type(inner).__name__}: {plain}"
