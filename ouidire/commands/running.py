"""Commands that run the whole: doctor, demo, up, down, status, version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ouidire import __version__
from ouidire.commands.console import out, progress_bar, said, say
from ouidire.commands.digests import show_digest
from ouidire.settings import ROOT, load

app = typer.Typer()


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

    with progress_bar() as progress, said(DemoError, *_airflow_errors()):
        settings = listen_to_sample(load(), folder, progress)
    show_digest(settings)


@app.command()
def up() -> None:
    """Start Airflow and its UI in the background, and say where it is and how to log in."""
    from ouidire import supervise

    with said(*_airflow_errors()):
        supervise.up(load(), say)


@app.command()
def down() -> None:
    """Stop Airflow and everything it started."""
    from ouidire import supervise

    with said(*_airflow_errors()):
        supervise.down(load(), say)


@app.command()
def status() -> None:
    """Say what runs."""
    from ouidire import supervise

    lines = supervise.status(load())
    for name, words in lines.items():
        say(f"{name}: {words}")
    if not lines:
        say("nothing runs; start with `make up`")


def _airflow_errors() -> tuple[type[Exception], ...]:
    from ouidire.airflow_api import AirflowError

    return (AirflowError,)


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)
