"""The words of a message: its author's apart from those quoted, without signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from lxml.html import HtmlElement

from extractors.selectors import find_all
from extractors.text import element_text

QUOTED_LINK: Final = re.compile(
    r"(?:#(?:p|post|msg|entry|pid|comment)?[-_]?|[?&;](?:p|pid|msg|findpost|post_id|postid|comment)=|/posts?/)(\d+)",
    re.IGNORECASE,
)
_QUOTED_NAMES: Final = (
    "data-post-id",
    "data-cid",
    "data-ipsquote-contentcommentid",
    "data-pid",
    "data-source",
    "data-post",
)
_CUT: Final = re.compile(r"\s*(?:…|\.{3,}|\[\.\.\.\])\s*")
_LEAST_SHOWN: Final = 8
_ORDINAL: Final = re.compile(r"(?<=\d) (st|nd|rd|th|er)\b(?: (?=,))?")
"""YaBB prints 14<sup>th</sup>."""
_SIGNATURE_LINE: Final = re.compile(r"(?:^|\n)\s*_{8,}\s*(?:\n|$)")


def mark_quotes(body: HtmlElement, profile: Mapping[str, str]) -> HtmlElement | None:
    """Make every quote of the text a <blockquote>, and only quotes. Returns the first."""
    for found in find_all(body, profile["plain"]):
        found.tag = "div"
    for found in find_all(body, profile["quote"]):
        if found is not body:
            found.tag = "blockquote"
    for cite in find_all(body, "blockquote > cite"):
        cite.tag = "div"
    return next((found for found in body.iter("blockquote") if found is not body), None)


def text_of(body: HtmlElement, profile: Mapping[str, str]) -> str:
    """The text of a message whose quotes are marked, without what the profile drops and a signature below a line."""
    for dropped in find_all(body, profile["drop"]):
        if dropped is not body and dropped.getparent() is not None:
            dropped.drop_tree()
    if body.tag == "blockquote":
        body.tag = "div"
    for link in body.iter("a"):
        _write_out(link)
    text = element_text(body)
    return _SIGNATURE_LINE.split(text, maxsplit=1)[0].strip() or text


def _write_out(link: HtmlElement) -> None:
    """Give a link whose words are its own address, cut short to be shown, that address in full."""
    href, shown = str(link.get("href") or ""), words_of(link)
    pieces = _CUT.split(shown)
    if len(pieces) != 2 or len(pieces[0]) < _LEAST_SHOWN or not href.startswith("http"):
        return
    plain = href.partition("://")[2] if "://" not in shown else href
    if len(plain) > len(shown) - 3 and plain.startswith(pieces[0]) and plain.endswith(pieces[1]):
        tail = link.tail
        link.clear(keep_tail=False)
        link.text, link.tail = href, tail


def quoted_number(quote: HtmlElement) -> str | None:
    """Number of the message that a quote is taken from, as its markup gives it."""
    for part in (quote, *quote.iter("a", "cite", "div", "span")):
        for name in _QUOTED_NAMES:
            digits = re.findall(r"\d+", str(part.get(name) or ""))
            if digits:
                return str(digits[-1])
        if part.tag == "a" and (found := QUOTED_LINK.search(str(part.get("href") or ""))):
            return found[1]
    return None


def words_of(element: HtmlElement) -> str:
    """What an element says, on one line."""
    return " ".join("".join(element.itertext()).split())


def own_words(element: HtmlElement) -> str:
    """The words of an element that are not those of its links: in phpBB's old pages the date stands beside them."""
    if element.tag == "a":
        return words_of(element)[:160]
    own = element.xpath(".//text()[not(ancestor::a)]")
    words = _ORDINAL.sub(r"\1", " ".join(" ".join(own).split()))
    if not re.search(r"\d", words) and element.tag != "time":
        words = words_of(element)
    return words[-160:] if "»" in words else words[:160]
