"""Links by which rows of a listing lead to pages of different titles: what tells them from messages."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

from extractors.address import joined
from extractors.forum_fields import PROFILE_LINK, is_stated
from extractors.forum_page import ForumPage
from extractors.forum_parts import Node, Part, by_path
from extractors.forum_text import words_of

_ANSWERING: Final = re.compile(r"^(?:(?:re|aw|sv|r[ée]p|fwd?)\s+)+")


def titles_of(run: list[Part], page: ForumPage) -> dict[int, Node]:
    """The links, one in most parts, that lead to pages of different titles; {} in a thread."""
    here = subject_of(page.root.find(".//title"))
    for nodes in by_path(run, 0.6).values():
        if next(iter(nodes.values())).element.tag != "a":
            continue
        said, led = {}, set()
        for number, node in nodes.items():
            words, url = subject_of(node.element), joined(page.response.url, str(node.element.get("href") or ""))
            if url and len(words) > 3 and words not in here and _is_title(run[number], node, url):
                said[number] = words
                led.add(url.partition("#")[0])
        if len(said) >= 0.6 * len(run) and len(set(said.values())) >= 0.7 * len(said) and len(led) >= 0.7 * len(said):
            return {number: nodes[number] for number in said}
    return {}


def _is_title(part: Part, node: Node, url: str) -> bool:
    """Whether a link of a part is neither its author, nor its date, nor one of its words."""
    is_author = part.named is not None and is_stated(part.named) and words_of(node.element) == part.name
    is_date = bool(part.marks.keys() & set(node.element.iter()))
    return not (is_author or is_date or PROFILE_LINK.search(url) or _is_said(part, node))


def subject_of(element: HtmlElement | None) -> str:
    """What an element is about: its words without "Re:", digits and marks."""
    words = re.sub(r"[\d\W_]+", " ", words_of(element)).strip().casefold() if element is not None else ""
    return _ANSWERING.sub("", words)


def _is_said(part: Part, node: Node) -> bool:
    """Whether a link is one of the message's words: in a text that stands apart from name and date."""
    known = [place for place in (part.dated, part.named) if place]
    if not part.body or not part.body.holds(node) or any(part.body.holds(place) for place in known):
        return False
    return part.letters >= sum(map(str.isalpha, words_of(node.element)))
