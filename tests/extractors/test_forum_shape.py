"""Pages of engines that no profile knows: messages and rows found by structure alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from extractors import forum_page, forum_shape
from extractors.source import Page, Query, Request, Response, Window, source_module
from extractors.text import document

COUNTS = yaml.safe_load(Path(__file__).with_name("html_counts.yml").read_text(encoding="utf-8"))
EVER = Window(date(2027, 1, 1), 20_000)
LINES = (
    ("Ann", "The kettle began to leak after three weeks of use."),
    ("Bob", "Mine has run every day since last spring, not a drop."),
    ("Zoé", "Same here, and the shop would not take it back."),
)
DATES = ("12 octobre 2026 à 18:05", "13 octobre 2026 à 07:41", "14 octobre 2026 à 23:10")


def told(**changes: str) -> list[dict[str, str]]:
    """What the messages of a thread hold, by turns."""
    return [
        {"n": str(90 + n), "who": who, "says": says, "when": DATES[n], **changes} for n, (who, says) in enumerate(LINES)
    ]


def page_of(row: str, before: str = "", after: str = "") -> str:
    rows = "\n".join(row.format(**turn) for turn in told())
    return f"<html><body><h1>Kettles</h1>{before}{rows}{after}</body></html>"


CARDS = (
    '<div class="zz-card" id="k{n}"><div class="zz-left"><a href="/u/{n}">{who}</a><small>Inscrit le 3 mars 2011'
    '</small></div><div class="zz-right"><span>{when}</span><div class="zz-words"><p>{says}</p></div>'
    "<span>Modifié le 20 octobre 2026 à 10:00</span><a href='/r/{n}'>Répondre</a></div></div>"
)
PAIRS = (
    '<tr class="h"><td><b>{who}</b></td><td>Posté le {when}</td></tr>'
    '<tr><td>Rang : habitué</td><td class="w">{says}</td></tr>'
)
LISTS = '<dt><strong>{who}</strong> <time datetime="2026-10-1{n[1]}T08:00:00Z">hier</time></dt><dd>{says}</dd>'
BYLINE = '<li class="c"><p class="m">{says}</p><p class="b">Posted by {who} on {when}</p></li>'
MESSAGES = {
    "cards, with days of joining and editing": page_of(CARDS),
    "two rows of a table a message": page_of(PAIRS, "<table>", "</table>"),
    "a list of terms": page_of(LISTS, "<dl>", "</dl>"),
    "a line below the words": page_of(BYLINE, "<ul>", "</ul>"),
}
ROWS = page_of(
    '<tr class="r"><td><a href="/topic/{n}-about">{says}</a></td><td><a href="/u/{n}">{who}</a></td>'
    "<td>12</td><td>{when}</td></tr>",
    "<table>", "</table>",
)  # fmt: skip
EXCERPTS = page_of(
    '<div class="r"><h3><a href="/topic/{n}-about">On {who} and kettles</a></h3><p>{says}</p>'
    '<a href="/u/{n}">{who}</a> <i>{when}</i></div>'
)


def parsed(text: str, context: dict[str, str], *, query: str = "", window: Window = EVER) -> Page:
    asked = Query(source_id="x", url="https://own.example", text=query)
    response = Response(
        url="https://own.example/x/5", status=200, headers={}, body=text.encode(), query=asked,
        fetched_at=datetime(2026, 10, 15, 9, 0, tzinfo=UTC),
    )  # fmt: skip
    return source_module("forum").parse(Request(url=response.url, context=context), response, window)


@pytest.mark.parametrize("sort", MESSAGES)
def test_a_thread(sort):
    page = parsed(MESSAGES[sort], {"step": "topic"})
    assert [post.author.handle for post in page.posts if post.author] == ["Ann", "Bob", "Zoé"]
    assert [post.text for post in page.posts] == [says for _, says in LINES]
    if "term" not in sort:
        assert [f"{post.created_at:%d %H:%M}" for post in page.posts] == ["12 18:05", "13 07:41", "14 23:10"]
    assert len({post.native_id for post in page.posts}) == 3
    assert [post.parent for post in page.posts] == [None, page.posts[0].native_id, page.posts[0].native_id]


@pytest.mark.parametrize("mark", ['id="phpbb"', 'class="bbp-topics"'])
def test_a_known_engine_in_a_dress_that_its_profile_does_not_know(mark):
    text = MESSAGES["cards, with days of joining and editing"].replace("<body>", f"<body {mark}>")
    assert [post.text for post in parsed(text, {"step": "topic"}).posts] == [says for _, says in LINES]


def test_numbers_of_messages_are_kept_apart_by_thread():
    page = parsed(MESSAGES["cards, with days of joining and editing"], {"step": "topic"})
    assert [post.native_id[-3:] for post in page.posts] == ["p90", "p91", "p92"]
    assert all(post.native_id.startswith("t") for post in page.posts)


def test_relative_dates():
    row = '<div class="m"><a href="/member/{n}">{who}</a> <em>il y a {n[1]} jours</em><div class="t">{says}</div></div>'
    page = parsed(page_of(row.replace("{n[1]}", "2")), {"step": "topic"})
    assert [post.created_at.day for post in page.posts] == [13, 13, 13]
    assert {post.created_precision for post in page.posts} == {"day"}


def test_an_opening_in_a_dress_of_its_own_and_remarks_below_answers():
    opening = (
        '<article class="post"><header><a href="/user/1">Cleo</a> <time datetime="2026-10-10T08:00:00Z">10</time>'
        "</header><section>Which kettle would you buy again, and why would you?</section></article>"
    )
    remark = (
        '<ul><li class="s">So it did in ours, after a month. <a href="/u/7">Dan</a> <i>9 octobre 2026 à 01:00</i></li>'
        '<li class="s">Thanks, that settles the matter. <a href="/u/8">Eve</a> <i>9 octobre 2026 à 02:00</i></li></ul>'
    )
    rows = [CARDS.format(**turn) for turn in told()]
    rows[0] = rows[0].removesuffix("</div>") + remark + "</div>"
    page = parsed(f"<html><body><h1>Kettles</h1><main>{opening}{''.join(rows)}</main></body></html>", {"step": "topic"})
    assert [post.author.handle for post in page.posts if post.author] == ["Cleo", "Ann", "Dan", "Eve", "Bob", "Zoé"]
    assert page.posts[1].text == LINES[0][1]
    assert page.posts[2].text == "So it did in ours, after a month."


def test_a_single_message():
    text = page_of("").replace("</h1>", "</h1>" + CARDS.replace("zz-card", "a-message").format(**told()[0]))
    assert [(post.author.handle, post.text) for post in parsed(text, {"step": "topic"}).posts if post.author] == [
        LINES[0]
    ]


@pytest.mark.parametrize("text", [ROWS, EXCERPTS], ids=["titles", "titles and first words"])
def test_rows_are_no_messages(text):
    page = parsed(text, {"step": "topic"})
    assert page.posts == ()
    assert "no message found" in page.refused[0].reason


@pytest.mark.parametrize("text", [ROWS, EXCERPTS], ids=["titles", "titles and first words"])
def test_rows_lead_to_topics_that_were_active(text):
    page = parsed(text, {"step": "listing"}, window=Window(date(2026, 10, 14), 1))
    assert [request.url for request in page.next_requests] == [f"https://own.example/topic/{n}-about" for n in (91, 92)]
    assert {request.context["step"] for request in page.next_requests} == {"topic"}


def test_a_first_page_without_a_second_is_one_of_boards():
    """What it prints of them is not trusted; of topics, which go on on another page, silent ones are left out."""
    window = Window(date(2026, 10, 14), 0)
    assert len(parsed(ROWS, {"step": "index"}, window=window).next_requests) == 3
    going_on = ROWS.replace("</table>", '</table><a rel="next" href="?page=2">2</a>')
    asked = parsed(going_on, {"step": "index"}, window=window).next_requests
    assert [request.url for request in asked] == [
        "https://own.example/topic/92-about",
        "https://own.example/x/5?page=2",
    ]


def test_a_row_that_leads_to_a_board():
    page = parsed(ROWS, {"step": "topic", "depth": "1"}, window=Window(date(2026, 10, 14), 0))
    assert [(request.url, request.context["depth"]) for request in page.next_requests] == [
        ("https://own.example/topic/92-about", "2")
    ]
    going_on = ROWS.replace("</table>", '</table><a rel="next" href="?page=2">2</a>')
    onward = parsed(going_on, {"step": "topic", "depth": "1"}, window=Window(date(2026, 10, 14), 0)).next_requests[-1]
    assert (onward.context["step"], onward.context["depth"]) == ("listing", "1"), "its next page is no shallower"
    deep = parsed(ROWS, {"step": "topic", "depth": "4"}, window=Window(date(2026, 10, 14), 0))
    assert deep.next_requests == (), "boards within boards end somewhere"


def test_the_first_page_is_searched_for_the_board_asked_for():
    page = parsed(EXCERPTS, {"step": "index"}, query="zoé")
    assert [request.url for request in page.next_requests] == ["https://own.example/topic/92-about"]


@pytest.fixture(scope="module")
def unseen(shared):
    """Messages that each counted page gives when no engine's profile is known."""
    generic = forum_page.profiles()[-1]
    found = {}
    for entry in COUNTS:
        path = shared / "payloads" / entry["file"]
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]:
            response = Response(
                url="https://page.example/", status=200, headers={}, body=path.read_bytes(),
                fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
                query=Query(source_id="x", url="https://page.example", text=""),
            )  # fmt: skip
            page = forum_page.ForumPage(document(response.text), generic, response, ("fr", "en"))
            found[entry["file"]] = (entry["posts"], len(forum_shape.Shape(page).messages))
    return found


def test_recorded_pages_as_if_their_engines_were_unknown(unseen):
    """One page has dates of the Persian calendar, one a remark that is read with the answer above it."""
    wanted = sum(counted for counted, _ in unseen.values())
    found = sum(min(pair) for pair in unseen.values())
    exact = sum(counted == got for counted, got in unseen.values())
    print(f"engines unknown: {found} of {wanted} messages, {exact} of {len(unseen)} pages exact")
    assert found >= 0.95 * wanted
    assert exact >= 0.9 * len(unseen)
    assert sum(got for counted, got in unseen.values() if not counted) == 0, "rows of a listing taken for messages"
