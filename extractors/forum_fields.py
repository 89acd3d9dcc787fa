"""What the parts of a page have in the same place: a date, a name, a text.

A field is the place that most parts have and that differs from part to part; what a class or an address says of it
only weighs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from lxml.html import HtmlElement

from extractors.forum_marks import Mark, own_line
from extractors.forum_parts import Node, Part, by_path, give_sums
from extractors.forum_text import words_of

PROFILE_LINK: Final = re.compile(
    r"/(?:user|member|profile|membre|profil|people|author|auteur|utilisateur|autor|mitglied)s?[/\-_.?]|action=profile|"
    r"=viewprofile|showuser=|member\.php|profile\.php|[?&](?:user|uid|member|author)(?:_?id)?=|/u\d+|/@|/u/|/~",
    re.IGNORECASE,
)
_NAME_HINT: Final = re.compile(
    r"author|auteur|autor|user|utilisateur|poster|member|membre|nick|pseudo|creator|byline|login|(?<!\w)fn\b|(?<!\w)name\b|"
    r"screen.?name|profil",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(
    r"avatar|rank|title|date|time|count|group|badge|role|signature|stat|button|find|search|quote|reply|report",
    re.IGNORECASE,
)
_OTHER_DATE: Final = re.compile(
    r"join|regist|member since|inscri|membre depuis|mitglied seit|dabei seit|beigetreten|edit|[ée]dit|modif|"
    r"ge[äa]ndert|bearbeitet|last (?:seen|visit|activ|reply|post)|birth|naissance|updated|mis à jour|"
    r"derni[èe]re? (?:visite|connexion|activit|message|r[ée]ponse)",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?:^|\W)(?:by|par|von|de|por)\s+(?P<name>\S(?:.{0,58}?\S)?)\s*(?:[,»•·|(–—]| - |\b(?:on|le|at|am|il y a)\b|\d|$)",
    re.IGNORECASE,
)
_TEXT_HINT: Final = re.compile(r"content|text|body|message|msg|entry|post|comment", re.IGNORECASE)
_AROUND: Final = re.compile(
    r"sign?(?:ature)?(?:$|[\s_-])|foot|head|title|subject|meta|info|user|author|profile|avatar|edit|button|control|action",
    re.IGNORECASE,
)
_BOXES: Final = frozenset(("div", "td", "article", "section", "main", "dd", "tr", "tbody", "table", "li"))
_INLINE: Final = frozenset(
    ("a", "b", "i", "em", "strong", "u", "font", "small", "img", "br", "abbr", "time", "h1", "h2")
)
_LINES: Final = frozenset(("span", "p", "blockquote"))
"""They hold a text only where each part has one: else they are pieces of it."""
_NAME_TAGS: Final = frozenset(("a", "b", "strong", "cite", "dt", "h3", "h4", "h5", "h6", "span"))
_LONGEST_NAME: Final = 60
_SHARE_OF_BODY: Final = 0.8


def fill(parts: list[Part]) -> list[Part]:
    """The parts of one run, with the fields that they have."""
    give_sums(parts)
    give_dates(parts)
    give_names(parts)
    give_bodies(parts)
    return parts


def give_dates(parts: list[Part]) -> None:
    """Choose the place of the date: not that of joining or editing; with a clock, told to machines, in order, first."""
    places: dict[str, dict[int, Node]] = defaultdict(dict)
    for number, part in enumerate(parts):
        for node in part.nodes:
            if node.element in part.marks:
                places[node.path].setdefault(number, node)
    ranked = sorted(places.values(), key=lambda nodes: _date_weight(parts, nodes), reverse=True)
    for nodes in ranked:
        for number, node in nodes.items():
            if parts[number].dated is None and not is_other_date(parts[number].marks[node.element]):
                parts[number].dated = node


def _date_weight(parts: list[Part], nodes: Mapping[int, Node]) -> tuple[float, int]:
    marks = [parts[number].marks[node.element] for number, node in sorted(nodes.items())]
    times = [mark.when.at for mark in marks]
    pairs = list(pairwise(times))
    ordered = sum(a <= b for a, b in pairs) / len(pairs) if pairs else 0.5
    reverse = sum(a >= b for a, b in pairs) / len(pairs) if pairs else 0.5
    other = sum(map(is_other_date, marks)) / len(marks)
    clock = sum(mark.when.precision != "day" for mark in marks) / len(marks)
    told = sum(mark.element.tag in ("time", "abbr") for mark in marks) / len(marks)
    share = len(marks) / len(parts)
    place = sum(node.place for node in nodes.values()) // len(nodes)
    return 3 * share + 2 * clock + 0.5 * told + 1.5 * max(ordered, reverse) - 4 * other, -place


def is_other_date(mark: Mark) -> bool:
    """Whether the words around a date say that it is of joining, editing or reading."""
    element = mark.element
    around = f"{own_line(element)[:60]} {element.get('class') or ''} {element.get('itemprop') or ''}"
    before = element.getprevious()
    above = element.getparent()
    lead = (before.tail or "") if before is not None else (above.text or "") if above is not None else ""
    if (
        before is not None
        and not lead.strip()
        and before.tag in ("strong", "b", "dt", "span", "label", "em", "i", "th")
    ):
        lead = words_of(before)[-60:]
    title = "" if above is None else f"{above.get('class') or ''}"
    return bool(_OTHER_DATE.search(f"{around} {lead[-60:]} {title}".replace("_", " ")))


def give_names(parts: list[Part]) -> None:
    """Choose the places of names, by their addresses, classes and how they differ; else what stands after "by"."""
    weighed = [(*_name_weight(parts, nodes), nodes) for nodes in by_path(parts, 0.0).values()]
    ranked = sorted((found for found in weighed if found[0] > 0), key=lambda found: -found[0] * found[1])
    for weight, _, nodes in ranked:
        if weight < ranked[0][0] / 2:
            continue
        for number, node in nodes.items():
            part = parts[number]
            if not part.name and (name := _name(part, node)):
                part.name, part.named = name, node
    for part in parts:
        if not part.name and part.date and (found := _BYLINE.search(own_line(part.date.element))):
            part.name = found["name"].strip(" :-")


def _name(part: Part, node: Node) -> str:
    """The name that an element says, '' when it says something else."""
    words = words_of(node.element).strip(" :,") if node.last - node.place < 12 else ""
    if not words or len(words) > _LONGEST_NAME or not re.search(r"[^\W\d_]", words) or len(words.split()) > 5:
        return ""
    if bisect_right(part.dated_places, node.last) > bisect_left(part.dated_places, node.place):
        return ""
    return words


def _name_weight(parts: list[Part], nodes: Mapping[int, Node]) -> tuple[float, float]:
    """How much a place looks like that of names, 0 or less for none; and the share of parts that have it."""
    names = {number: name for number, node in nodes.items() if (name := _name(parts[number], node))}
    if not names:
        return 0.0, 0.0
    share = len(names) / len(parts)
    element = nodes[next(iter(names))].element
    links = sum(bool(PROFILE_LINK.search(str(nodes[n].element.get("href") or ""))) for n in names) / len(names)
    hint = _hint(element)
    is_varied = len(set(names.values())) > 1 or len(names) == 1
    is_bare = element.tag in _NAME_TAGS and (len(parts) > 2 or element.tag in ("b", "strong", "dt", "cite"))
    if links < 0.5 and hint <= 0 and not (is_varied and is_bare):
        return 0.0, 0.0
    early = 1 - sum(nodes[n].place / max(len(parts[n].nodes), 1) for n in names) / len(names)
    varied = 1.0 if is_varied else -2.0 if len(names) > 3 else 0.0
    return 3 * (links >= 0.5) + hint + early + varied - 0.5 * _is_wordy(parts, nodes), share


def is_stated(node: Node) -> bool:
    """Whether the address or the classes of a name say that it is one."""
    return bool(PROFILE_LINK.search(str(node.element.get("href") or ""))) or _hint(node.element) > 0


def _is_wordy(parts: list[Part], nodes: Mapping[int, Node]) -> bool:
    """Whether a place has more pieces of words than a name has."""
    number, node = next(iter(nodes.items()))
    return sum(node.place <= place <= node.last for place, _ in parts[number].pieces) > 1 or bool(
        re.search(r"\d\W*$|:", words_of(node.element))
    )


def _hint(element: HtmlElement) -> float:
    """What classes and properties of an element, and of those around it, say of names."""
    weight = 0.0
    for worth, place in zip((2.0, 1.5, 1.0), (element, *element.iterancestors()), strict=False):
        told = " ".join(str(place.get(name) or "") for name in ("class", "itemprop", "rel", "property"))
        if place is element and _NO_NAME.search(told) and not _NAME_HINT.search(told):
            return -1.0
        if _NAME_HINT.search(told):
            weight = max(weight, worth)
    return weight


def give_bodies(parts: list[Part]) -> None:
    """Choose the place of the text: the innermost with most letters that holds neither date nor name."""
    places = by_path(parts, 0.6)
    for is_strict in (True, False):
        sums = {
            path: total * _worth(path) for path, nodes in places.items()
            if (total := _letters_of(parts, nodes, is_strict))
        }  # fmt: skip
        if sums:
            most = max(sums.values())
            path = min((path for path, total in sums.items() if total >= most * 0.99), key=lambda path: path.count("/"))
            for number, node in places[_innermost(path, places, sums, parts)].items():
                parts[number].body = node
            if most >= 4 * len(parts):
                return


def _worth(path: str) -> float:
    """What the classes of a place say of it: a text, or what stands around one."""
    own = path.rpartition("/")[2]
    return 0.3 if _AROUND.search(own) else 1.5 if _TEXT_HINT.search(own) else 1.0


def _letters_of(parts: list[Part], nodes: Mapping[int, Node], is_strict: bool) -> float:
    """Letters at a place; 0 when it holds a date or name of one of the parts, or is no box of text."""
    total = 0
    for number, node in nodes.items():
        part = parts[number]
        known = [other for other in (part.dated, part.named) if other]
        is_mixed = any(node.holds(other) for other in known)
        is_part_of = any(other.holds(node) for other in known)
        if node.element.tag in _INLINE or is_part_of or (is_strict and is_mixed):
            return 0
        if node.element.tag in _LINES and sum(other.path == node.path for other in part.nodes) > 1:
            return 0
        total += min(part.letters_of(node), 2_000)
    return total


def _innermost(path: str, places: dict[str, dict[int, Node]], sums: Mapping[str, float], parts: list[Part]) -> str:
    """The deepest box below a place that holds nearly all of its letters, one in each part."""
    while True:
        inner = [
            other for other in sums
            if other.startswith(f"{path}/") and other.count("/") == path.count("/") + 1
            and sums[other] >= _share(other) * sums[path] and _is_box(places[other])
            and len(places[other]) >= len(places[path])
            and _is_single(other, parts)
        ]  # fmt: skip
        if not inner:
            return path
        path = max(inner, key=lambda other: sums[other])


def _share(path: str) -> float:
    """How much of a text an inner element must hold to be all of it: half, where its classes say that it is one."""
    return 0.5 if _worth(path) > 1 else _SHARE_OF_BODY


def _is_box(nodes: Mapping[int, Node]) -> bool:
    return all(node.element.tag in _BOXES for node in nodes.values())


def _is_single(path: str, parts: list[Part]) -> bool:
    return all(sum(node.path == path for node in part.nodes) <= 1 for part in parts)
