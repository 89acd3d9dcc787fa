"""Results in the terminal: a table where it fits, else a block of lines a row; long words come last and are wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

LONG: Final = 36
"""A column with a value of more characters holds words to read: it goes last and is wrapped."""
LEAST: Final = 30
"""Fewest characters in which wrapped words can still be read."""
MOST_ITEMS: Final = 5
MOST_CHARACTERS: Final = 600


def show_rows(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a result so that every column can be read at the console's width. Long values are cut; files keep them."""
    cells = [[shown(value) for value in row] for row in rows]
    heads = [_head(name, max((len(row[place]) for row in cells), default=0)) for place, name in enumerate(columns)]
    widths = [
        max(map(len, [*heads[place].split("\n"), *(row[place] for row in cells)])) for place in range(len(columns))
    ]
    short = [place for place, width in enumerate(widths) if width <= LONG]
    long = [place for place, width in enumerate(widths) if width > LONG]
    taken = sum(widths[place] + 2 for place in short)
    has_address = any("://" in row[place] for row in cells for place in long)  # it must stay one click
    if not has_address and taken + len(long) * (LEAST + 2) <= console.width + 2:
        numbers = {place for place in short if rows and all(_is_number(row[place]) for row in rows)}
        _table(console, heads, cells, short + long, numbers)
    else:
        _blocks(console, columns, cells, short, long)


def shown(value: Any) -> str:
    """A value in words: lists with their first items, instants to the minute, floats to four digits."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case dict():
            return ", ".join(f"{name}: {shown(item)}" for name, item in value.items())
        case list():
            left = len(value) - MOST_ITEMS
            return ", ".join([*map(shown, value[:MOST_ITEMS]), *([f"… {left} more"] if left > 0 else [])])
    words = " ".join(str(value).split())
    return words if len(words) <= MOST_CHARACTERS else words[:MOST_CHARACTERS] + "…"


def _head(name: str, width: int) -> str:
    """A column's name over several lines where its values are shorter than it."""
    lines = [""]
    for part in name.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1] + part) > max(width, 10):
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _table(console: Console, heads: Sequence[str], cells: list[list[str]], order: list[int], numbers: set[int]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place in order:
        table.add_column(heads[place], justify="right" if place in numbers else "left", overflow="fold")
    for row in cells:
        table.add_row(*(escape(row[place]) for place in order))
    console.print(table)


def _blocks(
    console: Console, columns: Sequence[str], cells: list[list[str]], short: list[int], long: list[int]
) -> None:
    for row in cells:
        pairs = [f"{columns[place]}: {row[place]}" for place in short if row[place]]
        _print(console, "  ".join(pairs) or "(nothing)", "", style="bold")
        for place in long:
            if row[place]:
                _print(console, f"{columns[place]}: {row[place]}", "  ")
        console.print()


def _print(console: Console, words: str, indent: str, style: str | None = None) -> None:
    """Wrap at the console's width, but never inside an address."""
    lines = textwrap.wrap(
        words, console.width, initial_indent=indent, subsequent_indent=indent + "  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    for line in lines:
        console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
