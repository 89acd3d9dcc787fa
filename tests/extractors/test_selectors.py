"""The CSS that profiles use."""

from __future__ import annotations

import pytest
import yaml
from lxml import html

from extractors import forum_page
from extractors.selectors import _alternatives, _xpath, find, find_all

PAGE = html.fromstring(
    '<div id="top"><p class="a b">1<a href="/x/1" rel="next">2</a></p><div class="ab"><p>3</p></div>'
    '<p data-n="it">4<b><a href="/y?p=2">5</a></b></p></div>'
)


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ("p.a", ["1"]),
        (".a.b", ["1"]),
        (".ab p", ["3"]),
        ("#top > p", ["1", "4"]),
        ("div>p", ["1", "3", "4"]),
        ("a[rel=next]", ["2"]),
        ('a[href*="p="], a[href^="/x"]', ["2", "5"]),
        ("a[href$='/1']", ["2"]),
        ("p[data-n]", ["4"]),
        ("p > a", ["2"]),
        ("p:has(b)", ["4"]),
        ("div:has(> p.a) > p", ["1", "4"]),
        ("p:not(.a):not([data-n])", ["3"]),
        ("h1", []),
        ("", []),
    ],
)
def test_find_all(selectors, expected):
    assert [element.text for element in find_all(PAGE, selectors)] == expected


def test_alternatives_are_in_order_of_trust():
    assert find(PAGE, "h1, b a, p").text == "5"
    assert find(PAGE, "h1") is None


@pytest.mark.parametrize("selector", ["p:first-child", "p + p", "p ~ p", "[a='x\"y"])
def test_what_is_not_understood_is_refused(selector):
    with pytest.raises(ValueError, match="not understood"):
        _xpath(selector)


@pytest.mark.parametrize("profile", forum_page.profiles(), ids=lambda profile: profile["name"])
def test_every_profile_is_understood(profile):
    for name, selectors in profile.items():
        if name not in ("name", "id", "parent", "kinds", "local"):
            for selector in _alternatives(selectors):
                _xpath(selector)
    assert yaml.safe_dump(profile)
