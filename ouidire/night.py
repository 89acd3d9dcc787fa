"""The stages of a night, as the command and the DAGs both call them: one way to do each.

Beside `commands/` and `doctor.py` the only file of `ouidire/` that imports the stages. A day is the UTC date of a run;
what goes in and comes out is plain JSON, so that Airflow can hand it from task to task.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.progress import Progress

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

    brands = _brands(settings)
    jobs = collector.plan(brands, day)
    return [[_plain(job) for job in batch] for batch in collector.batches(brands, jobs)]


def secretive(settings: Settings, batch: Sequence[dict[str, Any]]) -> list[str]:
    """Sources of a batch that can be given secrets."""
    from extractors import collect as collector

    return collector.takes_secrets(_brands(settings), dict.fromkeys(job["source_id"] for job in batch))


def collect(
    settings: Settings,
    batch: Sequence[dict[str, Any]],
    *,
    refetch: bool = False,
    secrets: Mapping[str, Mapping[str, str]] | None = None,
) -> list[dict[str, Any]]:
    """Fetch what a batch of jobs asks for, or replay what is stored; one outcome a job, whatever happened.

    Words that a source now says are gone leave captures and staging.
    `secrets` are fields of connections (login, password, what `extra` holds) by source id; never logged.
    """
    from extractors import collect as collector
    from warehouse.deletions import strike

    jobs = [collector.Job(**{**job, "day": date.fromisoformat(job["day"])}) for job in batch]
    outcomes = collector.collect(settings, _brands(settings), jobs, refetch=refetch, secrets=secrets)
    strike(settings, [job.source_id for job in jobs])
    return [_plain(outcome) for outcome in outcomes]


def read(settings: Settings, day: date, sources: Iterable[str]) -> dict[str, int]:
    """Parse and understand one day of some sources. Returns rows by table, over all of them."""
    from extractors.parse import parse_partition

    brands = _brands(settings)
    counts: dict[str, int] = {}
    for source in sources:
        for table, count in (
            *parse_partition(settings, brands, day, source).items(),
            *_understand_partition(settings, brands, day, source).items(),
        ):
            counts[table] = counts.get(table, 0) + count
    return counts


def commit(settings: Settings, partitions: Sequence[tuple[date, str]]) -> list[str]:
    """Replace partitions in the lake, all in one transaction, then take out of it what sources say is gone.

    Returns the created_dates that this touched.
    """
    from warehouse.commit import commit as commit_partitions
    from warehouse.deletions import apply

    touched = commit_partitions(settings, partitions) | apply(settings)
    return sorted(day.isoformat() for day in touched)


def model(settings: Settings, *, full: bool = False) -> dict[str, Any]:
    """Build core and marts for what is dirty and run the checks, in one transaction.

    Then, where sources took words back, remove the old files that still hold them.
    """
    from warehouse.build import build
    from warehouse.deletions import settle

    report: dict[str, Any] = _plain(build(settings, _brands(settings), full=full))
    settle(settings)
    return report


def retain(settings: Settings) -> dict[str, int]:
    """Remove raw captures that are older than brands.yml keeps them. Returns what went."""
    from warehouse.maintain import retain as remove_old

    return remove_old(settings, _brands(settings))


def erase_due(settings: Settings) -> dict[str, int]:
    """Finish erasures and deletions that were interrupted. Returns what was done."""
    from warehouse.maintain import erase_due as finish_erasures

    return finish_erasures(settings, _brands(settings))


def compact(settings: Settings) -> dict[str, int]:
    """Merge small files of the lake, forget its old snapshots and their files. Returns what was done."""
    from warehouse.maintain import compact as compact_lake

    return compact_lake(settings, _brands(settings))


def maintain(settings: Settings) -> dict[str, int]:
    """What the DAG `maintain` does, without a scheduler."""
    return {**retain(settings), **erase_due(settings), **compact(settings)}


def publish(settings: Settings) -> str:
    """Write `listening.duckdb` beside its place and rename it. Returns its path."""
    from warehouse.publish import publish as publish_file

    return str(publish_file(settings, _brands(settings)))


def collect_day(settings: Settings, day: date, *, refetch: bool = False) -> list[dict[str, Any]]:
    """Collect everything that a day asks for; the outcomes of all its jobs."""
    batches = plan(settings, day)
    return [outcome for batch in batches for outcome in collect(settings, batch, refetch=refetch)]


def run_days(
    settings: Settings, day_list: Sequence[date], *, refetch: bool = False, progress: Progress
) -> tuple[str, list[dict[str, Any]]]:
    """Run nights in order, without a scheduler; one build for all of them.

    Returns the path of the published file, and the outcomes of all nights.
    """
    partitions, outcomes = listen_days(settings, day_list, refetch=refetch, progress=progress)
    return finish(settings, partitions, progress), outcomes


def listen_days(
    settings: Settings, day_list: Sequence[date], *, refetch: bool = False, progress: Progress
) -> tuple[list[tuple[date, str]], list[dict[str, Any]]]:
    """Collect and read nights in order, without a scheduler.

    Returns their partitions, which wait for `commit`, and the outcomes of all of them.
    """
    sources = [source.id for source in _brands(settings).sources if source.enabled]
    outcomes: list[dict[str, Any]] = []
    task = progress.add_task("listen and read", total=len(day_list))
    for day in day_list:
        outcomes += collect_day(settings, day, refetch=refetch)
        read(settings, day, sources)
        progress.advance(task)
    return [(day, source) for day in day_list for source in sources], outcomes


def reprocess(settings: Settings, day_list: Sequence[date], sources: Sequence[str], progress: Progress) -> str:
    """Read again, by the rules and names of now, what was collected; what changed goes to the table `changes`.

    Nothing is asked of the network; only partitions that hold posts are touched. Returns the path of the published
    file.
    """
    brands = _brands(settings)
    partitions = [
        (day, source) for day in day_list for source in sources if lake.staged(settings, day, source, "posts").exists()
    ]
    task = progress.add_task("read again", total=len(partitions))
    for day, source in partitions:
        _understand_partition(settings, brands, day, source)
        progress.advance(task)
    return finish(settings, partitions, progress)


def finish(settings: Settings, partitions: Sequence[tuple[date, str]], progress: Progress) -> str:
    """Commit, build, check and publish. Returns the path of the published file."""
    task = progress.add_task("commit", total=3)
    commit(settings, partitions)
    progress.update(task, advance=1, description="build and check")
    model(settings)
    progress.update(task, advance=1, description="publish")
    path = publish(settings)
    progress.update(task, advance=1, description="commit, build, publish")
    return path


def _brands(settings: Settings) -> Brands:
    """Read brands.yml again only when the file has changed: a history asks for it many times."""
    known = settings.brands.stat() if settings.brands.exists() else None
    return _brands_of(settings.brands, known.st_mtime_ns if known else 0, known.st_size if known else 0)


@functools.lru_cache(maxsize=1)
def _brands_of(path: Path, _changed_at: int, _size: int) -> Brands:
    return load_brands(path)


def _understand_partition(settings: Settings, brands: Brands, day: date, source: str) -> dict[str, int]:
    from nlp.understand import understand

    languages = brands.source(source).languages
    posts = (post for post in lake.read_rows(settings, day, source, Post, "posts") if post.text)
    refused: list[Quarantine] = []
    with ExitStack() as stack:
        writers = {table: stack.enter_context(lake.TableWriter(settings, day, source, table)) for table in SPAN_TABLES}
        for understood in understand(posts, brands, default_lang=languages[0] if languages else None):
            if isinstance(understood, Quarantine):
                refused.append(understood)
            else:
                for table, writer in writers.items():
                    writer.write(getattr(understood, table))
    earlier = lake.read_rows(settings, day, source, Quarantine, "quarantine")
    kept = [row for row in earlier if row.stage != "understand"]
    lake.write_rows(settings, day, source, "quarantine", [*kept, *refused])
    return {**{table: writer.count for table, writer in writers.items()}, "quarantine": len(refused)}


def _plain(value: Any) -> Any:
    """A record as JSON-able data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
