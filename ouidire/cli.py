"""The `ouidire` command: reads arguments, calls the stages, says what happened. Decides nothing.

Exit status 0, 1 (failed) or 2 (bad usage). Errors name the offender and the remedy.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ouidire import __version__, night
from ouidire.brands import BrandsError, load_brands
from ouidire.settings import ROOT, Settings, load

app = typer.Typer(
    name="ouidire",
    help="Listens every night to what people say in public about a brand, and finds who recommends it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

Day = Annotated[str | None, typer.Option(help="UTC date of the run, 2026-10-30; yesterday when left out.")]
From = Annotated[str | None, typer.Option("--from", help="First day, with --to.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, included.")]
Refetch = Annotated[bool, typer.Option(help="Ask the network again for days that are already stored.")]


class StageError(Exception):
    """A stage failed for a reason that the user can act on."""


def main() -> None:
    """Entry point of the command."""
    try:
        app()
    except BrandsError as error:
        _die(str(error))
    except StageError as error:
        _die(str(error))


def _die(words: str) -> None:
    err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, transient=not err.is_terminal,
    )  # fmt: skip


def _days(day: str | None, first: str | None, last: str | None) -> list[date]:
    if day and (first or last):
        raise typer.BadParameter("give --day, or --from and --to, not both")
    if bool(first) != bool(last):
        raise typer.BadParameter("--from and --to go together")
    if first and last:
        start, end = _date(first), _date(last)
        if end < start:
            raise typer.BadParameter(f"--to {last} is before --from {first}; swap them")
        return night.days(start, end)
    return [_date(day) if day else datetime.now(UTC).date() - timedelta(days=1)]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2026-10-30") from None


@app.command()
def run(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Run one night or many, without a scheduler: collect, read, commit, build, publish."""
    with _progress() as progress:
        path = night.run_days(load(), _days(day, first, last), refetch=refetch, progress=progress)
    _say(path)


