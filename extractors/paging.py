"""The pages of a listing or topic: which link leads to the next one, and which number each has.

In order of trust: the link that an engine's profile names, `rel=next`, a link that says "next", the page numbers.
A link counts only when its address is one of the page's own series: rows of a listing have pagers of their own, and
blogs call the next article "next".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement

from extractors.address import instance_of, joined, without_session
from extractors.selectors import find_all

_NEXT = re.compile(
    r"\W*(?:(?:go to |aller à )?(?:the |la )?(?:next|suivante?s?|suiv|siguientes?|n[äa]chste|weiter|volgende|"
    r"pr[óo]xim[ao]|"
    r"successiv[ao]|avanti|dalej|nast[ęe]pna|följande|nästa|seuraava|další|sonraki|следующая|вперед|вперёд|далее|след|"
    r"下一页|下一頁|次|次へ|次のページ|التالي|بعدی|다음)(?: page| seite| página| pagina| strona| sida)?|"
    r"page suivante|página siguiente|pagina successiva|older posts|older|plus anciens|more reviews|[›»→]|>{1,2})\W*",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:page|_page|-page)?(?:$|[\s_-])|nextpostslink|jump--next", re.IGNORECASE)
_NEXT_ICON = re.compile(
    r"(?:chevron|angle|arrow|caret|triangle)[-_](?:(?:circle|alt|long|square|short)[-_])*(?:right|forward)(?![-_]?(?:double|bar))"
    r"|(?:^|[\s_#-])(?:navigate[-_])?next(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_NEXT = re.compile(
    r"prev_next=|goto=next|goto=prev|[?&]view=(?:next|previous)|nextnewest|nextoldest|/(?:next|previous)-topic",
    re.IGNORECASE,
)
_PAGE_KEYS: Final = frozenset((
    "page", "p", "pg", "pn", "pagina", "seite", "start", "st", "offset", "from", "pagenumber", "pageno", "page_no",
    "currentpage", "paged", "cpage", "pid", "post", "thrange", "msrange", "trange", "tstart", "limit", "nao", "rpp",
    "per_page", "perpage", "reviewpage", "highlight", "sort", "order", "sortby", "prune_day", "ref_",
))  # fmt: skip
_NUMBERED_KEY = re.compile(r"PAGEN_\d+", re.IGNORECASE)
_PATH_PAGE = re.compile(
    r"[-_/.](?:page|seite|pagina|pag|or|start|ap|p)?[-_/=.]?\d{1,6}$|/index\d*$|[-_/](?:page|seite|or)[-_/]?\d+(?=[-_/])"
    r"|(?<=\d)p\d+(?=-)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_DISABLED = re.compile(r"(?:^|[\s_-])(?:disabled|inactive)(?:$|[\s_-])", re.IGNORECASE)
_CURRENT = re.compile(r"(?:^|[\s_-])(?:current|active|selected|highlight|on)(?:$|[\s_-])|currentpage", re.IGNORECASE)
_BOX_DEPTH = 4
_MOST_LINKS = 2_000
"""Numbered links looked at; no page of people's words has more."""


@dataclass(frozen=True)
class Pages:
    """What a page's links say of its series."""

    next_url: str | None
    """Address of the following page; None when none is known."""
    numbers: dict[int, str]
    """Addresses of pages by number."""
    current: int | None
    """Number of this page, where it is told."""
    is_stated: bool = False
    """The next address is one that the page itself calls next; otherwise it follows from the numbers."""


def pages_of(root: HtmlElement, url: str, *, next_selector: str = "", pages_selector: str = "") -> Pages:
    """The pages that a page links to. `url` is its own address; selectors are an engine's own."""
    numbers, current = _numbered(root, url, pages_selector)
    stated = _stated(root, url, next_selector, numbers, current)
    after = numbers.get(current + 1) if current is not None else None
    found = stated or after
    same = found is not None and _bare(found) == _bare(url)
    return Pages(None if same else found, numbers, current, bool(stated) and not same)


