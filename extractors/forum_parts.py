"""Parts of a page that may be messages or rows: their elements, where each stands, and the letters that it holds.

A place is a path of tags and classes from the part down. Words of links do not count, nor do words that most have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from extractors.forum_marks import SILENT, Mark, make_of

_MUTE: Final = SILENT | {"a", "button"}


@dataclass(frozen=True, eq=False)
class Node:
    """An element of a part."""

    element: HtmlElement
    path: str
    place: int
    """Its number in the part; `last` is that of the last element below it."""
    last: int

    def holds(self, other: Node) -> bool:
        """Whether the other one is this one or lies in it."""
        return self.place <= other.place <= self.last


@dataclass(eq=False)
class Part:
    """The elements of what may be a message, and what was found in them."""

    elements: tuple[HtmlElement, ...]
    nodes: list[Node]
    marks: dict[HtmlElement, Mark]
    pieces: list[tuple[int, str]]
    """Its words outside links, each with the number of the element that has them as its own."""
    sums: list[int] = field(default_factory=list)
    """Letters of all words before the element of that number, without those that most parts have."""
    dated: Node | None = None
    named: Node | None = None
    name: str = ""
    number: str = ""
    """What its engine calls it; '' without one of its own."""
    body: Node | None = None

    @cached_property
    def dated_places(self) -> list[int]:
        """Numbers of the elements that print dates."""
        return [node.place for node in self.nodes if node.element in self.marks]

    @property
    def date(self) -> Mark | None:
        """When it was written."""
        return self.marks.get(self.dated.element) if self.dated else None

    @property
    def letters(self) -> int:
        """Of the text, outside links."""
        return self.letters_of(self.body) if self.body else 0

    def letters_of(self, node: Node) -> int:
        """Letters at an element and below it, outside links, without the words that most parts have."""
        return self.sums[node.last + 1] - self.sums[node.place]

    @property
    def is_whole(self) -> bool:
        """Whether it has all of a message."""
        return bool(self.dated and self.name and self.letters)


@dataclass
class _Open:
    element: HtmlElement
    path: str
    place: int
    is_mute: bool
    """Its words are those of a link, a button or a script."""


def part_of(
    elements: tuple[HtmlElement, ...],
    marks: Mapping[HtmlElement, Mark],
    without: AbstractSet[HtmlElement] = frozenset(),
) -> Part:
    """A part, its elements walked once, those `without` that are parts of their own."""
    part = Part(elements, [], {}, [])
    for element in elements:
        _walk(part, element, without)
    part.marks = {node.element: marks[node.element] for node in part.nodes if node.element in marks}
    return part


def _walk(part: Part, root: HtmlElement, without: AbstractSet[HtmlElement]) -> None:
    """Add the elements below one, in order, and their words."""
    start, above = len(part.nodes), list[_Open]()
    found: list[Node | None] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            is_left_out = element in without and element is not root
            opened = _opened(element, above, start + len(found), is_left_out)
            if not opened.is_mute:
                part.pieces += _piece(opened.place, element.text)
            above.append(opened)
            found.append(None)
            if is_left_out:
                walk.skip_subtree()
            continue
        closed = above.pop()
        found[closed.place - start] = Node(element, closed.path, closed.place, start + len(found) - 1)
        if above and not above[-1].is_mute:
            part.pieces += _piece(above[-1].place, element.tail)
    part.nodes += [node for node in found if node]


def _opened(element: HtmlElement, above: list[_Open], place: int, is_left_out: bool) -> _Open:
    path = f"{above[-1].path}/{make_of(element)}" if above else str(element.tag)
    is_mute = is_left_out or element.tag in _MUTE or bool(above and above[-1].is_mute)
    return _Open(element, path, place, is_mute)


def _piece(place: int, text: str | None) -> list[tuple[int, str]]:
    words = " ".join(text.split()) if text else ""
    return [(place, words)] if words else []


def give_sums(parts: list[Part]) -> None:
    """Count letters; words that most parts have are labels, nobody's message."""
    spread = Counter(words for part in parts for words in {words for _, words in part.pieces})
    most = max(3, 0.6 * len(parts))
    for part in parts:
        counts = [0] * (len(part.nodes) + 1)
        for place, words in part.pieces:
            counts[place + 1] += 0 if spread[words] >= most else sum(map(str.isalpha, words))
        part.sums = list(accumulate(counts))


def by_path(parts: list[Part], least: float) -> dict[str, dict[int, Node]]:
    """The first node of each place that so large a share of the parts has, by the part's number."""
    found: dict[str, dict[int, Node]] = defaultdict(dict)
    for number, part in enumerate(parts):
        for node in part.nodes:
            found[node.path].setdefault(number, node)
    return {path: nodes for path, nodes in found.items() if len(nodes) >= least * len(parts)}
