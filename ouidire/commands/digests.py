"""The digest: shown, and written as a page beside the published file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ouidire.commands.console import StageError, a_date, out, published, said
from ouidire.settings import Settings, load

if TYPE_CHECKING:
    from ouidire.digest.content import Digest

app = typer.Typer()


@app.command()
def digest(
    day: Annotated[str | None, typer.Option(help="Last day shown; the newest when left out.")] = None,
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 30,
) -> None:
    """Show what was heard, in a marketer's words, and write the same as a page beside the file."""
    show_digest(load(), a_date(day) if day else None, days)


def show_digest(settings: Settings, last_day: date | None = None, days: int = 30) -> None:
    """Print the digest and write its page."""
    from ouidire.digest.terminal import show

    gathered = digest_of(settings, last_day, days)
    where = str(settings.digest_page)
    try:
        write_page(settings, gathered)
    except PermissionError:  # an analyst may read without owning the folder
        where = f"not written: {where} is not yours to write"
    show(gathered, out if out.is_terminal else Console(width=120, emoji=False), where)


def digest_of(settings: Settings, last_day: date | None = None, days: int = 30) -> Digest:
    """What the published file holds of the days that end with `last_day`, else the newest. Raises StageError."""
    from ouidire.digest.gather import NothingPublishedError, gather

    with said(NothingPublishedError), published(settings) as con:
        _expect_heard(con, last_day, days)
        return gather(con, settings.published, last_day, days)


def write_page(settings: Settings, gathered: Digest) -> None:
    """Write the page of a digest beside the published file."""
    from ouidire.digest.page import page

    settings.digest_page.write_text(page(gathered), encoding="utf-8")


def _expect_heard(con: Any, last: date | None, days: int) -> None:
    """Refuse days of which nothing was asked: all before the first one in coverage_daily, or all after the newest."""
    begin, end = con.execute("SELECT min(created_date), max(created_date) FROM coverage_daily").fetchone()
    if last is None or begin is None:
        return
    first = last - timedelta(days=days - 1)
    if last < begin or first > end:
        asked = f"{first} to {last}" if days > 1 else f"{last}"
        raise StageError(f"{asked}: nothing was listened to then; the file holds {begin} to {end}")
