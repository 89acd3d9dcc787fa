"""The loop that anybody would write: ask a page, read the same fields, write JSON lines. No robots, limits or resume.

python -m bench.collect.plain http://127.0.0.1:PORT FOLDER
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from lxml import html


def main() -> None:
    """Collect all pages. Prints the number of posts."""
    base, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    url: str | None = f"{base}/api/v1/timelines/tag/mug?limit=40"
    count = 0
    with requests.Session() as session, (folder / "posts.jsonl").open("w", encoding="utf-8") as out:
        while url:
            answer = session.get(url, timeout=30)
            answer.raise_for_status()
            for item in answer.json():
                out.write(json.dumps(row(item), ensure_ascii=False) + "\n")
                count += 1
            url = answer.links.get("next", {}).get("url")
    print(json.dumps({"posts": count}))


def row(item: dict[str, Any]) -> dict[str, Any]:
    """The fields that our rows of posts, engagement, authors and identities hold."""
    account = item["account"]
    created_at = datetime.fromisoformat(item["created_at"])
    return {
        "id": item["uri"], "url": item["url"], "created_at": created_at.isoformat(), "edited_at": item["edited_at"],
        "title": item["spoiler_text"] or None, "text": html.fromstring(item["content"]).text_content(),
        "parent": item["in_reply_to_id"], "lang": item["language"], "likes": item["favourites_count"],
        "replies": item["replies_count"], "shares": item["reblogs_count"], "handle": account["acct"],
        "name": account["display_name"], "profile_url": account["url"], "followers": account["followers_count"],
        "following": account["following_count"], "posts": account["statuses_count"],
    }  # fmt: skip


if __name__ == "__main__":
    main()
