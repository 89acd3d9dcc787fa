"""What every command shares: the two consoles, days, errors that carry a remedy, the published file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ouidire import night
from ouidire.days import not_begun, today, yesterday
from ouidire.disk import is_there
from ouidire.settings import Settings

# emoji=False: ":heart:" is what somebody wrote, and stays it
out = Console(emoji=False)
err = Console(stderr=True, emoji=False)

Day = Annotated[str | None, typer.Option(help="UTC date of the run, 2026-10-30; yesterday when left out.")]
Collected = Annotated[
    str | None, typer.Option("--day", help="UTC date of the run, 2026-10-30; every day collected when left out.")
]
From = Annotated[str | None, typer.Option("--from", help="First day, with --to.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, included.")]
Refetch = Annotated[bool, typer.Option(help="Ask the network again for days that are already stored.")]


TABLES_HINT = 'tables: ouidire sql "SHOW TABLES"; columns: ouidire sql "DESCRIBE <table>"'


class StageError(Exception):
    """A stage failed for a reason that the user can act on."""


def say(words: str) -> None:
    """Print a line as it is: no markup, no wrapping."""
    out.print(words, markup=False, highlight=False, soft_wrap=True)


def wide() -> Console:
    """Where tables go: the terminal, or wide enough lines when the output is piped."""
    return out if out.is_terminal else Console(width=200, emoji=False)


def progress_bar() -> Progress:
    """A progress display on standard error, gone at the end where nobody watches."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, transient=not err.is_terminal,
    )  # fmt: skip


def day_list(day: str | None, first: str | None, last: str | None) -> list[date]:
    """The days that --day, or --from and --to, name; yesterday (UTC) when nothing is given.

    Raises BadParameter, and StageError for a day that has not begun.
    """
    if day and (first or last):
        raise typer.BadParameter("give --day, or --from and --to, not both")
    if bool(first) != bool(last):
        raise typer.BadParameter("--from and --to go together")
    if first and last:
        start, end = a_date(first), a_date(last)
        if end < start:
            raise typer.BadParameter(f"--to {last} is before --from {first}; swap them")
        return night.days(start, _begun(end))
    return [_begun(a_date(day)) if day else yesterday()]


def _begun(day: date) -> date:
    """The day, unless it lies ahead."""
    if words := not_begun(day, today()):
        raise StageError(f"{words}; the newest day there is to listen to is {today()}")
    return day


def a_date(text: str) -> date:
    """An ISO date. Raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2026-10-30") from None


@contextmanager
def said(*errors: type[Exception]) -> Iterator[None]:
    """Turn errors that carry their remedy into an exit status and a message."""
    try:
        yield
    except errors as error:
        raise StageError(str(error)) from error


@contextmanager
def published(settings: Settings) -> Iterator[Any]:
    """The published file, opened read-only. Raises StageError when there is none yet."""
    from warehouse.connect import open_published

    if not is_there(settings.published):
        raise StageError(f"{settings.published} is not there yet; run `make run` or `ouidire run --day D` first")
    with open_published(settings.published) as con:
        yield con


def ask(settings: Settings, query: str, parameters: Any = None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a SELECT on the published file. Raises StageError."""
    import duckdb

    from warehouse.cookbook import as_rows

    with published(settings) as con:
        try:
            return as_rows(con.execute(query, parameters))
        except duckdb.Error as error:
            raise StageError(f"{error}\n{TABLES_HINT}") from None
