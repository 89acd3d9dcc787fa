"""schema.org on a page: JSON-LD (read by extruct), microdata and RDFa Lite (one walk over the parsed tree).

Microdata and RDFa are walked here and not through extruct: the walk keeps the elements, so that quotes inside a text
stay apart, and it stays linear on pages of thousands of items.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml.html import HtmlElement

from extractors.text import clean, element_text, html_to_text

_DEPTH = 40
_OTHER_NAMES: Final = {
    "reviewer": "author", "dtreviewed": "datePublished", "itemreviewed": "itemReviewed", "summary": "name",
    "best": "bestRating", "worst": "worstRating", "average": "ratingValue", "value": "ratingValue",
    "votes": "ratingCount", "count": "reviewCount",
}  # fmt: skip
"""Names of data-vocabulary.org and its microformats, as schema.org has them."""

Value = Any
"""str, Thing or HtmlElement."""


@dataclass(eq=False)
class Thing:
    """One item: its types without their vocabulary, and the values of each property."""

    types: tuple[str, ...]
    values: dict[str, list[Value]] = field(default_factory=dict)
    """By name in lower case: shops write datepublished."""
    element: HtmlElement | None = None
    """Where it stands on the page; None for JSON-LD."""
    holder: Thing | None = None
    """The item that has it as a property."""
    role: str = ""
    """Name of that property."""

    def is_a(self, *types: str) -> bool:
        """Whether it is of one of these types."""
        return any(name in types for name in self.types)

    def line(self, *names: str) -> str:
        """The first value of these properties on one line; the name of an item; '' without any."""
        for value in self._all(names):
            words = value.line("name", "headline", "@value") if isinstance(value, Thing) else _plain(value)
            if words := " ".join(clean(words).split()):
                return words
        return ""

    def text(self, *names: str) -> str:
        """The first value of these properties as paragraphs."""
        for value in self._all(names):
            words = (
                value.text("text", "@value") if isinstance(value, Thing)
                else html_to_text(value) if isinstance(value, str)
                else element_text(value) or html_to_text(str(value.get("content") or ""))
            )  # fmt: skip
            if words:
                return words
        return ""

    def link(self, *names: str) -> str:
        """The first address among these properties, as the page writes it."""
        for value in self._all(names):
            if isinstance(value, str):
                return value.strip()
            if isinstance(value, Thing):
                return value.link("url", "@id")
            if found := value.get("href") or value.get("content") or value.get("src"):
                return str(found).strip()
        return ""

    def things(self, *names: str) -> list[Thing]:
        """The items among the values of these properties."""
        return [value for value in self._all(names) if isinstance(value, Thing)]

    def _all(self, names: Iterable[str]) -> Iterator[Value]:
        for name in names:
            yield from self.values.get(name.casefold(), ())


def things_of(root: HtmlElement) -> list[Thing]:
    """Every item of a page, held or not: those of JSON-LD first, then in the page's order."""
    return [*_linked_data(root), *_marked_up(root)]


def _plain(value: str | HtmlElement) -> str:
    """A value in words: what machines are told before what people see."""
    if isinstance(value, str):
        return html_to_text(value) if "<" in value or "&" in value else value
    for name in ("content", "datetime", "value"):
        if (told := value.get(name)) is not None:
            return str(told)
    return "".join(value.itertext()) or str(value.get("title") or value.get("alt") or "")


# JSON-LD


def _linked_data(root: HtmlElement) -> list[Thing]:
    from extruct.jsonld import JsonLdExtractor  # noqa: PLC0415 - slow to import, and many pages have none

    scripts = root.xpath("//script[@type='application/ld+json']")
    found: list[Thing] = []
    extractor = JsonLdExtractor()
    for script in scripts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about JSON that it repairs
                items = list(extractor.extract_items(script))
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        for item in items:
            _read(item, None, "", found, 0)
    _resolve(found)
    return found


def _read(item: Any, holder: Thing | None, role: str, found: list[Thing], depth: int) -> Thing | None:
    if not isinstance(item, dict) or depth > _DEPTH:
        return None
    types = item.get("@type", "")
    names = tuple(_short(str(name)) for name in (types if isinstance(types, list) else [types]))
    thing = Thing(names, holder=holder, role=role)
    found.append(thing)
    for name, given in item.items():
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, dict):
                held = _read(value, None if name == "@graph" else thing, name, found, depth + 1)
                thing.values.setdefault(_short(name).casefold(), []).extend([held] if held else [])
            elif value is not None and not isinstance(value, (list, bool)):
                thing.values.setdefault(_short(name).casefold(), []).append(str(value))
    return thing


def _resolve(found: list[Thing]) -> None:
    """Put items in the place of mere references to their @id."""
    known = {thing.line("@id"): thing for thing in found if len(thing.values) > 1 and "@id" in thing.values}
    for thing in found:
        for values in thing.values.values():
            for place, value in enumerate(values):
                if isinstance(value, Thing) and value.values.keys() == {"@id"}:
                    values[place] = known.get(value.line("@id"), value)


# microdata and RDFa Lite


def _marked_up(root: HtmlElement) -> list[Thing]:
    found: list[Thing] = []
    scopes: dict[HtmlElement, Thing] = {}
    referred = _references(root)
    waiting: list[tuple[HtmlElement, str, HtmlElement | Thing]] = []
    by_element: dict[HtmlElement, Thing] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        above = element.getparent()
        owner = scopes.get(above) if above is not None else None
        is_item = element.get("itemscope") is not None or element.get("typeof") is not None
        thing = _thing(element) if is_item else None
        for name in _names(element):
            value: HtmlElement | Thing = thing if thing is not None else element
            if owner is not None:
                _hold(owner, name, value)
            elif referred:
                waiting.append((element, name, value))
        if thing is not None:
            found.append(thing)
            by_element[element] = thing
        scope = thing or owner
        if scope is not None:
            scopes[element] = scope
    _refer(referred, waiting, by_element)
    return found


def _thing(element: HtmlElement) -> Thing:
    types = str(element.get("itemtype") or element.get("typeof") or "").split()
    return Thing(tuple(_short(name) for name in types), element=element)


def _hold(owner: Thing, name: str, value: HtmlElement | Thing) -> None:
    short = _short(name)
    owner.values.setdefault(_OTHER_NAMES.get(short.casefold(), short).casefold(), []).append(value)
    if isinstance(value, Thing) and value.holder is None and value is not owner:
        value.holder, value.role = owner, short


def _names(element: HtmlElement) -> list[str]:
    given = element.get("itemprop") or element.get("property")
    if given is None and element.get("typeof") is not None:
        given = element.get("rel")
    return str(given or "").split()


def _references(root: HtmlElement) -> dict[str, HtmlElement]:
    """Ids that an item's itemref names, and the item's element."""
    return {name: item for item in root.xpath("//*[@itemscope][@itemref]") for name in str(item.get("itemref")).split()}


def _refer(
    referred: dict[str, HtmlElement],
    waiting: list[tuple[HtmlElement, str, HtmlElement | Thing]],
    by_element: dict[HtmlElement, Thing],
) -> None:
    for element, name, value in waiting:
        for place in (element, *element.iterancestors()):
            item = referred.get(str(place.get("id") or ""))
            if item is not None and item in by_element:
                _hold(by_element[item], name, value)
                break


def _short(name: str) -> str:
    """A name without its vocabulary: 'https://schema.org/Review', 'schema:Review' and 'v:Review' are all Review."""
    return name if name.startswith("@") else name.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]