def is_series(url: str, other: str) -> bool:
    """Whether two addresses may be pages of one listing: they differ in page numbers only."""
    here, there = urlsplit(url), urlsplit(other)
    if instance_of(url) != instance_of(other):
        return False
    mine, theirs = _plain(here.path), _plain(there.path)
    is_path = _stem(mine) == theirs or _stem(theirs) == mine or mine == theirs or _are_numbered(mine, theirs)
    keys, others = _identity(here.query), _identity(there.query)
    common = keys.keys() & others.keys()
    return is_path and all(keys[name] == others[name] for name in common) and bool(common or not keys or not others)


def series_of(url: str) -> str:
    """What the addresses of all pages of one topic or listing have in common."""
    parts = urlsplit(url)
    named = "&".join(f"{name}={value}" for name, value in sorted(_identity(parts.query).items()))
    return f"{instance_of(url)}/{_stem(_plain(parts.path))}?{named}"


def _are_numbered(path: str, other: str) -> bool:
    """Whether two paths differ in one page number: the last, or in Discuz' way the one before, of several."""
    if re.search(r"(?:page|seite|pagina|/p)[-_/]?\d+", path) and _stem(path) == _stem(other):
        return True
    pieces, others = re.split(r"(\d+)", path), re.split(r"(\d+)", other)
    if len(pieces) != len(others) or len(pieces) < 5:
        return False
    differing = [place for place, pair in enumerate(zip(pieces, others, strict=True)) if pair[0] != pair[1]]
    return len(differing) == 1 and differing[0] % 2 == 1 and 3 <= differing[0] >= len(pieces) - 4


def _stated(root: HtmlElement, url: str, selector: str, numbers: dict[int, str], current: int | None) -> str | None:
    """The address that the page calls its next one."""
    links = [link for link in root.xpath("//a[@href] | //link[@href]") if not _is_disabled(link)]
    for link in find_all(root, selector):
        found = address(link, url)
        if found and not _NOT_NEXT.search(found) and not _is_in_trail(link) and not _is_disabled(link):
            return found
    related = [link for link in links if "next" in (link.get("rel") or "").lower().split()]
    for link in related:
        found = address(link, url)
        if found and not _NOT_NEXT.search(found) and (link.tag == "link" or is_series(url, found)):
            return found
    for link in links:
        if link.tag == "a" and _says_next(link):
            found = address(link, url)
            is_number = found in numbers.values() and found == numbers.get((current or 0) + 1)
            if found and not _NOT_NEXT.search(found) and (is_number or is_series(url, found)):
                return found
    return None


def _says_next(link: HtmlElement) -> bool:
    words = " ".join("".join(link.itertext()).split())
    if words.isdecimal() or len(words) > 40:
        return False
    shown = [words, *(str(link.get(name) or "") for name in ("title", "aria-label"))]
    shown += [str(image.get("alt") or image.get("title") or "") for image in link.iter("img")]
    if any(_NEXT.fullmatch(text.strip()) for text in shown if text.strip()):
        return True
    if (not words or "_" in words) and _shows_next(link, words):
        return True
    parent = link.getparent()
    classes = f"{link.get('class') or ''} {parent.get('class') or '' if parent is not None else ''}"
    return bool(_NEXT_CLASS.search(classes)) and len(words) < 20


def _shows_next(link: HtmlElement, words: str) -> bool:
    """Whether a link without words shows an arrow to the right, by its icon's class or its ligature."""
    icons = [str(part.get(name) or "") for part in link.iter() for name in ("class", "href") if part is not link]
    return any(_NEXT_ICON.search(name) for name in (words, *icons))


