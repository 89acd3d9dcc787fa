"""Dates printed on a page of an unknown engine, and the elements of which each holds one of them alone.

A thread, whatever its engine, is a run of alike elements of which each has one date of its own: the largest element
around a date that holds no other date of the same make is a message, or the head of one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml.html import HtmlElement

from extractors import dates

SILENT: Final = frozenset(("script", "style", "template", "head", "noscript", "option", "select", "textarea", "svg"))
_QUOTED: Final = frozenset(("blockquote", "q", "pre", "code"))
_MACHINE: Final = ("datetime", "data-time", "data-timestamp")
_TITLES: Final = ("title", "content")
"""They may say other things: the title of a topic about the best kettle of 2025."""
_TELLING: Final = re.compile(
    r"\d[:h]\d\d|\d{4}|\d[/.\-]\d|(?:today|yesterday|aujourd|hier|ago|il y a|heute|gestern|vor|hoy|ayer|hace)\b|"
    r"\d\s?[ap]\.?m\b|\d{1,2}(?:st|nd|rd|th|er|\.)?\s[^\W\d_]{3}|[^\W\d_]{3,9}\.?\s\d{1,2}\b",
    re.IGNORECASE,
)
_LONGEST: Final = 140
_MOST_MARKS: Final = 3_000
_MOST_LOOKED_AT: Final = 60_000
_DEEPEST: Final = 6
"""Ancestors that tell two makes of dates apart."""

Read = Callable[[HtmlElement, str], dates.When | None]


@dataclass(frozen=True, eq=False)
class Mark:
    """A printed date."""

    element: HtmlElement
    when: dates.When
    words: str
    """The line it stands in, or what the element tells machines."""


def dated_lines(root: HtmlElement) -> list[tuple[HtmlElement, str]]:
    """Elements of a page with words that look like a date, in its order, none of a quote; at most 3,000."""
    found: list[tuple[HtmlElement, str]] = []
    for number, element in enumerate(root.iter()):
        if number > _MOST_LOOKED_AT or len(found) >= _MOST_MARKS:
            break
        words = _date_words(element)
        if words and not _is_hidden(element):
            found.append((element, words))
    return found


def marks_of(lines: list[tuple[HtmlElement, str]], read: Read) -> list[Mark]:
    """Those of the lines that are dates. `read` knows the instant that an element tells."""
    return [Mark(element, when, words) for element, words in lines if (when := read(element, words))]


def own_line(element: HtmlElement) -> str:
    """The words of an element outside its children, on one line."""
    return " ".join(" ".join((element.text or "", *(child.tail or "" for child in element))).split())


@cache
def _has_date(words: str) -> bool:
    return len(words) >= 3 and bool(_TELLING.search(words))


def _date_words(element: HtmlElement) -> str:
    """Words that could name an instant: of an attribute, else of the element's own line."""
    if not isinstance(element.tag, str) or element.tag in ("meta", "img", "script", "style", "input", "option"):
        return ""
    told = [str(element.get(name) or "") for name in _MACHINE]
    words = next((words for words in told if words and (words.isdecimal() or _is_short_date(words))), "")
    line = own_line(element)
    return (
        words
        or (line if _is_short_date(line) else "")
        or next((title for name in _TITLES if _is_short_date(title := str(element.get(name) or ""))), "")
    )


def _is_short_date(words: str) -> bool:
    return len(words) <= _LONGEST and _has_date(words)


def _is_hidden(element: HtmlElement) -> bool:
    return any(place.tag in SILENT or place.tag in _QUOTED for place in (element, *element.iterancestors()))


@cache
def _make(tag: str, classes: str) -> str:
    names = sorted({re.sub(r"\d+|odd|even|first|last|unread|-+$", "", name) for name in classes.split()})
    return f"{tag}.{' '.join(names)}"


def make_of(element: HtmlElement) -> str:
    """Tag and classes without what differs from row to row."""
    return _make(str(element.tag), str(element.get("class") or ""))


def families(marks: list[Mark]) -> Iterator[list[Mark]]:
    """Dates of one make, two at least; by less and by more of what is around them, each family once."""
    seen: set[tuple[int, ...]] = set()
    trails = [_trail(mark.element) for mark in marks]
    for depth in range(1, _DEEPEST + 1):
        by_make: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, trail in enumerate(trails):
            by_make[trail[:depth]].append(number)
        for numbers in by_make.values():
            if len(numbers) > 1 and tuple(numbers) not in seen:
                seen.add(tuple(numbers))
                yield [marks[number] for number in numbers]


def _trail(element: HtmlElement) -> tuple[str, ...]:
    own = make_of(element)
    around = (make_of(place) for place, _ in zip(element.iterancestors(), range(_DEEPEST - 1), strict=False))
    return (f"span{own[4:]}" if element.tag in ("time", "abbr") else own, *around)


def blocks_of(elements: list[HtmlElement]) -> list[HtmlElement]:
    """For each element the largest one around it that holds no other of them; one that holds another is itself."""
    counts = Counter(place for element in elements for place in (element, *element.iterancestors()))
    return [_largest(element, counts) for element in elements]


def _largest(element: HtmlElement, counts: Counter[HtmlElement]) -> HtmlElement:
    block = element
    for place in element.iterancestors():
        if counts[place] > 1 or place.tag in ("body", "html"):
            break
        block = place
    return block


def segments_of(blocks: list[HtmlElement]) -> list[tuple[HtmlElement, ...]]:
    """Each block with the brothers that follow it up to the next one, and as many before it as look alike each time.

    The last block, which no other ends, gets as many as is usual.
    """
    taken = frozenset(place for block in blocks for place in (block, *block.iterancestors()))
    gaps = [_before(block, taken) for block in blocks]
    lead = _alike([gap[0] for gap in gaps if not gap[1]][:1] + [gap[0] for gap in gaps if gap[1]])
    after = [list(_after(block, taken)) for block in blocks]
    usual = sorted(len(run) for run in after if _ends_at(run, taken))
    longest = usual[len(usual) // 2] if usual else max((len(run) for run in after[:1]), default=0)
    found = []
    for block, (before, _), rest in zip(blocks, gaps, after, strict=True):
        length = len(rest) if _ends_at(rest, taken) else min(longest, len(rest) + lead)
        found.append((*reversed(before[:lead]), block, *rest[: max(length - lead, 0)]))
    return found


def _before(block: HtmlElement, taken: frozenset[HtmlElement]) -> tuple[list[HtmlElement], bool]:
    """Brothers before a block, nearest first, and whether another block ends them."""
    run: list[HtmlElement] = []
    for place in block.itersiblings(preceding=True):
        if place in taken:
            return run, True
        run.append(place)
    return run, False


def _after(block: HtmlElement, taken: frozenset[HtmlElement]) -> Iterator[HtmlElement]:
    for place in block.itersiblings():
        if place in taken:
            return
        yield place


def _ends_at(run: list[HtmlElement], taken: frozenset[HtmlElement]) -> bool:
    return bool(run) and run[-1].getnext() in taken


def _alike(runs: list[list[HtmlElement]]) -> int:
    """How many brothers before each block are of one make from block to block."""
    makes = [[make_of(place) for place in run[:8]] for run in runs]
    if len(makes) < 2:
        return 0
    count = 0
    for column in zip(*makes, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count
