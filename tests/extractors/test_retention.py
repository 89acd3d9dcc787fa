"""Nights whose captures were removed for their age: their rows stay, and a rerun asks nothing."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.collect import collect, plan
from extractors.parse import parse_partition
from ouidire import lake
from ouidire.records import Outcome, Post

DAY = date(2026, 10, 14)
FEED = (
    "<rss version='2.0'><channel><title>t</title>{}<item><guid>old</guid><title>t</title>"
    "<pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)
ITEM = "<item><guid>{0}</guid><title>{0}</title><pubDate>Wed, 14 Oct 2026 08:00:00 GMT</pubDate></item>"


@pytest.fixture
def old_night(web, settings, brands_of, limits, reply):
    """A night that brought one post, and whose captures have been removed since. Gives what runs it again."""
    brands = brands_of(f'id: blog, type: feed, url: "{web.base}/feed.xml"', private=(web.host,))
    web.says("/feed.xml", reply(FEED.format(ITEM.format("one"))))

    def run(**told):
        (outcome,) = collect(settings, brands, plan(brands, DAY), limits=limits, **told)
        counts = parse_partition(settings, brands, DAY, "blog")
        rows = list(lake.read_rows(settings, DAY, "blog", Post, "posts"))
        (stored,) = lake.read_rows(settings, DAY, "blog", Outcome, "outcomes")
        assert (counts["posts"], counts["outcomes"]) == (len(rows), 1)
        return outcome.state, stored.state, [row.title for row in rows]

    assert run() == ("complete", "complete", ["one"])
    folder = lake.partition_dir(settings.captures, DAY, "blog")
    (folder / lake.EXPIRED).write_text("", encoding="ascii")
    for path in folder.glob("*.parquet"):
        path.unlink()
    return run


def test_a_rerun_keeps_the_rows_and_asks_nothing(web, old_night):
    asked = len(web.asked)
    assert old_night() == ("complete", "complete", ["one"])
    assert len(web.asked) == asked


def test_a_refetch_that_fails_keeps_the_rows(web, old_night, reply):
    web.says("/feed.xml", reply("", 403))
    assert old_night(refetch=True) == ("forbidden", "complete", ["one"])


def test_a_refetch_that_works_replaces_them(web, old_night, reply):
    web.says("/feed.xml", reply(FEED.format(ITEM.format("two"))))
    assert old_night(refetch=True) == ("complete", "complete", ["two"])
