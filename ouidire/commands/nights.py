"""Commands that bring in and work through what was said: run, collect, build, maintain, import, forget."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from ouidire import lake, night
from ouidire.brands import load_brands
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
    said,
    say,
    wide,
)
from ouidire.commands.digests import digest_of, write_page
from ouidire.counts import counted
from ouidire.records import Outcome
from ouidire.settings import load

app = typer.Typer()

WELL: Final = ("complete", "empty")
"""States of an outcome after which nothing is missing."""


@app.command()
def run(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Run one night or many, without a scheduler: collect, read, commit, build, publish.

    Ends with 1 when a source was not seen whole; what the others said is published all the same.
    """
    with progress_bar() as progress:
        days = day_list(day, first, last)
        path, outcomes = night.run_days(load(), days, refetch=refetch, progress=progress)
    for line in heard(outcomes):
        say(line)
    say(path)
    raise typer.Exit(_status(outcomes))


def _status(outcomes: Iterable[dict[str, Any]]) -> int:
    """The exit status: 1 when a source was not seen whole."""
    return int(any(outcome["state"] not in WELL for outcome in outcomes))


def heard(outcomes: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A line a source: posts seen, and for each thing that went wrong how often, the first time, and why."""
    by_source: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes:
        by_source.setdefault(outcome["source"], []).append(outcome)
    for source, own in by_source.items():
        holes: dict[str, list[dict[str, Any]]] = {}
        for outcome in own:
            if outcome["state"] not in WELL:
                holes.setdefault(outcome["state"], []).append(outcome)
        words = [counted(sum(outcome["post_count"] for outcome in own), "post")]
        words += [_hole(state, found, len(own)) for state, found in holes.items()]
        yield f"{source}: {'; '.join(words)}"


def _hole(state: str, found: Sequence[dict[str, Any]], planned: int) -> str:
    """`unreachable (1 of 4 jobs, 2026-10-30): why`."""
    first = found[0]
    often = f" ({len(found)} of {counted(planned, 'job')}, {first['run_date']})" if planned > 1 else ""
    return f"{state}{often}" + (f": {first['reason']}" if first["reason"] else "")


@app.command()
def collect(day: Day = None, first: From = None, last: To = None, refetch: Refetch = False) -> None:
    """Fetch what the sources say of one day or many; lands captures, builds nothing.

    Ends with 1 when a source was not seen whole; what the others said is landed all the same.
    """
    settings = load()
    days = day_list(day, first, last)
    outcomes = [outcome for one in days for outcome in night.collect_day(settings, one, refetch=refetch)]
    table = Table("day", "source", "query", "state", "posts", "why", box=None)
    for o in outcomes:
        why = o["reason"] or ""
        table.add_row(o["run_date"], o["source"], escape(o["query"]), o["state"], str(o["post_count"]), escape(why))
    wide().print(table)
    raise typer.Exit(_status(outcomes))


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
    """Import an export of another tool. Bad rows are set aside with their reasons, the others land.

    Ends with 1 when the file is empty, or cannot be read, or none of its rows can: what an earlier file of its name
    brought on that day stays then.
    """
    from extractors.collect import import_file

    settings = load()
    brands = load_brands(settings.brands)
    if (kind := brands.source(source).type) != "file":
        raise StageError(f"source {source!r} is of type {kind!r}; import into a source of type file")
    run_date = day_list(day, None, None)[0]
    with progress_bar() as progress:
        progress.add_task("import  ", total=None)
        outcome = import_file(settings, brands, source, file, run_date)
        night.read(settings, run_date, [source])
        night.finish(settings, [(run_date, source)], progress)
    if outcome.state in WELL:  # it landed: what could be read of it is told by the partition
        read = {row.query: row for row in lake.read_rows(settings, run_date, source, Outcome, "outcomes")}
        if file.name not in read:
            raise StageError(f"{file}: what was heard on {run_date} is too old to be added to; name another --day")
        outcome = read[file.name]
    say(
        f"{counted(outcome.post_count, 'post')} imported as {source} on {run_date}, "
        f"{counted(outcome.quarantined_count, 'row')} refused."
    )
    if outcome.quarantined_count:
        out.print('Why: ouidire sql "SELECT item, reason FROM quarantine"', markup=False)
    if outcome.state not in WELL:
        raise StageError(f"{file}: {outcome.reason}")


@app.command()
def forget(
    author: Annotated[str | None, typer.Option(help="author_id to erase with all posts.")] = None,
    post: Annotated[str | None, typer.Option(help="post_id to erase.")] = None,
    unheard: Annotated[bool, typer.Option("--unheard", help="Keep out also who or what was never heard.")] = False,
) -> None:
    """Erase a person or a post everywhere, and keep it from coming back."""
    from warehouse.connect import WarehouseError
    from warehouse.forget import forget as erase
    from warehouse.traces import is_known

    if (author is None) == (post is None):
        raise typer.BadParameter("give --author or --post, one of them")
    settings = load()
    if not unheard and not is_known(settings, author_id=author, post_id=post):
        raise StageError(
            f"{author or post!r} was never heard here; ids: columns author_id and post_id of listening_feed. "
            "To keep out somebody who was never heard, add --unheard"
        )
    is_page_there = settings.digest_page.exists()
    with err.status("forget"), said(WarehouseError):
        counts = erase(settings, author_id=author, post_id=post)
    if is_page_there and settings.published.exists():
        with contextlib.suppress(StageError):  # nothing is left to tell
            write_page(settings, digest_of(settings))
    say(_erased("author" if author else "post", str(author or post), counts))


def _erased(kind: str, name: str, counts: dict[str, int]) -> str:
    """One sentence: what was erased, and from where."""
    bodies = counts.get("captures_redacted", 0) + counts.get("captures_emptied", 0)
    rows = sum(count for place, count in counts.items() if place.startswith("lake_"))
    if not (bodies or rows or counts.get("staging_rows")):
        return f"{kind} {name}: nothing of it is stored; it is kept out"
    return (
        f"{kind} {name} is erased and kept out: {counted(counts['posts'], 'post')}, {counted(rows, 'row')} of the "
        f"lake, {counted(bodies, 'stored answer')} redacted"
    )
