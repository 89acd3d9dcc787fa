"""One honest client: it says who it is, asks robots.txt, keeps to the pace, gives up within limits, keeps no cookie."""

from __future__ import annotations

import logging
import re
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Literal, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from urllib3.util import Timeout

from extractors.address import redacted
from extractors.guard import Guard, PrivateAddressError, adapter, is_allowed
from extractors.pace import Pace
from extractors.ratelimit import asked_wait, spent_wait
from extractors.robots import ALLOW_ALL, Robots
from extractors.source import Login
from extractors.veil import NOTHING, Veil
from ouidire import __version__
from ouidire.brands import Options

_RETRIED = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = frozenset((
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
class Validator:
    """What makes a request conditional."""

    etag: str | None
    last_modified: str | None


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
class _Ask:
    """One hop: an address as it may be shown, and what is added to it on the wire."""

    url: str
    headers: Mapping[str, str]
    veil: Veil = NOTHING
    spend: Callable[[], None] | None = None
    login: Login | None = None


@dataclass
class Client:
    """Use as a context manager: it keeps connections open between requests of one host."""

    options: Options
    pace: Pace
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._guard = Guard(self.options.private_hosts)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        self._session.headers["User-Agent"] = f"ouidire/{__version__} (+{self.options.contact})"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter(self._guard))
        self._robots: dict[str, Robots | FetchError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        rate: float = 1.0,
        validator: Callable[[str], Validator | None] | None = None,
        veil: Veil = NOTHING,
        spend: Callable[[], None] | None = None,
    ) -> Answer:
        """Ask an address, following redirects by hand, each hop checked as the first one was.

        `rate` is in requests per second; `validator` gives what makes a hop conditional (then 304 may come back);
        `veil` adds credentials for the hosts that they are meant for, and takes them out of what comes back; `spend`
        is called before each try, and may refuse it by raising FetchError.
        Raises FetchError when there is no answer to keep: refused by robots.txt or by the guard, no connection, limits
        passed, rate limit that asks for too long a wait. Any other status, 4xx and 5xx too, is an Answer.
        """
        is_secure = url.startswith("https:")
        for _ in range(self.limits.redirects + 1):
            own = veil if url.startswith("https:") or not is_secure else NOTHING
            self._check(url, rate, own)
            known = validator(url) if validator else None
            answer = self._patiently(_Ask(url, _conditions(known, accept), own, spend), rate)
            if answer.status not in _REDIRECTS:
                return answer
            url = veil.bare(_next_hop(url, answer))
        raise FetchError("unreachable", f"{redacted(url)}: more than {self.limits.redirects} redirects")

    def post(self, login: Login, *, rate: float = 1.0, veil: Veil = NOTHING) -> Answer:
        """Send a login, under the same guard, limits and pace. Raises FetchError as `get` does.

        Redirects are not followed: secrets go where they were meant to go.
        """
        _check_form(login.url)
        return self._patiently(_Ask(login.url, _conditions(None, "application/json"), veil, None, login), rate)

    def _check(self, url: str, rate: float, veil: Veil) -> None:
        """Refuse what may not be asked.

        An interface that is asked with the operator's own key has given its word by it: robots.txt, which is for those
        who come unasked, is not read there.
        """
        _check_form(url)
        if not veil.is_for(url) and not self._robots_of(url, rate).allows(url):
            raise FetchError("forbidden", f"{redacted(url)}: robots.txt of the host disallows it")

    def _robots_of(self, url: str, rate: float) -> Robots:
        """Rules of the address's host, asked once. 4xx means no rules; no answer means no fetch (RFC 9309, 2.3.1)."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in self._robots:
            try:
                self._robots[origin] = self._fetch_robots(origin, rate)
            except FetchError as error:  # kept: the next job must not wait for a dead host again
                self._robots[origin] = error
        found = self._robots[origin]
        if isinstance(found, FetchError):
            raise FetchError(found.state, str(found))
        return found

    def _fetch_robots(self, origin: str, rate: float) -> Robots:
        url = f"{origin}/robots.txt"
        for _ in range(self.limits.redirects + 1):
            answer = self._patiently(_Ask(url, _conditions(None, "text/plain")), rate)
            if answer.status in _REDIRECTS:
                url = _next_hop(url, answer)
            elif answer.status == 200:
                return Robots.parse(answer.body)
            elif answer.status == 429 or answer.status >= 500:
                state: FailureState = "blocked" if answer.status == 429 else "unreachable"
                raise FetchError(
                    state, f"{redacted(url)} answers {answer.status}: without it nothing there may be fetched"
                )
            else:
                return ALLOW_ALL
        return ALLOW_ALL

    def _delay(self, url: str, rate: float) -> float:
        """Seconds between two requests to the host."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        own = is_allowed(parts.hostname or "", port, self.options.private_hosts)
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        asked = robots.crawl_delay if isinstance(robots, Robots) else 0.0
        return max(0.0 if own else 1.0 / rate, asked)

    def _patiently(self, ask: _Ask, rate: float) -> Answer:
        """One hop, tried again with growing waits while it looks like a passing failure."""
        url, host = ask.url, _host(ask.url)
        failure = FetchError("unreachable", f"{redacted(url)}: not tried")
        for attempt in range(self.limits.tries):
            if ask.spend:
                ask.spend()
            delay = self._delay(url, rate)
            wait = self.limits.backoff_seconds * 2**attempt
            try:
                with self.pace.turn(host, delay):
                    self._heed_hold(url, host)
                    self.pace.wait(host, delay)  # in the turn: no request follows on the heels of a slow answer
                    answer = self._once(ask)
            except FetchError as error:
                if error.state != "unreachable":
                    raise
                failure = error
            else:
                if answer.status not in _RETRIED or attempt == self.limits.tries - 1:
                    self.hold(url, spent_wait(answer.headers, answer.fetched_at))
                    return answer
                wait = max(wait, asked_wait(answer.status, answer.headers, answer.fetched_at))
                if wait > self.limits.retry_after_seconds:
                    self.hold(url, wait)
                    state: FailureState = "blocked" if answer.status == 429 else "unreachable"
                    raise FetchError(state, f"{redacted(url)} answers {answer.status} and asks to wait {wait:.0f} s")
            if attempt < self.limits.tries - 1:
                self.sleep(wait)
        raise failure

    def hold(self, url: str, seconds: float) -> None:
        """Ask the address's host nothing for that long, from any process."""
        if seconds > 0:
            self.pace.hold(_host(url), seconds)

    def _heed_hold(self, url: str, host: str) -> None:
        wait = self.pace.held(host)
        if wait > self.limits.retry_after_seconds:
            raise FetchError("blocked", f"{redacted(url)}: the host asked to be left alone for another {wait:.0f} s")
        if wait > 0:
            self.sleep(wait)

    def _once(self, ask: _Ask) -> Answer:
        """One request and its whole body, within the limits."""
        url = ask.url
        ends_at = time.monotonic() + self.limits.total_seconds
        cutter = threading.Timer(self.limits.total_seconds, self._guard.cut)
        cutter.daemon = True
        cutter.start()
        try:
            return self._read(ask, ends_at)
        except PrivateAddressError as error:
            raise FetchError("forbidden", f"{redacted(url)}: {error}") from None
        except requests.exceptions.InvalidHeader:  # its words quote the header
            raise FetchError("forbidden", f"{redacted(url)}: a secret holds what no header may hold") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, zlib.error) as error:
            late = time.monotonic() >= ends_at
            words = f"not finished after {self.limits.total_seconds:g} s" if late else ask.veil.hidden(_why(error))
            raise FetchError("unreachable", f"{redacted(url)}: {words}") from None
        finally:
            cutter.cancel()

    def _read(self, ask: _Ask, ends_at: float) -> Answer:
        with self._send(ask) as response:
            body, wire_bytes = _body(response, ask.url, self.limits, ends_at)
            if time.monotonic() >= ends_at:  # cut among the headers: http.client takes what came for all of them
                words = f"{redacted(ask.url)}: not finished after {self.limits.total_seconds:g} s"
                raise FetchError("unreachable", words)
            veil = NOTHING if ask.login else ask.veil
            found = {k.lower(): veil.hidden(v) for k, v in response.headers.items() if k.lower() in _KEPT_HEADERS}
            return Answer(ask.url, response.status_code, found, veil.hidden_bytes(body), wire_bytes, datetime.now(UTC))

    def _send(self, ask: _Ask) -> requests.Response:
        timeout = Timeout(connect=self.limits.connect_seconds, read=self.limits.read_seconds)
        headers = {**ask.headers, **ask.veil.headers(ask.url)}
        login = ask.login or Login(url="")
        return self._session.request(
            "POST" if ask.login else "GET",
            ask.veil.on_wire(ask.url),
            headers=headers,
            json=dict(login.json) if login.json is not None else None,
            data=dict(login.form) if login.form is not None else None,
            auth=login.basic,
            stream=True,
            allow_redirects=False,
            timeout=timeout,  # type: ignore[arg-type]
        )


