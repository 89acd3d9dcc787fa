"""Commands that read texts: understand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ouidire.brands import load_brands
from ouidire.settings import load

app = typer.Typer()


@app.command()
def understand(
    brands: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Catalogue of brands.")] = None,
) -> None:
    """Read posts as JSON lines on standard input; write what each one says, a line each, in order."""
    from nlp.understand import run_stream

    path = brands or load().brands
    catalogue = load_brands(path) if path.exists() else None
    raise typer.Exit(run_stream(sys.stdin, sys.stdout, sys.stderr, catalogue))
