"""Results in the terminal: every value can be read, whatever the width."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from rich.console import Console

from ouidire.commands.tables import show_rows, shown

WORDS = "Le mien ne fuit pas, même couché au fond du sac, prenez-le sans hésiter."


def printed(width: int, columns: list[str], rows: list[tuple]) -> str:
    out = io.StringIO()
    show_rows(Console(file=out, width=width), columns, rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0.51724, "0.5172"),
        (117390.0, "117390"),
        (12, "12"),
        (datetime(2026, 10, 30, 5, 0, 7), "2026-10-30 05:00"),  # noqa: DTZ001 (the published file knows no zones)
        ([1, 2, 3, 4, 5, 6, 7], "1, 2, 3, 4, 5, … 2 more"),
        ({"reason": "three posts", "ids": ["a"]}, "reason: three posts, ids: a"),
        ("two\nlines", "two lines"),
        ("x" * 700, "x" * 600 + "…"),
    ],
)
def test_a_value_in_words(value, words) -> None:
    assert shown(value) == words


def test_where_it_fits_it_is_a_table_with_the_words_last() -> None:
    lines = printed(80, ["text", "people_who_follow", "name"], [(WORDS, 3, "[ann]")]).splitlines()
    assert lines[1].split() == ["who_follow", "name", "text"]
    assert lines[2].startswith("         3  [ann]  Le mien")
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(" ".join(lines[2:]).split()).endswith(WORDS)


def test_where_it_does_not_fit_a_row_is_a_block() -> None:
    address = "https://blog.example/" + "a" * 60
    row = (WORDS, "ann", "2026-10-30", "for", "fediverse", "organic", address)
    columns = ["text", "author", "created_date", "polarity", "source", "commercial", "url"]
    lines = printed(60, columns, [row]).splitlines()
    assert lines[0].startswith("author: ann  created_date: 2026-10-30")
    assert sum(address in line for line in lines) == 1, "an address is never broken"
    assert " ".join(" ".join(lines).split()).count(WORDS) == 1


def test_no_row_is_a_header() -> None:
    assert printed(60, ["who", "what"], []).split() == ["who", "what"]
