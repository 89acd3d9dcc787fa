"""A part of a page of an unknown engine as a message: its words, number and address."""

from __future__ import annotations

import copy
import hashlib
import re
from collections import Counter
from typing import Final

from lxml.html import HtmlElement

from extractors.address import without_session
from extractors.forum_fields import is_other_date
from extractors.forum_page import ForumPage, Message
from extractors.forum_parts import Node, Part
from extractors.forum_text import mark_quotes, quoted_number, text_of, words_of
from extractors.paging import address, series_of

_NUMBERED: Final = (
    "data-post-id",
    "data-message-id",
    "data-comment-id",
    "data-postid",
    "data-pid",
    "data-id",
    "id",
    "name",
)
_ID: Final = re.compile(r"(\d+)\D*$")
_NO_ID: Final = re.compile(r"user|author|member|profile|avatar", re.IGNORECASE)
_LONGEST_NOTICE: Final = 120


def message_of(part: Part, page: ForumPage) -> Message:
    """A part as a message. Raises ValueError when it has no words."""
    if not part.is_whole or part.body is None or part.date is None:
        raise ValueError("no name, date or words found in the message")
    quoted, text = _text(part, part.body, page)
    if not text:
        raise ValueError("no words found in the message")
    link = next(part.named.element.iter("a"), None) if part.named else None
    above = next(part.named.element.iterancestors("a"), None) if part.named and link is None else link
    author = page.named(part.name, address(above, page.response.url) if above is not None else None)
    thread, url = _mark_of(page), _permalink(part, page)
    native_id = f"{page.scope}{thread}p{part.number}" if part.number else page.made_up(author, part.date.when, text)
    parent = f"{page.scope}{thread}p{quoted}" if quoted else None
    return Message(
        native_id=native_id, text=text, when=part.date.when, author=author, url=url,
        parent=parent if parent != native_id else None,
    )  # fmt: skip


def _text(part: Part, body: Node, page: ForumPage) -> tuple[str | None, str]:
    """Number of the message quoted, and the words without name and date where they stand among them."""
    inside = list(body.element.iter())
    twin = copy.deepcopy(body.element)
    twins = list(twin.iter())
    cut = [node.element for node in (part.dated, part.named) if node and body.holds(node) and node is not body]
    cut += [
        place for place, mark in part.marks.items()
        if place in inside and place is not body.element
        and is_other_date(mark) and len(words_of(place)) < _LONGEST_NOTICE
    ]  # fmt: skip
    quote = mark_quotes(twin, page.profile)
    for element in cut:
        place = twins[inside.index(element)]
        if place.getparent() is not None:
            place.drop_tree()
    return quoted_number(quote) if quote is not None else None, text_of(twin, page.profile)


def give_numbers(parts: list[Part]) -> None:
    """The number that a message's own element bears, else one around it or an anchor in it: one that no other has."""
    told = [_numbers(part) for part in parts]
    counts = [Counter(level) for level in zip(*told, strict=True)]
    for part, numbers in zip(parts, told, strict=True):
        alone = (number for number, count in zip(numbers, counts, strict=True) if number and count[number] == 1)
        part.number = next(alone, "")


def _numbers(part: Part) -> tuple[str, str, str]:
    """Of the message's elements, of the one around them, and of anchors in it; '' without one."""
    around = part.elements[0].getparent()
    anchors = [node.element for node in part.nodes if not (part.body and part.body.holds(node))]
    places = (part.elements, [around] if around is not None else [], anchors)
    first, second, third = (next(filter(None, map(_number_of, some)), "") for some in places)
    return first, second, third


def _number_of(element: HtmlElement) -> str:
    for name in _NUMBERED:
        told = str(element.get(name) or "")
        if (found := _ID.search(told)) and not _NO_ID.search(told):
            return found[1]
    return ""


def _permalink(part: Part, page: ForumPage) -> str:
    """The link around the date, else the page with the message's anchor."""
    dated = part.dated.element if part.dated else part.elements[0]
    for place in (dated, *dated.iterancestors()):
        if place.tag == "a" and (url := address(place, page.response.url)):
            return url
        if place is part.elements[0]:
            break
    plain, name = without_session(page.response.url).partition("#")[0], str(part.elements[0].get("id") or "")
    return f"{plain}#{name}" if name else plain


def _mark_of(page: ForumPage) -> str:
    """What tells the numbers of this thread from those of another: many engines begin anew in each."""
    return "t" + hashlib.sha256(series_of(page.response.url).encode()).hexdigest()[:8]
