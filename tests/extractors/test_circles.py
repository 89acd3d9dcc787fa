"""Links that lead on for ever: the walk stops and says so; long walks that bring something go on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.circles import REPEATED_PAGES
from extractors.collect import collect, plan
from extractors.source import Page, PostDraft, Request, source_module

DAY = date(2026, 10, 14)


@pytest.fixture
def walk(web, settings, brands_of, limits, play, reply):  # noqa: PLR0917
    """Walk pages /1, /2, ...; `posts` and `links` say what stands on page n. Gives the outcome."""

    def run(posts, links, *, options="{}", follows_links=True):
        def parse(request, response, window):
            n = int(response.url.rpartition("/")[2])
            found = tuple(
                PostDraft(native_id=str(name), instance="a.example", kind="post", text=f"mot {name}",
                          created_at=datetime(2026, 10, 14, 8, tzinfo=UTC))
                for name in posts(n)
            )  # fmt: skip
            # the number of the page is told on, as the forum's requests do: so no two requests are the same
            asked = [
                Request(url=f"{web.base}/{to}", context={"page": request.context["page"] + "'"}) for to in links(n)
            ]
            return Page(posts=found, next_requests=tuple(asked))

        play(declared={"follows_links": follows_links}, parse=parse,
             seed=lambda query, window: [Request(url=f"{query.url}/1", context={"page": "'"})])  # fmt: skip
        for n in range(1, 500):
            web.says(f"/{n}", reply("x"))
        brands = brands_of(f'id: s, type: mastodon, url: "{web.base}", options: {options}', private=(web.host,))
        (outcome,) = collect(settings, brands, plan(brands, DAY), limits=limits)
        return outcome

    return run


def test_a_circle_of_pages_that_repeat_posts(walk):
    outcome = walk(lambda n: [n], lambda n: [n % 3 + 1])
    assert (outcome.state, outcome.post_count, outcome.request_count) == ("truncated", 3, 3 + REPEATED_PAGES + 1)
    assert "6 pages in a row only repeat posts; taken for a circle of links" in outcome.reason


def test_pages_without_posts_for_ever(walk):
    outcome = walk(lambda n: [n] if n == 1 else [], lambda n: [n + 1], options="{empty_pages: 10}")
    assert (outcome.state, outcome.post_count, outcome.request_count) == ("truncated", 1, 12)
    assert "11 pages in a row have no post (option empty_pages); taken for a circle of links" in outcome.reason
    assert source_module("forum").SOURCE.known_options["empty_pages"] == 200


@pytest.mark.parametrize(
    ("posts", "links", "count"),
    [
        (lambda n: [n, n - 1], lambda n: [n + 1] if n < 60 else [], 60),  # each page repeats the last post of another
        (lambda n: [] if n % 50 else [n], lambda n: [n + 1] if n < 160 else [], 160),  # a listing poor in posts
        (lambda n: [n] if n > 60 else [], lambda n: [n + 1, n + 61] if n < 40 else [], 79),  # a listing of topics
        (lambda n: [1] if n % 6 else [n], lambda n: [n + 1] if n < 40 else [], 40),  # new ones among the repeated
    ],
)
def test_legitimate_walks_go_on(walk, posts, links, count):
    outcome = walk(posts, links)
    assert (outcome.state, outcome.request_count) == ("complete", count), outcome.reason


def test_one_circle_does_not_end_other_ways(walk):
    outcome = walk(
        lambda n: [1] if n < 3 else [n], lambda n: [2, 3] if n == 1 else [2] if n == 2 else [n + 1] if n < 30 else []
    )
    assert (outcome.state, outcome.post_count) == ("truncated", 29)


def test_interfaces_that_page_by_number_are_left_alone(walk):
    outcome = walk(lambda n: [1], lambda n: [n + 1] if n < 30 else [], follows_links=False)
    assert (outcome.state, outcome.request_count) == ("complete", 30)
