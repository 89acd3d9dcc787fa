"""One row a URL: what makes the next request conditional."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from extractors.captures import Capture, capture_of, read_rows
from extractors.checkpoints import write_text
from extractors.fetch import Validator
from ouidire.settings import Settings


class Validators:
    """One row a URL: what makes the next request conditional, and where the body is that a 304 stands for."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "validators"

    def get(self, url: str) -> Validator | None:
        """The validator of a URL, as long as the body that it vouches for is still there."""
        row = self._read(url)
        if row is None or not Path(row["place"].rpartition("#")[0]).exists():
            return None
        return Validator(row["etag"], row["last_modified"])

    def body(self, url: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers that a 304 of the URL stands for. Raises LookupError."""
        row = self._read(url)
        if row is None:
            raise LookupError(f"{url}: answered 304, but no stored body is known")
        path, _, number = row["place"].rpartition("#")
        stored = capture_of(read_rows(Path(path))[int(number)])
        return stored.body, stored.headers

    def put(self, capture: Capture, place: str) -> None:
        """Remember a capture that landed, if the server gave something to ask conditionally with."""
        etag, last_modified = capture.headers.get("etag"), capture.headers.get("last-modified")
        if capture.status in (200, 304) and (etag or last_modified):
            row = {"url": capture.url, "etag": etag, "last_modified": last_modified, "place": place}
            write_text(self._path(capture.url), json.dumps(row))

    def _path(self, url: str) -> Path:
        name = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
        return self._folder / name[:2] / f"{name}.json"

    def _read(self, url: str) -> dict[str, Any] | None:
        try:
            row = json.loads(self._path(url).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # a damaged row only costs an unconditional request
            return None
        return row if isinstance(row, dict) and row.get("url") == url else None
