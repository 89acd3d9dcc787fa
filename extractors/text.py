"""From what servers send to the words a person wrote: charsets, HTML, control characters."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html

_BLOCKS = frozenset((
    "address", "article", "aside",
    "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_PARAGRAPHS = frozenset((
    "blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul",
))  # fmt: skip
_SILENT = frozenset((
    "script", "style", "template", "head", "iframe", "object", "svg", "math", "noscript", "textarea", "select",
    "button",
))  # fmt: skip
_EMOJI_CLASS = re.compile(r"emoji|smil(e|ey|ies)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]+")
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EDGES = re.compile(r"(?<![\x01\x02\x03 ])[\x01\x02\x03 ]*[\x02\x03]\x01*")
"""From the start of a run of spaces only: one of a million is read once."""
_PARSE_LIMIT = 8_000_000
_TAG_END = r"""(?:\s++[\w:-]++="[^"<>]*+")*+\s*+/?>"""
_INLINE = re.compile(rf"</?(?:a|span|b|i|em|strong|u|del){_TAG_END}", re.IGNORECASE)
_PARAGRAPH = re.compile(rf"</?p{_TAG_END}", re.IGNORECASE)
_LINE_BREAK = re.compile(rf"</?br{_TAG_END}", re.IGNORECASE)
"""Markup as short posts have it; anything else goes through a parser."""


def decoded(body: bytes, content_type: str) -> str:
    """A body as text: byte order mark, stated charset, UTF-8, cp1252, in this order of trust. Never fails."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    for charset in (*_stated(body, content_type), "utf-8"):
        try:
            return body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("cp1252", "replace")


def _stated(body: bytes, content_type: str) -> Iterator[str]:
    """Charsets that the header, then the first kilobyte, name. latin-1 means cp1252, as in every browser."""
    for place in (content_type.encode("latin-1", "replace"), body[:1024]):
        found = _DECLARED.search(place)
        if found:
            name = found[1].decode("ascii").lower()
            yield "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name


def clean(text: str) -> str:
    """Text without what no person typed: NUL and control characters, halves of surrogate pairs, stray line ends."""
    if text.isprintable():
        return text.strip()
    joined = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return _CONTROL.sub("", _paired(joined)).strip()


def _paired(text: str) -> str:
    """Surrogate pairs as their character, lone halves as U+FFFD."""
    if text.isascii() or not _SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_name(name: str) -> str:
    """A handle or id as it is compared: one line, without characters that nobody sees."""
    if " " not in name and name.isprintable():
        return name
    return " ".join((name if name.isprintable() else _INVISIBLE.sub("", clean(name))).split())


def document(markup: str) -> lxml_html.HtmlElement | None:
    """Parsed HTML, whatever its faults; None when it holds no element. libxml2 caps nesting, we cap length."""
    readable = _CONTROL.sub("", _paired(markup[:_PARSE_LIMIT]))
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True)
    try:
        return lxml_html.document_fromstring(readable.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def html_to_text(markup: str) -> str:
    """What a reader sees of a piece of HTML: paragraphs apart, lines on their own, quotes marked with "> "."""
    if "<" not in markup:
        return clean(html.unescape(markup))
    if (found := _simple_text(markup)) is not None:
        return found
    root = document(markup)
    return "" if root is None else element_text(root)


def _simple_text(markup: str) -> str | None:
    """What `element_text` says where there are only paragraphs, breaks and inline tags, for a fraction of the cost.

    None where there is anything else.
    """
    plain = markup if markup.isprintable() else _SPACES.sub(" ", _CONTROL.sub("", _paired(markup)))
    found: list[str] = []
    for paragraph in _PARAGRAPH.split(_INLINE.sub("", plain)):
        words = _LINE_BREAK.sub("\n", paragraph) if "<" in paragraph else paragraph
        if "<" in words:
            return None
        if "&" in words:
            words = html.unescape(words)
        if tidy := _tidy_lines(words) if "\n" in words else _tidy_line(words):
            found.append(tidy)
    return clean("\n\n".join(found))


def line(markup: str | None) -> str | None:
    """A title or name that may hold tags and entities, as one line; None when nothing is left."""
    if not markup:
        return None
    is_plain = markup.isprintable() and "<" not in markup and "&" not in markup
    return " ".join(markup.split()) or None if is_plain else _line(markup)


@lru_cache(maxsize=4096)
def _line(markup: str) -> str | None:
    """The same names come again and again."""
    return " ".join(html_to_text(markup).split()) or None


def element_text(root: etree._Element) -> str:
    """Text of an element; see html_to_text. Walks without recursion, so that depth is no danger."""
    pieces: list[str] = []
    silent = depth = quoted = kept = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else "comment"
        is_start = event == "start"
        step = 1 if is_start else -1
        silent += step if tag in _SILENT or tag == "comment" else 0
        if not silent:
            depth += step if tag == "blockquote" else 0
            quoted = min(depth, 1)  # a mark for each of 250 levels, on each line, would be a bomb
            kept += step if tag == "pre" else 0
            pieces.append(_break(tag, is_start, quoted))
        if is_start and not silent:
            pieces.append(_alt(node) if tag == "img" else _words(node.text, kept > 0, quoted))
        if not is_start and not silent and node is not root:
            pieces.append(_words(node.tail, kept > 0, quoted))
    return _tidy("".join(pieces))


def _words(text: str | None, is_kept: bool, quoted: int) -> str:
    if not text:
        return ""
    if is_kept:
        return text.replace("\n", "\n" + "\x01" * quoted)
    return _SPACES.sub(" ", text)


def _break(tag: str, is_start: bool, quoted: int) -> str:
    """What an element's edge stands for, as control characters until tidied: 2 a line, 3 a paragraph, 1 "is quoted"."""
    if tag not in _BLOCKS and not (tag == "br" and is_start):
        return ""
    edge = "\n" if tag == "br" else "\x03" if tag in _PARAGRAPHS else "\x02"
    return edge + "\x01" * quoted


def _alt(image: etree._Element) -> str:
    """A smiley drawn as an image is a word; any other image is none."""
    is_emoji = _EMOJI_CLASS.search(image.get("class") or "") or _EMOJI_CLASS.search(image.get("src") or "")
    return f" {image.get('alt') or ''} " if is_emoji else ""


def _edge(run: re.Match[str]) -> str:
    """Edges that meet are one: the strongest decides, the last says what follows."""
    marks = len(run[0]) - len(run[0].rstrip("\x01"))
    return ("\n\n" if "\x03" in run[0] else "\n") + "\x01" * marks


def _tidy(text: str) -> str:
    text = _EDGES.sub(_edge, text)
    return clean(_tidy_lines(text))


def _tidy_lines(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_tidy_line, text.split("\n")))).strip("\n")


def _tidy_line(raw: str) -> str:
    """A line without spaces too many; where it begins with a mark, it is quoted."""
    words = raw.replace("\x01", "").strip()
    if "  " in words:
        words = re.sub(r" {2,}", " ", words)
    return "> " + words if words and raw.startswith("\x01") else words