@app.command()
def collect(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Fetch what the sources say of one day or many; lands captures, builds nothing."""
    settings = load()
    table = Table("day", "source", "query", "state", "posts", "why", box=None)
    for one in _days(day, first, last):
        for o in night.collect_day(settings, one, refetch=refetch):
            table.add_row(o["run_date"], o["source"], o["query"], o["state"], str(o["post_count"]), o["reason"] or "")
    out.print(table)


@app.command()
def build(full: Annotated[bool, typer.Option(help="Build every day again, not only what changed.")] = False) -> None:
    """Build core and marts from the lake, check them and publish the file."""
    settings = load()
    with err.status("build"):
        night.model(settings, full=full)
    out.print(night.publish(settings), markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSONL, CSV or Parquet.")],
    source: Annotated[str, typer.Option(help="Id of a source of type file in brands.yml: its `columns` map the file.")],
    day: Day = None,
) -> None:
    """Import an export of another tool. Bad rows are set aside with their reasons, the others land."""
    from extractors.collect import import_file

    settings = load()
    run_date = _days(day, None, None)[0]
    with _progress() as progress:
        progress.add_task("import  ", total=None)
        outcome = import_file(settings, load_brands(settings.brands), source, file, run_date)
        if outcome.state not in ("complete", "empty", "truncated"):
            raise StageError(f"{file}: {outcome.state}: {outcome.reason}")
        counts = night.read(settings, run_date, [source])
        night.finish(settings, [(run_date, source)], progress)
    refused = counts.get("quarantine", 0)
    out.print(f"{counts.get('posts', 0)} posts imported as {source} on {run_date}, {refused} rows refused.")
    if refused:
        out.print('Why: ouidire sql "SELECT item, reason FROM quarantine"', markup=False)


@app.command()
def understand(
    brands: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Catalogue of brands.")] = None,
) -> None:
    """Read posts as JSON lines on standard input; write what each one says, a line each, in order."""
    from nlp.understand import run_stream

    path = brands or load().brands
    catalogue = load_brands(path) if path.exists() else None
    raise typer.Exit(run_stream(sys.stdin, sys.stdout, sys.stderr, catalogue))


@app.command()
def forget(
    author: Annotated[str | None, typer.Option(help="author_id to erase with all posts.")] = None,
    post: Annotated[str | None, typer.Option(help="post_id to erase.")] = None,
) -> None:
    """Erase a person or a post everywhere, and keep it from coming back."""
    from warehouse.forget import forget as erase

    if (author is None) == (post is None):
        raise typer.BadParameter("give --author or --post, one of them")
    settings = load()
    with err.status("forget"):
        counts = erase(settings, author_id=author, post_id=post)
    if settings.published.with_name("digest.html").exists():
        show_digest(settings)  # the page quotes people: write it again without what was erased
    out.print(", ".join(f"{table} {count}" for table, count in counts.items()), markup=False)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A SELECT on the published file.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Ask the published file in SQL; it is never locked."""
    columns, rows = _ask(load(), query)
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    (out if out.is_terminal else Console(width=200)).print(table)


@contextmanager
def _published(settings: Settings) -> Iterator[Any]:
    from warehouse.connect import open_published

    if not settings.published.exists():
        raise StageError(f"{settings.published} is not there yet; run `make run` or `ouidire run --day D` first")
    with open_published(settings.published) as con:
        yield con


def _ask(settings: Settings, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb

    with _published(settings) as con:
        try:
            cursor = con.execute(query)
        except duckdb.Error as error:
            words = 'tables: ouidire sql "SHOW TABLES"; columns: ouidire sql "DESCRIBE <table>"'
            raise StageError(f"{error}\n{words}") from None
        return [column[0] for column in cursor.description], cursor.fetchall()


@app.command()
def digest(
    day: Annotated[str | None, typer.Option(help="Last day shown; the newest when left out.")] = None,
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 30,
) -> None:
    """Show what was heard, in a marketer's words, and write the same as a page beside the file."""
    show_digest(load(), _date(day) if day else None, days)


def show_digest(settings: Settings, last_day: date | None = None, days: int = 30) -> None:
    """Print the digest and write `digest.html` beside the published file."""
    from ouidire.digest.gather import NothingPublishedError, gather
    from ouidire.digest.page import page
    from ouidire.digest.terminal import show

    with _published(settings) as con:
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
    rows = _ask(load(), query)[1]
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


@app.command()
def doctor() -> None:
    """Check configuration, environment, models, disk and each source, and say what to do."""
    from ouidire.doctor import examine

    sick = 0
    for finding in examine(load()):
        mark = {"ok": "[green]ok[/]  ", "warn": "[yellow]warn[/]", "bad": "[red]bad[/] "}[finding.level]
        out.print(f"{mark} {finding.subject}", end="")
        out.print(f": {finding.words}", markup=False, highlight=False, soft_wrap=True)
        sick += finding.level == "bad"
    raise typer.Exit(1 if sick else 0)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A sample web.")] = ROOT / "sample",
) -> None:
    """Listen to a sample web: its history at once, its last night through Airflow, then the digest."""
    from ouidire.demo import DemoError, listen_to_sample

    with _progress() as progress, _said(DemoError, *_airflow_errors()):
        settings = listen_to_sample(load(), folder, progress)
    show_digest(settings)


@app.command()
def up() -> None:
    """Start Airflow and its UI in the background, and say where it is and how to log in."""
    from ouidire import supervise

    with _said(*_airflow_errors()):
        supervise.up(load(), _say)


@app.command()
def down() -> None:
    """Stop Airflow and everything it started."""
    from ouidire import supervise

    with _said(*_airflow_errors()):
        supervise.down(load(), _say)


@app.command()
def status() -> None:
    """Say what runs."""
    from ouidire import supervise

    lines = supervise.status(load())
    for name, words in lines.items():
        _say(f"{name}: {words}")
    if not lines:
        _say("nothing runs; start with `make up`")


def _say(words: str) -> None:
    out.print(words, markup=False, highlight=False, soft_wrap=True)


def _airflow_errors() -> tuple[type[Exception], ...]:
    from ouidire.airflow_api import AirflowError

    return (AirflowError,)


@contextmanager
def _said(*errors: type[Exception]) -> Iterator[None]:
    """Turn errors that carry their remedy into an exit status and a message."""
    try:
        yield
    except errors as error:
        raise StageError(str(error)) from error


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


if __name__ == "__main__":
    main()
