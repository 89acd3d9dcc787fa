"""Serves a sample folder on loopback: each site under `/<name>/`, validators and 304 where the real thing has them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from ouidire.sampleweb import forum, mastodon, podcast, wordpress
from ouidire.sampleweb.answers import Answer, Ask, as_page, gone, http_date, moved
from ouidire.sampleweb.folder import load
from ouidire.sampleweb.shape import Forum, Podcast, Site, WordPress

PORT = 8765


def serve(folder: Path, host: str = "127.0.0.1", port: int = PORT) -> None:
    """Serve the folder until interrupted. Raises SampleError, or OSError where the port is taken."""
    with _server(folder, host, port) as server:
        server.serve_forever()


@contextmanager
def running(folder: Path, host: str = "127.0.0.1", port: int = PORT) -> Iterator[str]:
    """Serve the folder while the block runs; yields the root address. Port 0 takes a free one."""
    with _server(folder, host, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sampleweb", daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def respond(sites: Mapping[str, Site], root: str, target: str) -> Answer:
    """The answer to a GET of `target` (path and query); `root` is http://host[:port]."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    if path == "/robots.txt":
        return Answer(_robots(sites), "text/plain; charset=utf-8")
    if path == "/":
        return _index(sites, root)
    name, slash, rest = path[1:].partition("/")
    if name not in sites:
        return gone("Nothing here.")
    if not slash:
        return moved(f"{root}/{name}/")
    ask = Ask(root, name, f"/{rest}", parse_qs(parts.query, keep_blank_values=True))
    return _site_answer(sites[name], ask) or gone("Nothing here.")


def _site_answer(site: Site, ask: Ask) -> Answer | None:
    if isinstance(site, WordPress):
        return wordpress.answer(site, ask)
    if isinstance(site, Forum):
        return forum.answer(site, ask)
    if isinstance(site, Podcast):
        return podcast.answer(site, ask)
    return mastodon.answer(site, ask)


def _robots(sites: Mapping[str, Site]) -> str:
    closed = [
        f"Disallow: /{name}/{'wp-admin/' if isinstance(site, WordPress) else 'ucp.php'}"
        for name, site in sites.items()
        if isinstance(site, WordPress | Forum)
    ]
    return "\n".join(["User-agent: *", *closed, "Allow: /", ""])


def _index(sites: Mapping[str, Site], root: str) -> Answer:
    rows = "".join(
        f'<li><a href="{root}/{name}/">{escape(site.title)}</a> ({site.format})</li>\n' for name, site in sites.items()
    )
    return as_page(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>Sample web</title></head><body><ul>\n{rows}</ul>'
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def _server(folder: Path, host: str, port: int) -> _Server:
    class Bound(_Handler):
        sites = load(folder)

    return _Server((host, port), Bound)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sampleweb"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body are sent apart: waiting for the first to be acknowledged costs 40 ms
    timeout = 30
    sites: ClassVar[Mapping[str, Site]] = {}

    def do_GET(self) -> None:
        """Answer with a body."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._send(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the name it has in the base class
        """Say nothing: the pipeline keeps its own account of what it asked."""

    def _send(self, *, with_body: bool) -> None:
        host = self.headers.get("Host", "")
        if not re.fullmatch(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?", host):
            host = f"127.0.0.1:{self.request.getsockname()[1]}"
        answer = respond(self.sites, f"http://{host}", self.path)
        body = answer.body.encode()
        headers = {"Content-Type": answer.type, **answer.headers, **_validators(answer, body)}
        if self._has(headers):
            self.send_response(304)
            headers = {key: value for key, value in headers.items() if key in ("ETag", "Last-Modified")}
            body = b""
        else:
            self.send_response(answer.status)
            headers["Content-Length"] = str(len(body))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _has(self, headers: dict[str, str]) -> bool:
        """Whether the client's copy is good. If-None-Match decides alone when it is there (RFC 9110, 13.2.2)."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return "ETag" in headers and bool(tags & {headers["ETag"].removeprefix("W/"), "*"})
        since = self.headers.get("If-Modified-Since")
        return since is not None and since == headers.get("Last-Modified")


def _validators(answer: Answer, body: bytes) -> dict[str, str]:
    found = {}
    if answer.etag != "none" and answer.status == 200:
        found["ETag"] = ("W/" if answer.etag == "weak" else "") + f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if answer.modified_at is not None:
        found["Last-Modified"] = http_date(answer.modified_at)
    return found
