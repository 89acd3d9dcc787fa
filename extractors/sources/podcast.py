"""Podcasts that publish transcripts (podcast:transcript): one post for each turn of a speaker, linked to its second.

The feed lists episodes; the transcripts of those in the window are read, WebVTT before JSON, SRT, HTML and Markdown. A
turn is published when its episode is; its chapter, where the episode has chapters (podcast:chapters, psc:chapters),
follows the episode's title. Chapters in a file of their own are asked after the transcript, which is then read again:
without them nothing is lost. Nobody counts likes, replies, shares or views of a turn: all are unknown. Speakers are
told apart within one podcast only: the same first name elsewhere is someone else. Podcast hosts list the whole
catalogue, cut at 50 episodes or more: a shorter feed is taken to be complete.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from extractors.address import instance_of, joined
from extractors.feedxml import parsed
from extractors.source import (
    AuthorDraft,
    DriftError,
    Page,
    PostDraft,
    Query,
    Refused,
    Request,
    Response,
    SourceType,
    Window,
)  # fmt: skip
from extractors.text import line
from extractors.transcripts import Turn, seconds, turns

SOURCE: Final = SourceType(
    title="Podcast transcripts",
    url="https://podcasting2.org/docs/podcast-namespace/tags/transcript",
    terms_url="https://www.rfc-editor.org/rfc/rfc9309",
    kind="episode_turn",
    rate=1.0,
    window="newest",
    lookback_days=2,
)
_NAMESPACE = "{https://podcastindex.org/namespace/1.0}"
_NAMESPACES = (_NAMESPACE, "{https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md}")
_SHORTEST_CUT = 50
_PREFERRED = (
    "text/vtt", "application/json", "application/x-subrip", "application/srt", "text/html", "text/markdown",
)  # fmt: skip
_SIMPLE = "{http://podlove.org/simple-chapters}chapter"


def seed(query: Query, window: Window) -> list[Request]:
    """The feed."""
    return [Request(url=query.url, accept="application/rss+xml, application/xml;q=0.9, */*;q=0.5")]


def parse(request: Request, response: Response, window: Window) -> Page:
    """The feed's episodes, the chapters of one, or its turns."""
    if "transcript" in request.context:
        return _chapters(request, response)
    return _turns(request, response) if "episode" in request.context else _episodes(response, window)


def _episodes(response: Response, window: Window) -> Page:
    root = parsed(response.body, response.url)
    items = root.findall("channel/item")
    if root.tag != "rss" or root.find("channel") is None:
        raise DriftError(f"{response.url} is not a podcast feed: its root is {str(root.tag)[:40]!r}")
    channel = {"podcast": line(root.findtext("channel/title")) or "", "lang": root.findtext("channel/language") or ""}
    asked: list[Request] = []
    refused: list[Refused] = []
    dates: list[datetime] = []
    for item in items:
        guid = (item.findtext("guid") or item.findtext("link") or item.findtext("title") or "").strip()
        try:
            dates.append(_published(item))
        except ValueError as error:
            refused.append(Refused(item=guid, reason=str(error)))
            continue
        transcript = _transcript(item, response.url)
        if window.holds(dates[-1]) and transcript and guid:
            first = _ask(item, guid, dates[-1], transcript, channel, response.url)
            asked += [first, *_ask_chapters(item, first, response.url)]
    return Page(
        next_requests=tuple(asked), refused=tuple(refused), listed_from=min(dates, default=None),
        is_end=len(items) < _SHORTEST_CUT,
    )  # fmt: skip


def _published(item: Any) -> datetime:
    stamp = (item.findtext("pubDate") or "").strip()
    try:
        found = parsedate_to_datetime(stamp)
    except (ValueError, TypeError, IndexError):
        raise ValueError(f"no date that can be read: {stamp or 'none given'}") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _transcript(item: Any, base: str) -> tuple[str, str, str] | None:
    """Address, type and language of the transcript that tells most."""
    given = [element for namespace in _NAMESPACES for element in item.iter(f"{namespace}transcript")]
    ranked = [(_rank(element.get("type") or ""), element) for element in given if element.get("url")]
    known = [(rank, element) for rank, element in ranked if rank is not None]
    if not known:
        return None
    best = min(known, key=lambda pair: pair[0])[1]
    url = joined(base, best.get("url"))
    return (url, best.get("type"), best.get("language") or "") if url else None


def _rank(media_type: str) -> int | None:
    plain = media_type.partition(";")[0].strip().lower()
    return _PREFERRED.index(plain) if plain in _PREFERRED else None


