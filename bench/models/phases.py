"""What is measured, each phase in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import duckdb

from bench.models.generate import HERE, START
from ouidire.brands import load_brands
from ouidire.settings import Settings
from warehouse.build import BuildReport, build
from warehouse.commit import commit
from warehouse.connect import open_published
from warehouse.cookbook import load_queries
from warehouse.publish import publish

Measured = dict[str, Any]

SOURCES: Final = ("blogs", "forum_en", "forum_fr", "sky", "social")
WARM: Final = 5
"""How often a query is asked once it is warm; the median counts."""


def alone(phase: Callable[..., Measured], *arguments: Any) -> Measured:
    """Run a phase in a fresh process; adds `seconds` and `peak_gb` (resident, of that process).

    A night comes hours after the last: what the phase before has written is on the disk when it begins.
    """
    os.sync()
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_child, args=(there, phase, arguments))
    process.start()
    there.close()
    try:
        measured: Measured = here.recv()
    except EOFError:
        process.join()
        raise SystemExit(f"{phase.__name__} {arguments}: ended with status {process.exitcode}") from None
    process.join()
    return measured


def _child(there: Connection, phase: Callable[..., Measured], arguments: tuple[Any, ...]) -> None:
    start = time.perf_counter()
    measured = phase(*arguments)
    measured.setdefault("seconds", time.perf_counter() - start)
    measured["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    there.send(measured)


def settings_in(home: Path) -> Settings:
    """A lake of its own under `home`."""
    catalog, data = f"sqlite:{home}/lake.sqlite", f"{home}/lake/"
    return Settings(home=home, brands=HERE / "brands.yml", catalog=catalog, data=data, s3_secret=None)


def committed(home: Path, first: int, last: int) -> Measured:
    """Commit the nights from number `first` to number `last`, in one transaction."""
    nights = [START + timedelta(number) for number in range(first, last + 1)]
    days = commit(settings_in(home), [(night, source) for night in nights for source in SOURCES])
    return {"days": len(days)}


def built(home: Path, sql: Path, full: bool) -> Measured:
    """Build; `models` gives seconds by model, the slowest first."""
    settings = settings_in(home)
    report = build(settings, load_brands(settings.brands), full=full, sql=sql)
    return {"seconds": report.seconds, "models": _by_model(report), "is_full": report.is_full}


def _by_model(report: BuildReport) -> list[tuple[str, float, int]]:
    models = [(model.name, model.seconds, model.rows) for model in report.models]
    rest = report.seconds - sum(model.seconds for model in report.models)
    return sorted([*models, ("checks, catalogue, fsync", rest, 0)], key=lambda row: -row[1])


def published(home: Path, sql: Path) -> Measured:
    """Publish, and the size of the file."""
    settings = settings_in(home)
    path = publish(settings, load_brands(settings.brands), sql=sql)
    return {"gigabytes": path.stat().st_size / 2**30}


def asked(home: Path, sql: Path) -> Measured:
    """Median milliseconds of every named query on the published file, warm."""
    found: dict[str, float] = {}
    with open_published(settings_in(home).published) as con:
        for name, query in load_queries(sql / "queries").items():
            with suppress(duckdb.CatalogException):  # the mart it asks is not there (a folder of fewer models)
                found[name] = statistics.median(_times(con, query.sql, query.values({}))[1:])
    return {"queries": found}


def _times(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, str | None]) -> list[float]:
    times = []
    for _ in range(WARM + 1):
        start = time.perf_counter()
        con.execute(sql, values or None).fetchall()
        times.append(1000 * (time.perf_counter() - start))
    return times
