"""Commands that bring in and work through what was said: run, collect, build, maintain, import, forget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ouidire import night
from ouidire.brands import load_brands
from ouidire.commands.asking import show_digest
from ouidire.commands.console import (
    Day,
    From,
    Refetch,
    StageError,
    To,
    day_list,
    err,
    out,
    progress_bar,
    say,
)
from ouidire.settings import load

app = typer.Typer()


@app.command()
def run(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Run one night or many, without a scheduler: collect, read, commit, build, publish."""
    with progress_bar() as progress:
        path = night.run_days(load(), day_list(day, first, last), refetch=refetch, progress=progress)
    say(path)


@app.command()
def collect(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Fetch what the sources say of one day or many; lands captures, builds nothing."""
    settings = load()
    table = Table("day", "source", "query", "state", "posts", "why", box=None)
    for one in day_list(day, first, last):
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


@app.command()
def maintain() -> None:
    """Remove raw answers that are too old, finish erasures that are due, compact the lake."""
    with err.status("maintain"):
        done = night.maintain(load())
    out.print(", ".join(f"{what} {count}" for what, count in done.items()) or "nothing to do", markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSONL, CSV or Parquet.")],
    source: Annotated[str, typer.Option(help="Id of a source of type file in brands.yml: its `columns` map the file.")],
    day: Day = None,
) -> None:
    """Import an export of another tool. Bad rows are set aside with their reasons, the others land."""
    from extractors.collect import import_file

    settings = load()
    run_date = day_list(day, None, None)[0]
    with progress_bar() as progress:
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