def _ask(  # noqa: PLR0917
    item: Any, guid: str, at: datetime, transcript: tuple[str, str, str], channel: dict[str, str], feed_url: str
) -> Request:
    enclosure = item.find("enclosure")
    page = item.findtext("link") or (enclosure.get("url") if enclosure is not None else None) or transcript[0]
    context = {
        **channel, "episode": guid, "at": at.isoformat(), "type": transcript[1], "feed": feed_url,
        "title": line(item.findtext("title")) or "", "link": joined(feed_url, page) or transcript[0],
        **({"lang": transcript[2]} if transcript[2] else {}), **_simple_chapters(item),
    }  # fmt: skip
    return Request(url=transcript[0], context=context, accept=f"{transcript[1]}, */*;q=0.5")


def _simple_chapters(item: Any) -> dict[str, str]:
    """Chapters that the feed itself holds, as {"chapters": [[seconds, title], ...]} in JSON; {} without any."""
    marks = [(node.get("start") or "", line(node.get("title"))) for node in item.iter(_SIMPLE)]
    found = [[seconds(start.partition(".")[0]), title] for start, title in marks if title and start[:1].isdigit()]
    return {"chapters": json.dumps(found, ensure_ascii=False)} if found else {}


def _ask_chapters(item: Any, transcript: Request, feed_url: str) -> list[Request]:
    """The file of an episode's chapters, which then asks for the transcript again."""
    given = [node.get("url") for namespace in _NAMESPACES for node in item.iter(f"{namespace}chapters")]
    url = joined(feed_url, given[0]) if given and given[0] else None
    if url is None or "chapters" in transcript.context:
        return []
    context = {**transcript.context, "transcript": transcript.url}
    return [Request(url=url, context=context, accept="application/json+chapters, application/json;q=0.9")]


def _chapters(request: Request, response: Response) -> Page:
    """The transcript again, with the chapters of the podcast namespace's JSON that have a title and are listed."""
    try:
        chapters = response.json()["chapters"]
        if not isinstance(chapters, list):
            raise TypeError(f"a {type(chapters).__name__}")
    except (ValueError, LookupError, TypeError) as error:  # the turns are there already: no reason to fail the day
        return Page(refused=(Refused(item=response.url, reason=f"no chapters that can be read: {error}"),))
    told = dict(request.context)
    url = told.pop("transcript")
    marks = [
        [float(chapter["startTime"]), " ".join(str(chapter["title"]).split())]
        for chapter in chapters
        if isinstance(chapter, dict) and chapter.get("title") and chapter.get("toc") is not False
        and isinstance(chapter.get("startTime"), int | float)
    ]  # fmt: skip
    if not marks:
        return Page()
    told["chapters"] = json.dumps(sorted(marks), ensure_ascii=False)
    return Page(next_requests=(Request(url=url, context=told, accept=f"{told['type']}, */*;q=0.5"),))


def _turns(request: Request, response: Response) -> Page:
    media_type = response.headers.get("content-type", "") or request.context["type"]
    found = turns(response.text, media_type, response.url)
    names: dict[str, int] = {}
    drafts = [_draft(request, turn, names) for turn in found]
    first = drafts[0].native_id
    return Page(posts=tuple(_in_thread(draft, first) for draft in drafts))


def _draft(request: Request, turn: Turn, names: dict[str, int]) -> PostDraft:
    told, place = request.context, f"t={int(turn.start)}"
    names[place] = names.get(place, 0) + 1
    nth = f".{names[place]}" if names[place] > 1 else ""
    feed = urlsplit(told["feed"])
    return PostDraft(
        native_id=f"{told['episode']}#{place}{nth}", instance=feed.netloc.lower(), kind="episode_turn",
        url=f"{told['link'].partition('#')[0]}#{place}", text=turn.text,
        author=_speaker(turn, f"{instance_of(told['feed'])}{feed.path}"),
        thread_title=_with_chapter(told, turn.start), position=int(turn.start),
        created_at=datetime.fromisoformat(told["at"]), lang=told["lang"],
    )  # fmt: skip


def _with_chapter(told: Mapping[str, str], start: float) -> str | None:
    """Title of the episode, and of the chapter at that second."""
    begun = [title for second, title in json.loads(told.get("chapters", "[]")) if second <= start]
    return " · ".join(words for words in (told["title"], *begun[-1:]) if words) or None


def _speaker(turn: Turn, podcast: str) -> AuthorDraft | None:
    return AuthorDraft(handle=turn.speaker, name=turn.speaker, instance=podcast) if turn.speaker else None


def _in_thread(draft: PostDraft, first: str) -> PostDraft:
    """A turn belongs to its episode; the conversation starts with the episode's first turn."""
    return dataclasses.replace(draft, thread=first)
