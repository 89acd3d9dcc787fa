"""Strike a person's words and names out of a raw answer, whatever its format, and leave the rest readable.

Words are found across HTML tags, entities, JSON escapes, subtitle timings and line ends, in windows of a few words, so
that a quotation or a cut goes too. Where some are left over, the whole body goes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import codepoint2name
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from ouidire import lake

WINDOW: Final = 5
"""Words looked for together, at least: enough not to strike out what anybody writes."""
LEAST: Final = 4
"""A text of fewer words says nothing about who wrote it, and stands in many other places."""

_GAP: Final = r"""(?:<[^<>]*>|&\#?\w+;|\\u[0-9a-fA-F]{4}|\\.|\d+:\d[\d:.]*|\n\d+(?=\n)|[^\w<&\\])*"""
_TOKEN: Final = re.compile(r"<[^<>]*>|\d+:\d[\d:.]*|\\[nrtbf\"/\\]|(?:\w|&\#?\w+;|\\u[0-9a-fA-F]{4})+")
_TAG: Final = re.compile(r"<[^<>]*>|\d+:\d[\d:.]*")
_JSON_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_AROUND: Final = (r"(?<=[@\"'>/=: ])", r"(?=[\"'<>/\\&?\s:])")


@dataclass(frozen=True)
class Redacted:
    """A body after the words went."""

    body: bytes
    is_changed: bool
    is_emptied: bool
    """The words could not be struck out one by one: nothing is left of the body."""


class Redactor:
    """Knows the texts and names of one erasure; use it for many bodies.

    A stretch of a text that stands in one of `kept`, which others wrote, is struck out only with the whole text.
    """

    def __init__(self, texts: Iterable[str], names: Iterable[str], kept: Iterable[str] = ()) -> None:
        others = [" ".join(["", *re.findall(r"\w+", text.casefold()), ""]) for text in kept]
        windows = dict.fromkeys(
            window
            for text in texts
            for number, window in enumerate(_windows(text))
            if not number or not any(f" {' '.join(window)} " in other for other in others)
        )
        self._patterns = [(window, re.compile(_GAP.join(map(_spelled, window)), re.IGNORECASE)) for window in windows]
        self._names = [re.compile(_AROUND[0] + _spelled(name) + _AROUND[1]) for name in names if len(name) > 2]

    def redact(self, body: bytes) -> Redacted:
        """The body without the words; the very same one when it held none."""
        charset, text = _decoded(body)
        plain = _plain(text)
        held = [(window, pattern) for window, pattern in self._patterns if " ".join(window) in plain]
        struck = text
        for _, pattern in held:
            struck = pattern.sub(_strike, struck)
        for pattern in self._names:
            struck = pattern.sub("x", struck)
        if struck == text and not held:
            return Redacted(body, is_changed=False, is_emptied=False)
        left = _plain(struck)
        if any(" ".join(window) in left for window, _ in held):
            return Redacted(b"", is_changed=True, is_emptied=True)
        return Redacted(struck.encode(charset), is_changed=True, is_emptied=False)


def redact_captures(paths: Iterable[Path], redactor: Redactor) -> Iterator[str]:
    """Strike words out of the bodies of some files of captures. Yields what was done, once for each body."""
    for path in paths:
        content = pq.read_table(path, partitioning=None)
        done = [redactor.redact(body) for body in content["body"].to_pylist()]
        if any(result.is_changed for result in done):
            bodies = pa.array([result.body for result in done], content.schema.field("body").type)
            place = content.schema.get_field_index("body")
            lake.write_parquet(path, content.set_column(place, content.schema.field("body"), bodies))
        yield from ("captures_redacted" for result in done if result.is_changed and not result.is_emptied)
        yield from ("captures_emptied" for result in done if result.is_emptied)


def _decoded(body: bytes) -> tuple[str, str]:
    """A charset that gives the same bytes back, and the text in it."""
    try:
        return "utf-8", body.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1", body.decode("latin-1")


def _windows(text: str) -> list[tuple[str, ...]]:
    """The whole text, then for quotations and cuts its stretches of a few words, each word in one of them."""
    words = re.findall(r"\w+", text.casefold())
    if len(words) < LEAST:
        return []
    count = max(len(words) // WINDOW, 1)
    cuts = [len(words) * number // count for number in range(count + 1)]
    return [tuple(words), *(tuple(words[start:end]) for start, end in pairwise(cuts))]


def _spelled(words: str) -> str:
    """A pattern for the words as they are, as HTML entities and as JSON escapes."""
    return "".join(re.escape(c) if c.isascii() else _spellings(c) for c in words)


def _spellings(character: str) -> str:
    code = ord(character)
    named = codepoint2name.get(code)
    forms = [re.escape(character), rf"\\u{code:04x}", rf"&\#{code};", rf"&\#x{code:x};"]
    upper = character.upper()
    if len(upper) == 1 and upper != character:
        forms += [rf"\\u{ord(upper):04x}"]
    return f"(?:{'|'.join([*forms, rf'&{named};'] if named else forms)})"


def _strike(match: re.Match[str]) -> str:
    return _TOKEN.sub(lambda token: token[0] if _is_markup(token[0]) else "x", match[0])


def _is_markup(token: str) -> bool:
    return bool(_TAG.fullmatch(token)) or (token.startswith("\\") and len(token) == 2)


def _plain(text: str) -> str:
    """Words in lower case with single spaces, as a reader would see them."""
    unescaped = _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    unescaped = re.sub(r"\\[nrtbf\"/\\]", " ", unescaped)
    unescaped = html.unescape(_TAG.sub(" ", html.unescape(unescaped)))
    return " ".join(re.findall(r"[^\W]+", re.sub(r"\n\d+(?=\n)", " ", unescaped).casefold()))