def _numbered(root: HtmlElement, url: str, selector: str) -> tuple[dict[int, str], int | None]:
    """Numbered links of the page's own series, and the number that stands among them without a link of its own."""
    own = [link for link in find_all(root, selector) if not _is_in_trail(link)]
    links = [link for link in own or root.iter("a") if _number(link)][:_MOST_LINKS]
    numbers: dict[int, str] = {}
    boxes: dict[HtmlElement, None] = {}
    marked: list[int] = []
    is_strict = not selector or any(is_series(url, address(link, url) or "") for link in links)
    for link in links:
        found = address(link, url)
        if _is_marked(link) or (found and _bare(found) == _bare(url)):
            marked.append(_number(link))
        if found and (not is_strict or is_series(url, found)):
            numbers.setdefault(_number(link), found)
            boxes[link.getparent()] = None
    current = _unlinked(list(boxes), numbers) if numbers else None
    current = current or next((number for number in marked if {number - 1, number + 1} & numbers.keys()), None)
    if not numbers or len(set(numbers.values())) < len(numbers) or not (current or {1, 2} & numbers.keys()):
        return {}, None
    return numbers, current


def _number(link: HtmlElement) -> int:
    """The page number that is all a link says, else 0."""
    words = "".join(link.itertext()).strip(" \t\r\n\xa0[].,|")
    return int(words) if words.isdecimal() and len(words) < 7 else 0


def _is_disabled(link: HtmlElement) -> bool:
    """Whether a link is there for its looks only: the last page's next one leads anywhere."""
    parent = link.getparent()
    classes = f"{link.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
    return bool(_DISABLED.search(classes)) or link.get("aria-disabled") == "true"


def _is_in_trail(link: HtmlElement) -> bool:
    """Whether a link stands in the trail of breadcrumbs: MyBB puts the pages of the board above into it."""
    return any("breadcrumb" in f"{place.get('class')} {place.get('id')}".lower() for place in link.iterancestors())


def _is_marked(link: HtmlElement) -> bool:
    parent = link.getparent()
    classes = f"{link.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
    return bool(_CURRENT.search(classes)) or link.get("aria-current") in ("page", "true")


def _unlinked(boxes: list[HtmlElement], numbers: dict[int, str]) -> int | None:
    """The number printed among the links that is no link itself: this page's."""
    for start in boxes:
        box = start
        for _ in range(_BOX_DEPTH):
            for found in re.findall(r"(?<![\w.,])\d{1,6}(?![\w.,])", _unlinked_words(box)):
                number = int(found)
                if number not in numbers and ({number - 1, number + 1} & numbers.keys()):
                    return number
            parent = box.getparent()
            if parent is None or parent.tag == "body":
                break
            box = parent
    return None


def _unlinked_words(box: HtmlElement) -> str:
    pieces = box.xpath(
        ".//text()[not(ancestor::a[starts-with(@href, 'http') or contains(@href, '?') or contains(@href, '/')])]"
    )
    words = " ".join(piece.strip() for piece in pieces if piece.strip())
    return words if len(words) < 400 else ""


def address(link: HtmlElement, url: str) -> str | None:
    """Where a link leads, without its session, as long as it stays on the page's host."""
    href = str(link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:")):
        return None
    found = joined(url, href)
    return without_session(found) if found and instance_of(found) == instance_of(url) else None


def _bare(url: str) -> str:
    return without_session(url).partition("#")[0].rstrip("/")


def _plain(path: str) -> str:
    return _EXTENSION.sub("", unquote(path).rstrip("/")).rstrip("/").casefold()


def _stem(plain: str) -> str:
    """A path without its page number."""
    return _PATH_PAGE.sub("", plain).rstrip("/")


def _identity(query: str) -> dict[str, str]:
    """What of a query names the listing itself: SMF (topic=12.15) and YaBB (num=12/15) write the first row into it."""
    return {
        name: re.split(r"[./]", value)[0] if name in ("topic", "board", "num") else value
        for name, value in parse_qsl(query.replace(";", "&"))
        if name.casefold() not in _PAGE_KEYS and not _NUMBERED_KEY.fullmatch(name)
    }
