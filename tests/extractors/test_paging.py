"""Which link leads to the next page."""

from __future__ import annotations

import pytest

from extractors.paging import is_series, pages_of
from extractors.text import document

HERE = "https://f.example/viewtopic.php?t=5"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<a rel="next" href="?t=5&amp;start=10">x</a>', "?t=5&start=10"),
        ('<link rel="next" href="/t5-page2">', "/t5-page2"),
        ('<a href="?t=5&amp;start=10">Next »</a>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=10">Page suivante</a>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=10"><img alt="Suivant"></a>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=10" aria-label="Next page"><i></i></a>', "?t=5&start=10"),
        ('<li class="next"><a href="?t=5&amp;start=10"><i></i></a></li>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=10"><i class="fa fa-chevron-right"></i></a>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=10"><span class="icon">navigate_next</span></a>', "?t=5&start=10"),
        ('<a href="?t=5&amp;start=90"><i class="fa fa-angle-double-right"></i></a>', None),  # the last page
        ('<a class="next js-disabled" href="?t=5&amp;start=None">Next</a>', None),
        ('<b>1</b> <a href="?t=5&amp;start=10">2</a> <a href="?t=5&amp;start=20">3</a>', "?t=5&start=10"),
        ('<a href="?t=5">1</a> <b>2</b> <a href="?t=5&amp;start=20">3</a>', "?t=5&start=20"),
        ('<a class="current" href="#">1</a> <a href="?t=5&amp;start=10">2</a>', "?t=5&start=10"),
        ('<b>1</b> <a href="?t=5&amp;sid=0123456789abcdef0123456789abcdef&amp;start=10">2</a>', "?t=5&start=10"),
        ('<a href="?t=5">1</a> <a href="?t=5&amp;start=10">2</a> <b>3</b>', None),  # the last page
        ('<a href="?t=5&amp;view=next">Next</a>', None),  # the next topic
        ('<a href="?t=6">Next</a>', None),  # another topic
        ('<a rel="next" href="/other-article">Next: Other article</a>', None),
        ('<a rel="next" href="?t=5">x</a>', None),  # this very page
        ('<a href="https://elsewhere.example/viewtopic.php?t=5&amp;start=10">Next</a>', None),
        ('<a href="javascript:next()">Next</a>', None),
        ('<p>Posts: 2</p><a href="/viewforum.php?f=1">1</a> <a href="/viewforum.php?f=2">2</a>', None),
    ],
)
def test_next_page(markup, expected):
    found = pages_of(document(f"<html><body>{markup}</body></html>"), HERE).next_url
    base = "https://f.example" if expected and expected.startswith("/") else "https://f.example/viewtopic.php"
    assert found == (base + expected if expected else None)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/t/kettle", "/t/kettle/page/2/", True),
        ("/threads/kettle.5/", "/threads/kettle.5/page-2", True),
        ("/kettle-f26.html", "/kettle-f26-25.html", True),
        ("/t5-kettle", "/t5p15-kettle", True),
        ("/board/24/", "/board/24/?page=1", True),
        ("/index.php?topic=5.0", "/index.php?topic=5.15", True),
        ("/103-cars/", "/103-cars/index2.html", True),
        ("/thread-5-1-1.html", "/thread-5-2-1.html", True),
        ("/index.php?topic=5.0", "/index.php?board=5.0", False),
        ("/topic/4", "/topic/9", False),
        ("/showthread.php?t=5", "/showthread.php?t=6&page=2", False),
        ("/forum.jsp?forum=2", "/thread.jsp?forum=2&thread=9", False),
    ],
)
def test_series(one, other, expected):
    assert is_series(f"https://f.example{one}", f"https://f.example{other}") is expected
