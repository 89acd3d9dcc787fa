"""How a command ends that cannot do what was asked: one sentence on standard error, and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from ouidire.brands import BrandsError
from ouidire.commands.console import StageError, err
from ouidire.disk import refusal
from ouidire.settings import load

STOPPED: Final = 130
"""Exit status after Ctrl-C, as a shell has it: 128 and the number of the signal."""

_INTERRUPTED: Final = "Query interrupted"
"""What DuckDB says, as a plain RuntimeError, when Ctrl-C comes while it computes."""

_OPENING: Final = (
    "Cannot open file",
    "Failed to create directory",
    "unable to open database file",
    "readonly database",
)
"""What DuckDB and SQLite say of a file that is not ours to read or write."""

_UNOPENED: Final = (
    "; ask the owner of the file, or set OUIDIRE_HOME (OUIDIRE_CATALOG, OUIDIRE_DATA) to a place of yours"
)


@contextmanager
def ended_in_words() -> Iterator[None]:
    """Turn errors that carry their remedy, files that cannot be had, and Ctrl-C into a sentence and a status."""
    try:
        yield
    except SystemExit as end:
        if end.code == STOPPED:  # Typer has seen Ctrl-C, and says nothing
            _stopped()
        raise
    except KeyboardInterrupt:
        _stopped()
    except (BrandsError, StageError) as error:
        die(str(error))
    except OSError as error:
        words = refusal(error, load().home)
        if words is None:
            raise
        die(words)
    except _of_the_warehouse() as error:
        if _INTERRUPTED in str(error):
            _stopped()
        if not _is_told(error):
            raise
        die(f"{error}{_UNOPENED if _is_opening(error) else ''}")


def die(words: str) -> NoReturn:
    """Say what is wrong on standard error and exit with 1."""
    err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def _stopped() -> NoReturn:
    err.print("stopped; what was done stays, and the same command goes on from there", markup=False, highlight=False)
    sys.exit(STOPPED)


def _of_the_warehouse() -> tuple[type[Exception], ...]:
    """Looked up only when something failed: DuckDB takes its time to load, and most commands need none."""
    import duckdb

    return RuntimeError, duckdb.Error


def _is_told(error: Exception) -> bool:
    """Whether the error names what is wrong and what to do: ours of the warehouse, and a file that does not open."""
    from warehouse.connect import WarehouseError

    return isinstance(error, WarehouseError) or _is_opening(error)


def _is_opening(error: Exception) -> bool:
    return any(words in str(error) for words in _OPENING)
