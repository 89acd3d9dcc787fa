"""A Mastodon-like server that only sends what it made beforehand: so the clients are measured, and not the server.

    python -m bench.collect.server --posts 50000

Prints its address, then answers until it is ended. Posts are spread over one UTC day, newest first, 40 to a page, with
the fields that a real status has. Words are drawn from a short list with a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import random
import socketserver
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

DAY: Final = datetime(2026, 10, 14, tzinfo=UTC)
PAGE: Final = 40
SAID: Final = (
    "je l' ai achetée en mars et le joint tient encore la mienne fuit depuis hier quelqu' un a une idée merci pour "
    "le conseil celle de ma sœur garde le café chaud jusqu' à midi on la trouve moins chère au marché foncez j' "
    "hésite avec l' autre marque trop lourde pour le sac mais jolie"
)


def pages(base: str, posts: int) -> dict[str, bytes]:
    """Whole HTTP answers by the `max_id` that asks for them; '' is the first page."""
    dice = random.Random(7)  # noqa: S311 made-up posts
    step = timedelta(days=1) / (posts + 1)
    moments = [DAY + timedelta(days=1) - step * number for number in range(1, posts + 1)]
    found, asked = {}, ""
    for start in range(0, posts, PAGE):
        items = [_status(dice, base, moment) for moment in moments[start : start + PAGE]]
        last = str(items[-1]["id"])
        found[asked] = _answer(items, f'<{base}/api/v1/timelines/tag/mug?limit=40&max_id={last}>; rel="next"')
        asked = last
    found[asked] = _answer([], "")
    return found


def _status(dice: random.Random, base: str, moment: datetime) -> dict[str, Any]:
    number = int(moment.timestamp() * 1000) << 16
    person = f"person{dice.randrange(5_000)}"
    said = " ".join(dice.choices(SAID.split(), k=dice.randrange(12, 60)))
    account = {
        "id": person, "username": person, "acct": person, "display_name": person.title(), "locked": False, "bot": False,
        "discoverable": True, "indexable": True, "group": False, "created_at": "2023-01-01T00:00:00.000Z",
        "note": "<p>Thé, vélo, cuisine</p>", "url": f"{base}/@{person}", "uri": f"{base}/users/{person}",
        "avatar": f"{base}/avatars/{person}.png", "header": f"{base}/headers/{person}.png",
        "followers_count": dice.randrange(3_000), "following_count": dice.randrange(900),
        "statuses_count": dice.randrange(9_000), "last_status_at": "2026-10-14", "emojis": [], "fields": [],
    }  # fmt: skip
    return {
        "id": str(number), "created_at": moment.isoformat().replace("+00:00", "Z"), "in_reply_to_id": None,
        "in_reply_to_account_id": None, "sensitive": False, "spoiler_text": "", "visibility": "public",
        "language": "fr",
        "uri": f"{base}/users/{person}/statuses/{number}", "url": f"{base}/@{person}/{number}", "replies_count": 0,
        "reblogs_count": dice.randrange(9), "favourites_count": dice.randrange(40), "edited_at": None, "reblog": None,
        "content": f'<p>{said} <a href="{base}/tags/mug" class="mention hashtag" rel="tag">#<span>mug</span></a></p>',
        "application": {"name": "Web"}, "account": account, "media_attachments": [], "mentions": [], "emojis": [],
        "tags": [{"name": "mug", "url": f"{base}/tags/mug"}], "card": None, "poll": None,
    }  # fmt: skip


def _answer(items: list[dict[str, Any]], link: str) -> bytes:
    body = json.dumps(items).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{f'Link: {link}' + chr(13) + chr(10) if link else ''}\r\n".encode() + body


NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    known: dict[str, bytes]

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            parts = urlsplit(line.split()[1].decode("ascii"))
            asked = parse_qs(parts.query).get("max_id", [""])[0]
            is_timeline = parts.path.startswith("/api/v1/timelines/")
            self.wfile.write(self.known.get(asked, self.known[""]) if is_timeline else NOT_FOUND)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=50_000)
    posts = parser.parse_args().posts
    with _Server(("127.0.0.1", 0), _Handler) as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        _Handler.known = pages(base, posts)
        print(base, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
