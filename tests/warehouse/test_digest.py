"""The digest says a count of none as 0 where something was seen, else as unknown, and never in Python's words."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from ouidire.digest.content import Digest, Listening
from ouidire.digest.gather import SHORTENED, gather, shortened
from ouidire.digest.page import page
from ouidire.digest.terminal import show
from warehouse.connect import open_published
from warehouse.publish import publish

PARTITION = {"run_date": date(2026, 10, 1), "source": "blog"}
AT = datetime(2026, 10, 1, 10, tzinfo=UTC)
SEEN = PARTITION | {"state": "complete", "covered_from_at": datetime(2026, 9, 30, 22, tzinfo=UTC), "covered_to_at": AT}
POST = PARTITION | {"post_id": "p", "author_id": "ann", "created_at": AT, "text": "Hello"}


@pytest.mark.parametrize(
    ("rows", "none", "heard"),
    [
        ({"outcomes": [SEEN], "posts": [POST]}, 0, 1),
        ({"outcomes": [SEEN]}, 0, 0),
        ({"outcomes": [PARTITION | {"state": "blocked"}]}, None, None),
    ],
    ids=["quiet", "silent", "blocked"],
)
def test_none_is_zero_where_something_was_seen(built_home, brands, rows, none, heard) -> None:
    settings = built_home(f"digest_{none}_{heard}", rows)
    publish(settings, brands)
    with open_published(settings.published) as con:
        digest = gather(con, settings.published)
    assert (digest.posts, digest.authors, digest.copies) == (heard, heard, none)
    assert (digest.moments_for, digest.moments_against) == (none, none)
    assert {(v.posts, v.recommending, v.advising_against) for v in digest.voices} == {(none, none, none)}
    assert [source.posts for source in digest.sources if source.source == "blog"] == [heard]
    terminal = Console(file=io.StringIO(), width=120)
    show(digest, terminal, "page")
    for said in (terminal.file.getvalue(), page(digest).replace("None found", "").replace("None in", "")):
        assert "None" not in said
    assert ("unknown posts heard" in terminal.file.getvalue()) is (none is None)


def saying(count: int) -> Digest:
    """A digest in which everything is counted so often."""
    return Digest(
        brands=("Acme",), first_day=PARTITION["run_date"], last_day=PARTITION["run_date"], posts=count, copies=count,
        authors=count, moments_for=count, moments_against=count, coverage=1.0, voices=(), voice_by_day={},
        sources=(Listening("blog", 1.0, count, ""),), coverage_by_day={}, moments=(), products=(), chain=(),
        questions=(), path=Path("listening.duckdb"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "first", "tiles"),
    [
        (1, "1 post heard from 1 person (1 copy left out); 1 moment for, 1 against",
         ["post heard", "person", "moment for", "moment against", "1 post"]),
        (2, "2 posts heard from 2 people (2 copies left out); 2 moments for, 2 against",
         ["posts heard", "people", "moments for", "moments against", "2 posts"]),
    ],
)  # fmt: skip
def test_one_is_not_many(count, first, tiles) -> None:
    terminal = Console(file=io.StringIO(), width=200)
    show(saying(count), terminal, "page")
    assert first in terminal.file.getvalue()
    shown = page(saying(count))
    assert [words for words in tiles if f">{words}<" not in shown] == []


@pytest.mark.parametrize("place", [0, 100, 300, 500])
def test_a_quotation_is_cut_between_words(place) -> None:
    address = "https://acme.example/a/long/address/of/one?aff=somebody"
    words = [address] * 12
    whole = " ".join(words)[:place].rsplit(" ", 1)[0] + " get it " + " ".join(words)
    cut = shortened(whole, "get it")
    assert "get it" in cut
    assert len(cut) <= SHORTENED + 2
    assert set(cut.strip("…").split()) <= {*whole.split()}


def test_one_long_word_is_cut_all_the_same() -> None:
    assert len(shortened("a" * 1000)) == SHORTENED + 1