def _body(response: requests.Response, url: str, limits: Limits, ends_at: float) -> tuple[bytes, int]:
    """The decoded body and its size on the wire. Raises FetchError when a limit is passed."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("truncated", f"{redacted(url)} comes in encoding {encoding!r:.40}, which was not asked for")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    pieces: list[bytes] = []
    size = wire = 0
    while piece := response.raw.read1(65_536, decode_content=False):
        wire += len(piece)
        found = piece if unpack is None else unpack.decompress(piece, limits.body_bytes - size + 1)
        size += len(found)
        pieces.append(found)
        if max(size, wire) > limits.body_bytes:
            raise FetchError("truncated", f"{redacted(url)} is larger than {limits.body_bytes:,} bytes")
        if time.monotonic() >= ends_at:
            raise FetchError("unreachable", f"{redacted(url)}: not finished after {limits.total_seconds:g} s")
    if unpack is not None and wire and not unpack.eof:
        raise FetchError("unreachable", f"{redacted(url)}: its compressed body is cut short")
    if unpack is not None and unpack.unused_data.startswith(b"\x1f\x8b"):
        raise FetchError("truncated", f"{redacted(url)} comes in several gzip parts; only the first could be read")
    return b"".join(pieces), wire


def _conditions(known: Validator | None, accept: str) -> dict[str, str]:
    headers = {"Accept": accept, "Accept-Encoding": "gzip"}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _check_form(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise FetchError("forbidden", f"{redacted(url)}: only http and https addresses without a user name are fetched")


def _host(url: str) -> str:
    """What has one pace: a host and port, however the address spells them."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _next_hop(url: str, answer: Answer) -> str:
    location = answer.headers.get("location", "")
    try:
        target = urljoin(url, location.encode("latin-1").decode("utf-8", "replace").strip())
        urlsplit(target).port  # noqa: B018 - raises ValueError when it is not a number
    except (ValueError, UnicodeError):
        target = ""
    if not location or not target:
        raise FetchError("unreachable", f"{redacted(url)} redirects to {location!r:.80}, which is no address")
    return target


def _why(error: Exception) -> str:
    """The innermost reason of a connection failure, in few words."""
    inner: BaseException = error
    while inner.args and isinstance(inner.args[-1], BaseException):
        inner = inner.args[-1]
    reason = getattr(inner, "reason", None)
    words = str(reason if isinstance(reason, BaseException) else inner)
    plain = re.sub(r"<[^>]*>: ?|_Https?\([^)]*\): ?|\[Errno -?\d+\] ?", "", words)[:200]
    return plain if isinstance(reason, BaseException) else f"{type(inner).__name__}: {plain}"
