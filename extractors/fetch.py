"""One honest client: it says who it is, asks robots.txt, keeps to the pace, gives up within limits, keeps no cookie."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

from extractors.address import redacted
from extractors.guard import Guard, is_allowed
from extractors.pace import Pace
from extractors.ratelimit import asked_wait, spent_wait
from extractors.robots import ALLOW_ALL, Robots
from extractors.source import Login
from extractors.veil import NOTHING, Veil
from extractors.wire import Answer, Ask, FailureState, FetchError, Limits, Wire
from ouidire import __version__
from ouidire.brands import Options

__all__ = ["Answer", "Client", "FetchError", "Limits", "Validator"]

_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Validator:
    """What makes a request conditional."""

    etag: str | None
    last_modified: str | None


@dataclass
class Client:
    """Use as a context manager: it keeps connections open between requests of one host."""

    options: Options
    pace: Pace
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        agent = f"ouidire/{__version__} (+{self.options.contact})"
        self._wire = Wire(Guard(self.options.private_hosts), agent, self.limits)
        self._robots: dict[str, Robots | FetchError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

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
            answer = self._patiently(Ask(url, _conditions(known, accept), own, spend), rate)
            if answer.status not in _REDIRECTS:
                return answer
            url = veil.bare(_next_hop(url, answer))
        raise FetchError("unreachable", f"{redacted(url)}: more than {self.limits.redirects} redirects")

    def post(self, login: Login, *, rate: float = 1.0, veil: Veil = NOTHING) -> Answer:
        """Send a login, under the same guard, limits and pace. Raises FetchError as `get` does.

        Redirects are not followed: secrets go where they were meant to go.
        """
        _check_form(login.url)
        return self._patiently(Ask(login.url, _conditions(None, "application/json"), veil, None, login), rate)

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
            answer = self._patiently(Ask(url, _conditions(None, "text/plain")), rate)
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

    def _patiently(self, ask: Ask, rate: float) -> Answer:
        """One hop, tried again with growing waits while it looks like a passing failure."""
        url, host = ask.url, _host(ask.url)
        for attempt in range(self.limits.tries):
            is_last = attempt == self.limits.tries - 1
            if ask.spend:
                ask.spend()
            delay = self._delay(url, rate)
            wait = self.limits.backoff_seconds * 2**attempt
            try:
                with self.pace.turn(host, delay):
                    self._heed_hold(url, host)
                    self.pace.wait(host, delay)  # in the turn: no request follows on the heels of a slow answer
                    answer = self._wire.exchange(ask)
            except FetchError as error:
                if error.state != "unreachable" or is_last:
                    raise
            else:
                if answer.status not in _RETRIED or is_last:
                    self.hold(url, spent_wait(answer.headers, answer.fetched_at))
                    return answer
                wait = max(wait, asked_wait(answer.status, answer.headers, answer.fetched_at))
                if wait > self.limits.retry_after_seconds:
                    self.hold(url, wait)
                    state: FailureState = "blocked" if answer.status == 429 else "unreachable"
                    raise FetchError(state, f"{redacted(url)} answers {answer.status} and asks to wait {wait:.0f} s")
            self.sleep(wait)
        raise FetchError("unreachable", f"{redacted(url)}: not tried")

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
