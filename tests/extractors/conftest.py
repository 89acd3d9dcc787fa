"""A scripted loopback server, and what most tests of collection need."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from extractors.fetch import Client, Limits
from extractors.pace import Pace
from ouidire.brands import Brands, Options, load_brands
from ouidire.settings import Settings, load

QUICK = Limits(connect_seconds=2, read_seconds=2, total_seconds=5, body_bytes=300_000, backoff_seconds=1.0)


@dataclass
class Reply:
    """One scripted answer; the last of a path's list is given again and again."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[socket.socket], None] | None = None
    """Speaks on the bare socket instead."""


@dataclass
class Web:
    """Scripted paths of a server on loopback, and what it was asked."""

    base: str
    host: str
    paths: dict[str, list[Reply]]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Bodies of POST requests."""

    def says(self, path: str, *replies: Reply) -> None:
        """Script the answers of a path (with its query)."""
        self.paths[path] = list(replies)

    def count(self, path: str) -> int:
        """How often a path was asked."""
        return sum(asked == path for asked, _ in self.asked)


@pytest.fixture
def limits() -> Limits:
    """Patience of a test: none between tries."""
    return dataclasses.replace(QUICK, backoff_seconds=0.0)


@pytest.fixture
def reply() -> type[Reply]:
    """To script answers with."""
    return Reply


@pytest.fixture
def web() -> Iterator[Web]:
    """A server of our own on a free port of loopback. /robots.txt answers 404 until scripted."""
    told = Web("", "", {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 10

        def do_GET(self) -> None:
            told.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            replies = told.paths.get(self.path) or [Reply("not found", 404)]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            if reply.act:
                reply.act(self.connection)
                self.close_connection = True
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            told.sent.append(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.host = f"127.0.0.1:{server.server_port}"
    told.base = f"http://{told.host}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(web: Web, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Make clients that may reach the scripted server (unless told otherwise) and never really sleep."""
    slept: list[float] = []

    def make(*, private: tuple[str, ...] | None = None, limits: Limits = QUICK) -> Client:
        options = Options(
            private_hosts=list(private if private is not None else (web.host,)), contact="https://us.example/bot"
        )
        made = Client(options, Pace(tmp_path / "hosts", slept.append), limits, slept.append)
        made.slept = slept  # type: ignore[attr-defined]
        stack.enter_context(made)
        return made

    with ExitStack() as stack:
        yield make


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the source type `mastodon` be another source for the length of a test: its declaration and its functions."""

    from extractors.sources import mastodon

    real = mastodon.SOURCE

    def make(*, declared: dict[str, Any] | None = None, **functions: Any) -> None:
        made = dataclasses.replace(real, **{"has_references": False, **(declared or {})})
        monkeypatch.setattr(mastodon, "SOURCE", made)
        for name, function in functions.items():
            monkeypatch.setattr(mastodon, name, function, raising=False)

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home of its own."""
    return load({"OUIDIRE_HOME": str(tmp_path / "home"), "OUIDIRE_BRANDS": str(tmp_path / "brands.yml")})


@pytest.fixture
def brands_of(tmp_path: Path) -> Callable[..., Brands]:
    """Make a catalogue that has these sources and allows these private hosts."""

    def make(*sources: str, private: tuple[str, ...] = ()) -> Brands:
        lines = "\n".join(f"  - {{{source}}}" for source in sources)
        allowed = ", ".join(f'"{host}"' for host in private)
        path = tmp_path / "brands.yml"
        path.write_text(
            f"settings: {{private_hosts: [{allowed}], contact: 'https://us.example/bot'}}\n"
            "brands: [{id: tisonne, name: Tisonne, handles: ['@tisonne'], domains: [tisonne.example]}]\n"
            f"sources:\n{lines}\n",
            encoding="utf-8",
        )
        return load_brands(path)

    return make
