"""Commands that answer from the published file: sql, digest, coverage."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ouidire.commands.console import StageError, a_date, ask, out, published, wide
from ouidire.settings import Settings, load

app = typer.Typer()


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A SELECT on the published file.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Ask the published file in SQL; it is never locked."""
    columns, rows = ask(load(), query)
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    wide().print(table)


@app.command()
def digest(
    day: Annotated[str | None, typer.Option(help="Last day shown; the newest when left out.")] = None,
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 30,
) -> None:
    """Show what was heard, in a marketer's words, and write the same as a page beside the file."""
    show_digest(load(), a_date(day) if day else None, days)


def show_digest(settings: Settings, last_day: date | None = None, days: int = 30) -> None:
    """Print the digest and write `digest.html` beside the published file."""
    from ouidire.digest.gather import NothingPublishedError, gather
    from ouidire.digest.page import page
    from ouidire.digest.terminal import show

    with published(settings) as con:
        try:
            gathered = gather(con, settings.published, last_day, days)
        except NothingPublishedError as error:
            raise StageError(str(error)) from None
    beside = settings.published.with_name("digest.html")
    beside.write_text(page(gathered), encoding="utf-8")
    show(gathered, out if out.is_terminal else Console(width=120), str(beside))


@app.command()
def coverage(days: Annotated[int, typer.Option(min=1, help="How many days.")] = 30) -> None:
    """Show source by day what was seen: complete, in part, or not at all, and why."""
    query = "SELECT source, created_date, coverage, states, reasons FROM coverage_daily ORDER BY ALL"
    rows = ask(load(), query)[1]
    last = max((row[1] for row in rows), default=None)
    rows = [row for row in rows if last - row[1] < timedelta(days=days)]
    table = Table("source", "days, oldest first", "seen", box=None, header_style="bold")
    whys = []
    for source in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == source]
        cells = "".join("·" if not row[2] else "█" if row[2] >= 1 else "▒" for row in own)
        table.add_row(source, cells, f"{sum(row[2] or 0 for row in own) / len(own):.0%}")
        whys += [f"{source} {row[1]}: {row[3]}: {row[4]}" for row in own if (row[2] or 0) < 1]
    out.print(table)
    out.print("█ complete  ▒ in part  · not seen", style="dim")
    for why in whys:
        out.print(why, markup=False, highlight=False, soft_wrap=True)
