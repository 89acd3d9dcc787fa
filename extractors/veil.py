"""Credentials on the wire and nowhere else: added for the hosts they are meant for, struck out of what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, quote_plus, urlencode, urlsplit, urlunsplit

from extractors.source import Credentials

_LEAST: Final = 6
"""Characters that a value must have to be struck out: shorter ones stand everywhere, and are no secrets."""
_PORTS: Final = {"http": "80", "https": "443"}


@dataclass(frozen=True, repr=False)
class Veil:
    """Knows the credentials of one source. `words` are other secrets that must not be shown, such as a password."""

    credentials: Credentials = field(default_factory=lambda: Credentials(hosts=()))
    words: tuple[str, ...] = ()

    def is_for(self, url: str) -> bool:
        """Whether the credentials belong to the address's host; one named without a port means the scheme's own."""
        return bool(self._values) and _place(url) in {_place(f"{urlsplit(url).scheme}://{h}") for h in self._hosts}

    def headers(self, url: str) -> dict[str, str]:
        """What is added to a request's headers."""
        return dict(self.credentials.headers) if self.is_for(url) else {}

    def on_wire(self, url: str) -> str:
        """The address with the parameters that only the host may see."""
        if not self.is_for(url) or not self.credentials.params:
            return url
        parts = urlsplit(self.bare(url))
        added = urlencode(dict(self.credentials.params))
        return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))

    def bare(self, url: str) -> str:
        """The address without those parameters, as a redirect or a link may repeat them."""
        if not self.credentials.params:
            return self.hidden(url)
        parts = urlsplit(url)
        kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in self.credentials.params]
        return self.hidden(urlunsplit(parts._replace(query="&".join(kept))))

    def hidden(self, words: str) -> str:
        """The words without any secret."""
        for secret in self._spellings():
            words = words.replace(secret, "***")
        return words

    def hidden_bytes(self, body: bytes) -> bytes:
        """A body without what was sent with the request: some interfaces repeat it in their links.

        Names and passwords of a login stay: they were not sent with it, and a name may rightly stand in a post.
        """
        for secret in _spelled(self._values):
            body = body.replace(secret.encode(), b"***")
        return body

    @property
    def _hosts(self) -> tuple[str, ...]:
        return self.credentials.hosts

    @property
    def _values(self) -> tuple[str, ...]:
        headers = self.credentials.headers.items()
        tokens = (value.split()[-1] for name, value in headers if name.lower() == "authorization" and value.strip())
        return (*(value for _, value in headers), *tokens, *self.credentials.params.values())

    def _spellings(self) -> list[str]:
        return _spelled((*self._values, *self.words))


def _spelled(values: tuple[str, ...]) -> list[str]:
    """The values as they are and as addresses write them, longest first."""
    forms = {form for value in values for form in (value, quote(value, safe=""), quote_plus(value))}
    return sorted((form for form in forms if len(form) >= _LEAST), key=lambda form: (-len(form), form))


def _place(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return host if host.rpartition(":")[2].isdigit() else f"{host}:{_PORTS.get(parts.scheme, '')}"


NOTHING: Final = Veil()
"""No credentials."""
