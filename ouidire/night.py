"""The stages of a night, as the command and the DAGs both call them: one way to do each.

Beside `cli.py` the only file of `ouidire/` that imports the stages. A day is the UTC date of a run; what goes in and
comes out is plain JSON, so that Airflow can hand it from task to task.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from ouidire import lake
from ouidire.brands import Brands, load_brands
from ouidire.records import Post, Quarantine
from ouidire.settings import Settings

SPAN_TABLES = ("mentions", "acts", "cues", "readings")


def days(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def plan(settings: Settings, day: date) -> list[list[dict[str, Any]]]:
    """Jobs of a day in batches: one host, one batch, so that a host is never asked by two tasks at once."""
    from extractors import collect as collector

    brands = load_brands(settings.brands)
    jobs = collector.plan(brands, day)
    return [[_plain(job) for job in batch] for batch in collector.batches(brands, jobs)]


def collect(settings: Settings, batch: Sequence[dict[str, Any]], *, refetch: bool = False) -> list[dict[str, Any]]:
    """Fetch what a batch of jobs asks for, or replay what is stored; one outcome a job, whatever happened."""
    from extractors import collect as collector

    jobs = [collector.Job(**{**job, "day": date.fromisoformat(job["day"])}) for job in batch]
    outcomes = collector.collect(settings, load_brands(settings.brands), jobs, refetch=refetch)
    return [_plain(outcome) for outcome in outcomes]


def read(settings: Settings, day: date, sources: Iterable[str]) -> dict[str, int]:
    """Parse and understand one day of some sources. Returns rows by table, over all of them."""
    from extractors.parse import parse_partition

    brands = load_brands(settings.brands)
    counts: dict[str, int] = {}
    for source in sources:
        for table, count in (
            *parse_partition(settings, brands, day, source).items(),
            *_understand_partition(settings, brands, day, source).items(),
        ):
            counts[table] = counts.get(table, 0) + count
    return counts


def commit(settings: Settings, partitions: Sequence[tuple[date, str]]) -> list[str]:
    """Replace partitions in the lake, all in one transaction. Returns the created_dates that this touched."""
    from warehouse.commit import commit as commit_partitions

    return sorted(day.isoformat() for day in commit_partitions(settings, partitions))


def model(settings: Settings, *, full: bool = False) -> dict[str, Any]:
    """Build core and marts for what is dirty and run the checks, in one transaction."""
    from warehouse.build import build

    return _plain(build(settings, load_brands(settings.brands), full=full))


def publish(settings: Settings) -> str:
    """Write `listening.duckdb` beside its place and rename it. Returns its path."""
    from warehouse.publish import publish as publish_file

    return str(publish_file(settings, load_brands(settings.brands)))


def _understand_partition(settings: Settings, brands: Brands, day: date, source: str) -> dict[str, int]:
    from nlp.understand import understand

    languages = brands.source(source).languages
    posts = (post for post in lake.read_rows(settings, day, source, Post, "posts") if post.text)
    refused = [
        row for row in lake.read_rows(settings, day, source, Quarantine, "quarantine") if row.stage != "understand"
    ]
    with ExitStack() as stack:
        writers = {table: stack.enter_context(lake.TableWriter(settings, day, source, table)) for table in SPAN_TABLES}
        for understood in understand(posts, brands, default_lang=languages[0] if languages else None):
            if isinstance(understood, Quarantine):
                refused.append(understood)
            else:
                for table, writer in writers.items():
                    writer.write(getattr(understood, table))
    lake.write_rows(settings, day, source, "quarantine", refused)
    return {table: writer.count for table, writer in writers.items()}


def _plain(value: Any) -> Any:
    """A record as JSON-able data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def all_partitions(day_list: Iterable[date], sources: Iterable[str]) -> Iterator[tuple[date, str]]:
    """Every (day, source)."""
    names = list(sources)
    return ((day, source) for day in day_list for source in names)
