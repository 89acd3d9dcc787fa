"""One page, one address."""

from __future__ import annotations

import pytest

from extractors.address import canonical_url, instance_of, joined, redacted, without_session

SESSION = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.example/x?utm_source=f&x=1&fbclid=z", "https://a.example/x?x=1"),
        (f"https://f.example/viewtopic.php?f=2&t=31&sid={SESSION}#p7", "https://f.example/viewtopic.php?f=2&t=31#p7"),
        (f"https://f.example/showthread.php?t=9&s={SESSION}", "https://f.example/showthread.php?t=9"),
        ("https://blog.example/?s=mug", "https://blog.example/?s=mug"),  # a search, not a session
        ("https://v.example/watch?v=abc&si=xyz&t=3", "https://v.example/watch?t=3&v=abc"),
        (f"https://j.example/page;jsessionid={SESSION}?b=2&a=1", "https://j.example/page?a=1&b=2"),
        ("https://p.example/41/#t=95", "https://p.example/41/#t=95"),
        ("https://n.example/a#:~:text=mug", "https://n.example/a"),
        ("https://n.example/a#xtor=RSS-1", "https://n.example/a"),
        ("https://n.example/été?q=é", "https://n.example/%C3%A9t%C3%A9?q=%C3%A9"),
    ],
)
def test_canonical_url(url, expected):
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


def test_topics_of_a_forum_stay_apart():
    topics = {canonical_url(f"https://f.example/viewtopic.php?f=2&t={t}&sid={SESSION}") for t in range(50)}
    assert len(topics) == 50


def test_what_to_ask_next_keeps_its_order():
    url = f"https://f.example/viewtopic.php?t=3&sid={SESSION}&f=2&start=10"
    assert without_session(url) == "https://f.example/viewtopic.php?t=3&f=2&start=10"
    assert without_session("https://slash.example/?sid=26/10/14&s=mug") == "https://slash.example/?sid=26/10/14&s=mug"


@pytest.mark.parametrize("href", ["mailto:a@b.example", "javascript:x()", "http://[broken", "http://a:b/", "data:,x"])
def test_not_an_address_of_the_web(href):
    assert joined("https://a.example/b/", href) is None


def test_joined_and_instance():
    assert joined("https://a.example/b/", "../c?x=1") == "https://a.example/c?x=1"
    assert instance_of("https://user@A.example:8443/x") == "a.example:8443"


def test_secrets_are_not_shown():
    shown = redacted("https://me:pw@api.example/v1?q=mug&api_key=s3cret&token=t0k")
    assert "s3cret" not in shown
    assert "t0k" not in shown
    assert "pw" not in shown
    assert "q=mug" in shown
