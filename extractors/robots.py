"""robots.txt as we obey it: Protego's reading of it, for our own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from protego import Protego

AGENT = "ouidire"
_SIZE_LIMIT = 512_000
_LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Robots:
    """Rules of one host."""

    rules: Any
    crawl_delay: float
    """Seconds between two requests, at most one minute."""

    @classmethod
    def parse(cls, body: bytes) -> Robots:
        """Read the file's first 500 KiB as UTF-8, whatever its byte order mark."""
        rules = Protego.parse(body[:_SIZE_LIMIT].decode("utf-8-sig", "replace"))
        pace = rules.request_rate(AGENT)
        slowest = max(
            float(rules.crawl_delay(AGENT) or 0), pace.seconds / pace.requests if pace and pace.requests else 0.0
        )
        return cls(rules, min(slowest, _LONGEST_DELAY))

    def allows(self, url: str) -> bool:
        """Whether we may ask for the address."""
        return self.rules is None or bool(self.rules.can_fetch(url, AGENT))


ALLOW_ALL = Robots(None, 0.0)
