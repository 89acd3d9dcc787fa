"""XML from strangers: no document type of their own, no entity, no network, no deep tree."""

from __future__ import annotations

import re

from lxml import etree

from extractors.source import DriftError

_PROLOG = re.compile(rb"^.*?(?=<[A-Za-z_])", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[<>]*>", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?(\]\]>|\Z)|<!--.*?(-->|\Z)", re.DOTALL)
"""One that never ends takes the rest, so that a million of them are read once."""
_TAG = re.compile(rb"<(/?)[A-Za-z_][^<>]*?(/?)>")
_OPEN = re.compile(rb"<[A-Za-z_/!?]")
_MOST_TORN = 1_000
_DEEPEST = 500
"""Feeds nest a dozen elements; feedparser's time grows with the square of the depth."""
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


def without_dtd(body: bytes, url: str) -> bytes:
    """The document without its DOCTYPE line, which RSS 0.91 asks for. Raises DriftError when it declares anything.

    Only what comes before the first element is looked at: articles may quote a DOCTYPE. UTF-16 and UTF-32 are seen
    through by leaving their zero bytes out.
    """
    if _depth(body, url) > _DEEPEST:
        raise DriftError(f"{url} nests its elements more than {_DEEPEST} deep; such a file is not read")
    plain = body[:200_000].replace(b"\x00", b"") if b"\x00" in body[:64] else body[:200_000]
    found = _PROLOG.match(plain)
    if not found and len(plain) < len(body):
        raise DriftError(f"{url} is not XML: no element in its first {len(plain):,} bytes")
    prolog = found[0] if found else plain
    if _DECLARATION.search(_DOCTYPE.sub(b"", prolog)):
        raise DriftError(f"{url} carries its own document type definition; such a file is not read")
    if b"\x00" in body[:64] or not _DOCTYPE.search(prolog):
        return body
    return _DOCTYPE.sub(b"", prolog, count=1) + body[len(prolog) :]


def _depth(body: bytes, url: str) -> int:
    """How deep elements nest. Raises DriftError on many tags that do not end: their cost grows with their square."""
    depth = deepest = whole = 0
    plain = _CDATA.sub(lambda part: b"" if part[1] or part[2] else part[0], body)
    for tag in _TAG.finditer(plain):
        whole += 1
        depth += -1 if tag[1] else 0 if tag[2] else 1
        deepest = max(deepest, depth)
    if (torn := len(_OPEN.findall(plain)) - whole) > _MOST_TORN:
        raise DriftError(f"{url} has {torn:,} tags that do not end; such a file is not read")
    return deepest


def parsed(body: bytes, url: str) -> etree._Element:
    """The root element, small faults mended. Raises DriftError when there is none."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(without_dtd(body, url).lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DriftError(f"{url} is not XML: {error}") from None
    if root is None:
        raise DriftError(f"{url} is not XML: no element in it")
    return root
