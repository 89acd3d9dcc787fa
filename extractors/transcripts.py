"""Transcripts of speech: WebVTT, SRT, the podcast namespace's JSON and HTML, Markdown, as turns of one speaker.

Consecutive cues of one speaker are one turn. Where nobody is named, a turn ends with the first sentence that ends after
a minute, so that a post still points to its place.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractors.source import DriftError
from extractors.text import document, element_text

_TIMING = re.compile(r"((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]*)>")
_TAG = re.compile(r"</?(?:[a-z]+(?:\.[^\s<>]*)?(?:\s[^<>]*)?|\d[\d:.]*)>", re.IGNORECASE)
_SPEAKER = re.compile(r"(?:>>\s*)?([^\W\d_][\w .,'’\-]{0,38}[\w.])\s?:\s+(?=\S)")
_MARKED = re.compile(r"\*\*([^*\n]{1,60}?)\s?:\*\*\s*")
_CLOCK = re.compile(r"\\?\[((?:\d+:)?\d{1,2}:\d{2})(?:\.\d+)?\\?\]\s*")
_ENDS = re.compile(r"[.!?…][\"'»”)]*$")


@dataclass(frozen=True)
class Cue:
    """A line of a transcript; seconds from the start of the episode. Speaker '' = same as before, None = unknown."""

    start: float
    speaker: str | None
    text: str


@dataclass(frozen=True)
class Turn:
    """What one speaker said in one go."""

    start: float
    speaker: str | None
    text: str


def turns(text: str, media_type: str, url: str) -> list[Turn]:
    """Read a transcript by what it looks like, then by its type. Raises DriftError when no cue is found."""
    body = text.lstrip("\ufeff \r\n\t")
    if body.startswith("{") or "json" in media_type:
        cues = _json_cues(body, url)
    else:
        readers = (_timed_cues, _html_cues, _marked_cues)
        cues = next((found for reader in readers if (found := list(reader(body)))), [])
    if not cues:
        raise DriftError(f"{url} has no cue that can be read ({media_type or 'no type'})")
    return list(_merged(cues))


def _timed_cues(body: str) -> Iterator[Cue]:
    """Cues of WebVTT or SRT: a timing line, then its words until an empty line."""
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip().split("\n")
        for number, words in enumerate(lines[:3]):
            timing = _TIMING.search(words)
            if timing:
                yield from _voices(seconds(timing[1]), " ".join(lines[number + 1 :]))
                break


def _html_cues(body: str) -> Iterator[Cue]:
    """Cues of the namespace's HTML: <cite>who</cite> <time>when</time> <p>words</p>, over and over."""
    root = document(body) if body.startswith("<") else None
    if root is None or (root.find(".//time") is None and root.find(".//cite") is None):
        return
    start, speaker = 0.0, ""
    for node in root.iter("cite", "time", "p"):
        words = " ".join(element_text(node).split())
        if node.tag == "cite":
            speaker = words.rstrip(": ")
        elif node.tag == "time":
            start = seconds(words) if re.fullmatch(r"[\d:.,]+", words) else start
        elif words:
            yield Cue(start, speaker, words)


def _marked_cues(body: str) -> Iterator[Cue]:
    """Cues of Markdown: "**who:** words" a paragraph, with a clock such as [04:15] here and there; none without it."""
    if body.startswith("<") or not _CLOCK.search(body):
        return
    start = 0.0
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n")):
        named = _MARKED.search(paragraph[:200])
        clock = _CLOCK.search(paragraph)
        start = seconds(clock[1]) if clock else start
        words = _CLOCK.sub("", paragraph[named.end() :] if named else paragraph)
        if _plain(words):
            yield Cue(start, named[1].strip() if named else "", _plain(words))


def _voices(start: float, payload: str) -> Iterator[Cue]:
    """The words of one cue, apart where the voice changes."""
    pieces = _VOICE.split(payload)
    if len(pieces) > 1:
        if pieces[0].strip():
            yield Cue(start, "", _plain(pieces[0]))
        for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
            yield Cue(start, _plain(name) or None, _plain(words))
        return
    words = _plain(payload)
    named = _SPEAKER.match(words)
    if named:
        yield Cue(start, named[1].strip(), words[named.end() :])
    elif words:
        yield Cue(start, "", words)


def _json_cues(body: str, url: str) -> list[Cue]:
    try:
        segments = json.loads(body)["segments"]
        return [
            Cue(float(s.get("startTime") or 0), str(s.get("speaker") or ""), str(s.get("body") or "").strip())
            for s in segments
            if s.get("body")
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DriftError(f"{url} is not a JSON transcript: {type(error).__name__} {error}") from None


def _merged(cues: Iterable[Cue]) -> Iterator[Turn]:
    start, speaker, words = 0.0, None, list[str]()
    for cue in cues:
        same = cue.speaker in ("", speaker)
        is_long = speaker is None and bool(words) and cue.start - start > 60 and bool(_ENDS.search(words[-1]))
        if words and (not same or is_long):
            yield Turn(start, speaker, " ".join(words))
            words = []
        if not words:
            start = cue.start
        speaker = speaker if same else cue.speaker
        words += [cue.text] if cue.text else []
    if words:
        yield Turn(start, speaker, " ".join(words))


def _plain(words: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", words)).split())


def seconds(clock: str) -> float:
    """'01:02:03.456' or '02:03,456' as seconds."""
    total = 0.0
    for part in clock.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total
