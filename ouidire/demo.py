"""`make run`: listens to a sample web as if its last day were yesterday."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import Progress

from ouidire import night, sampleweb, supervise
from ouidire.settings import Settings

ASIDE = (
    "captures",
    "validators",
    "staging",
    "lake",
    "lake.sqlite",
    "lake.sqlite-wal",
    "lake.sqlite-shm",
    "listening.duckdb",
)
"""What is moved aside when another sample comes: nights of one web are no nights of another."""


class DemoError(Exception):
    """The sample cannot be listened to; the message says why and what to do."""


def listen_to_sample(settings: Settings, folder: Path, progress: Progress) -> Settings:
    """Load all days of the sample but the last one, and the last one through Airflow.

    Airflow starts while the history loads. Returns the settings that it ran with. Raises DemoError, AirflowError.
    """
    settings = replace(settings, brands=(folder / "brands.yml").resolve())
    try:
        posts = sampleweb.told(sampleweb.load(folder))
    except sampleweb.SampleError as error:
        raise DemoError(str(error)) from error
    days = night.days(posts[0].at.date(), posts[-1].at.date())
    if len(days) < 2:
        raise DemoError(f"{folder}: holds one day only; a sample needs two: one of history, one for Airflow")
    _set_aside(settings, folder, progress)
    progress.console.print(
        f"listening to {days[0]} … {days[-2]} while Airflow starts, then to {days[-1]} through Airflow"
    )
    with _served(settings, folder), supervise.airflow(settings) as airflow:
        # Not built: the `model` run that the last night wakes does it for all days at once.
        partitions, _ = night.listen_days(settings, days[:-1], progress=progress)
        night.commit(settings, partitions)
        airflow.run_night(days[-1], progress)
    return settings


@contextmanager
def _served(settings: Settings, folder: Path) -> Iterator[None]:
    if supervise.running(settings) is not None:  # `make up` serves it already
        yield
        return
    try:
        with sampleweb.running(folder):
            yield
    except OSError as error:
        raise DemoError(
            f"port {sampleweb.PORT}: {error.strerror}; the sample is served there: end what uses it (`make down`?)"
        ) from error


def _set_aside(settings: Settings, folder: Path, progress: Progress) -> None:
    """Nothing is deleted: an earlier sample's nights go to `before-<time>/`."""
    mark = settings.home / "sample.sha256"
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("sites/*")))).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") != content:
        aside = settings.home / f"before-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        aside.mkdir(parents=True)
        for name in ASIDE:
            if (settings.home / name).exists():
                (settings.home / name).rename(aside / name)
        progress.console.print(f"another sample was here: its nights are now in {aside}", markup=False)
    settings.home.mkdir(parents=True, exist_ok=True)
    mark.write_text(content, encoding="ascii")
