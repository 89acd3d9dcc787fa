"""A podcast: RSS with the itunes and podcast namespaces, transcripts as WebVTT and SRT, a page for each episode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from ouidire.sampleweb.answers import Answer, Ask, as_page, cdata, moved, rss_date
from ouidire.sampleweb.shape import Episode, Podcast

TYPES = {"vtt": "text/vtt", "srt": "application/srt"}
CHARACTERS_A_SECOND = 15
"""About how fast people talk: cues of a turn share its time by their length."""


class Cue(NamedTuple):
    """A line of a transcript; seconds."""

    start: float
    end: float
    speaker: str
    text: str


def answer(site: Podcast, ask: Ask) -> Answer | None:
    """The answer to a request below the podcast; None where there is nothing, such as the sound files."""
    if ask.path == "/feed.xml":
        return _feed(site, ask)
    if ask.path == "/":
        return moved(f"{ask.base}/feed.xml")
    match = re.fullmatch(r"/(\d+)(?:/|\.(vtt|srt))", ask.path)
    episode = next((e for e in site.episodes if match and e.id == int(match[1])), None)
    if match is None or episode is None:
        return None
    if match[2] is None:
        return _page(site, episode)
    return _transcript(episode, match[2]) if match[2] in episode.transcripts else None


def cues(episode: Episode) -> Iterator[Cue]:
    """The turns cut at sentence ends, as captioning tools do; a turn lasts until the next one at most."""
    nexts = [turn.start for turn in episode.turns[1:]] + [None]
    for turn, following in zip(episode.turns, nexts, strict=True):
        length = len(turn.text) / CHARACTERS_A_SECOND
        scale = 1.0 if following is None else min(1.0, (following - turn.start) / length)
        at = float(turn.start)
        for sentence in re.split(r"(?<=[.!?…])\s+(?=[^\s:;!?»])", turn.text):
            end = at + len(sentence) / CHARACTERS_A_SECOND * scale
            yield Cue(at, end, turn.speaker, sentence)
            at = end


def _transcript(episode: Episode, kind: str) -> Answer:
    if kind == "vtt":
        blocks = [
            f"{_clock(c.start)} --> {_clock(c.end)}\n<v {c.speaker}>{escape(c.text, quote=False)}</v>"
            for c in cues(episode)
        ]
        body = "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"
    else:
        blocks = [
            f"{i}\n{_clock(c.start, ',')} --> {_clock(c.end, ',')}\n{c.speaker}: {c.text}"
            for i, c in enumerate(cues(episode), 1)
        ]
        body = "\n\n".join(blocks) + "\n"
    return Answer(body, f"{TYPES[kind]}; charset=utf-8", etag="strong", modified_at=episode.at)


def _clock(seconds: float, point: str = ".") -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _feed(site: Podcast, ask: Ask) -> Answer:
    newest = max(episode.at for episode in site.episodes)
    items = "".join(_item(site, ask, e) for e in sorted(site.episodes, key=lambda e: e.at, reverse=True))
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" \
xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom" \
xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
	<title>{escape(site.title, quote=False)}</title>
	<link>{ask.base}/</link>
	<atom:link href="{ask.base}/feed.xml" rel="self" type="application/rss+xml" />
	<description>{escape(site.description, quote=False)}</description>
	<language>{site.language}</language>
	<lastBuildDate>{rss_date(newest)}</lastBuildDate>
	<itunes:author>{escape(site.host, quote=False)}</itunes:author>
	<itunes:explicit>false</itunes:explicit>
	<itunes:category text="Leisure" />
	<podcast:locked>no</podcast:locked>
	<podcast:person role="host">{escape(site.host, quote=False)}</podcast:person>
{items}</channel>
</rss>
"""
    return Answer(body, "application/rss+xml; charset=utf-8", etag="strong", modified_at=newest)


def _item(site: Podcast, ask: Ask, episode: Episode) -> str:
    last = max((cue.end for cue in cues(episode)), default=0.0)
    transcripts = "".join(
        f'\t\t<podcast:transcript url="{ask.base}/{episode.id}.{kind}" type="{TYPES[kind]}"'
        f' language="{site.language}" />\n'
        for kind in episode.transcripts
    )
    return f"""	<item>
		<title>{escape(episode.title, quote=False)}</title>
		<link>{ask.base}/{episode.id}/</link>
		<guid isPermaLink="false">{ask.name}-{episode.id}</guid>
		<pubDate>{rss_date(episode.at)}</pubDate>
		<description>{cdata(f"<p>{escape(episode.description, quote=False)}</p>")}</description>
		<itunes:episode>{episode.id}</itunes:episode>
		<itunes:duration>{_clock(last)[:8]}</itunes:duration>
		<itunes:explicit>false</itunes:explicit>
		<enclosure url="{ask.base}/{episode.id}.mp3" length="{round(last * 16000)}" type="audio/mpeg" />
{transcripts}	</item>
"""


def _page(site: Podcast, episode: Episode) -> Answer:
    said = "".join(
        f'<p id="t={turn.start}"><b>{escape(turn.speaker)}</b> {escape(turn.text, quote=False)}</p>\n'
        for turn in episode.turns
    )
    return as_page(f"""<!DOCTYPE html>
<html lang="{site.language}"><head><meta charset="utf-8">
<title>{escape(f"{episode.title} - {site.title}")}</title></head>
<body><h1>{escape(episode.title)}</h1><p>{escape(episode.description)}</p>
{said}</body></html>
""")
