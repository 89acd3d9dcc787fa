"""The part of CSS selectors that page profiles use, as XPath for lxml: ten times faster than matching in Python.

Understood: tag, `*`, `.class`, `#id`, `[name]`, `[name=value]`, `[name*=value]`, `[name^=value]`, `[name$=value]`,
descendants, `>`, `:has(...)` and `:not(...)` with one selector each, and alternatives separated by commas.
"""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

_STEP = re.compile(r"\s*(>|\s)?\s*([a-z][a-z0-9]*|\*)?", re.IGNORECASE)
_PART = re.compile(
    r"\.([\w-]+)|#([\w-]+)|\[\s*([\w-]+)\s*(?:([*^$]?=)\s*(?:\"([^\"]*)\"|'([^']*)'|([^\]\s]*)))?\s*\]"
    r"|:(has|not)\(((?:[^()]|\([^()]*\))*)\)"
)
_COMMA = re.compile(r",(?![^\[]*\])(?![^(]*\))")


def find_all(element: etree._Element, selectors: str) -> list[etree._Element]:
    """Elements below `element` that match any alternative, in the page's order."""
    return list(element.iter() if selectors == "*" else _union(selectors)(element)) if selectors.strip() else []


def find(element: etree._Element, selectors: str) -> etree._Element | None:
    """First element of the first alternative that has one: alternatives are in order of trust."""
    for path in _paths(selectors):
        if found := path(element):
            return found[0]
    return None


@cache
def _paths(selectors: str) -> tuple[etree.XPath, ...]:
    return tuple(etree.XPath(_xpath(words)) for words in _alternatives(selectors))


@cache
def _union(selectors: str) -> etree.XPath:
    return etree.XPath(" | ".join(_xpath(words) for words in _alternatives(selectors)))


def _alternatives(selectors: str) -> list[str]:
    return [words.strip() for words in _COMMA.split(selectors) if words.strip()]


def _xpath(selector: str, first: str = "descendant-or-self::") -> str:
    """One alternative as XPath, its first step on that axis. Raises ValueError on what is not understood."""
    path, place = "", 0
    while place < len(selector):
        step = _STEP.match(selector, place)
        start, conditions = place, ""
        place = step.end() if step else place
        while part := _PART.match(selector, place):
            conditions += _condition(part)
            place = part.end()
        if step is None or not (step[2] or conditions):
            raise ValueError(f"selector {selector!r} is not understood from {selector[start:]!r} on")
        axis = first if not path and step[1] != ">" else "child::" if not path else "/" if step[1] == ">" else "//"
        path += f"{axis}{(step[2] or '*').lower()}{conditions}"
    return path


def _condition(part: re.Match[str]) -> str:
    name_of_class, name_of_id, name, operator = part[1], part[2], part[3], part[4]
    if part[8] == "has":
        return f"[{_xpath(part[9].strip(), 'descendant::')}]"
    if part[8] == "not":
        return f"[not({_xpath(part[9].strip(), 'self::')})]"
    if name_of_class:
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {name_of_class} ')]"
    if name_of_id:
        return f"[@id = '{name_of_id}']"
    value = next((v for v in (part[5], part[6], part[7]) if v is not None), None)
    if value is None or operator is None:
        return f"[@{name}]"
    if "'" in value:
        raise ValueError(f"a selector's value cannot hold a quote: {value!r}")
    return {
        "=": f"[@{name} = '{value}']",
        "*=": f"[contains(@{name}, '{value}')]",
        "^=": f"[starts-with(@{name}, '{value}')]",
        "$=": f"[substring(@{name}, string-length(@{name}) - {len(value) - 1}) = '{value}']",
    }[operator]
