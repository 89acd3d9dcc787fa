"""A lake for tests: records with defaults, a small catalogue, real or in memory."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ouidire import arrow, lake, records
from ouidire.brands import Brands, load_brands
from ouidire.settings import ROOT, Settings
from warehouse.build import build
from warehouse.commit import commit
from warehouse.models import LAYERS, SQL, load_models, reads, tables_read
from warehouse.reference import REFERENCE

CASES = ROOT / "tests" / "sql"
Rows = Mapping[str, list[dict[str, Any]]]

_DEFAULTS: dict[type, Any] = {str: "", int: 0, float: 1.0, bool: False}
_USUAL: dict[str, Any] = {
    "state": "complete", "source_type": "wordpress", "instance": "blog.example", "kind": "post",
    "created_precision": "second", "polarity": "for", "modality": "asserted", "addressee": "public", "strength": 0.8,
    "stance": "none", "experience": "none", "purchase": "none", "commercial": "organic", "umot": "none",
    "rule_id": "rule", "rule_version": "1",
}  # fmt: skip


RECORDS = {**records.TABLES, **records.KEPT}


def record_of(table: str, given: Mapping[str, Any], texts: Mapping[str, str]) -> Any:
    """A record from the values that matter in a test; a span is placed where its words stand in the post's text."""
    unknown = given.keys() - {column.name for column in arrow.columns(RECORDS[table])}
    assert not unknown, f"{table}: no column {unknown}"
    values = {column.name: _default(column) for column in arrow.columns(RECORDS[table])} | dict(given)
    if table == "posts":
        values |= {
            "seen_at": given.get("seen_at", datetime.combine(given["run_date"], time(23), UTC)),
            "content_hash": records.content_hash(given.get("text") or ""),
            "native_id": given.get("native_id", given["post_id"]),
        }
    if table == "outcomes":
        values |= {"finished_at": datetime.combine(given["run_date"], time(23), UTC)}
    if table == "corrections":
        values["correction_id"] = given.get("correction_id", f"correction-{given['post_id']}-{given.get('quote')}")
        if given.get("quote"):
            start = given.get("start", texts[given["post_id"]].find(given["quote"]))
            values |= {"start": start, "end": start + len(given["quote"])}
    if "span_id" in values:
        start = texts[given["post_id"]].index(given["text"])
        words = f"{table}|{given['post_id']}|{start}|{given['text']}|{given.get('kind')}|{given.get('product_id')}"
        values |= {
            "start": start,
            "end": start + len(given["text"]),
            "span_id": given.get("span_id", hashlib.sha256(words.encode()).hexdigest()[:20]),
        }
    return RECORDS[table](**values)


def _default(column: arrow.Column) -> Any:
    return None if column.is_nullable else _USUAL.get(column.name, _DEFAULTS.get(column.python))


def kept_records(rows: Rows) -> dict[str, list[Any]]:
    """Rows of a case for the tables that no rerun replaces."""
    texts = {post["post_id"]: post.get("text") or "" for post in rows.get("posts", [])}
    return {table: [record_of(table, given, texts) for given in rows.get(table, [])] for table in records.KEPT}


def as_records(rows: Rows) -> dict[str, list[records.Partitioned]]:
    """Rows of a case as records; a span or reading takes the partition of its post unless it says another."""
    posts = {post["post_id"]: post for post in rows.get("posts", [])}
    texts = {post_id: post.get("text") or "" for post_id, post in posts.items()}
    found: dict[str, list[records.Partitioned]] = {}
    for table in records.TABLES:
        found[table] = []
        for given in rows.get(table, []):
            post = posts.get(given.get("post_id", ""), {})
            partition = {name: post[name] for name in records.PARTITION_COLUMNS if name in post}
            found[table].append(record_of(table, partition | given, texts))
    return found


def settings_in(home: Path) -> Settings:
    return Settings(
        home=home,
        brands=CASES / "brands.yml",
        catalog=f"sqlite:{home}/lake.sqlite",
        data=f"{home}/lake/",
        s3_secret=None,
    )


def write_staging(settings: Settings, rows: Rows) -> list[tuple[date, str]]:
    found = as_records(rows)
    partitions = sorted({(row.run_date, row.source) for table in found.values() for row in table})
    for day, source in partitions:
        for table, all_rows in found.items():
            mine = [row for row in all_rows if (row.run_date, row.source) == (day, source)]
            lake.write_rows(settings, day, source, table, mine)
    return partitions


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "home")


@pytest.fixture
def stage(settings: Settings) -> Callable[[Rows], list[tuple[date, str]]]:
    """Writes rows as staging partitions and returns the partitions; every partition is written whole."""
    return lambda rows: write_staging(settings, rows)


@pytest.fixture(scope="session")
def _built_homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Rows], Path]:
    """Makes each home once: committing and building take seconds."""
    made: dict[str, Path] = {}

    def make(name: str, rows: Rows) -> Path:
        if name not in made:
            settings = settings_in(tmp_path_factory.mktemp(name) / "home")
            commit(settings, write_staging(settings, rows))
            build(settings, load_brands(settings.brands))
            made[name] = settings.home
        return made[name]

    return make


@pytest.fixture
def built_home(_built_homes: Callable[[str, Rows], Path], settings: Settings) -> Callable[[str, Rows], Settings]:
    """Fills the test's home with rows that are committed and built; `name` stands for the rows."""

    def fill(name: str, rows: Rows) -> Settings:
        shutil.copytree(_built_homes(name, rows), settings.home)
        return settings

    return fill


@pytest.fixture
def records_of() -> Callable[[Rows], dict[str, list[Any]]]:
    return lambda rows: {**as_records(rows), **kept_records(rows)}


@pytest.fixture
def brands(settings: Settings) -> Brands:
    return load_brands(settings.brands)


@pytest.fixture
def memory_lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain DuckDB in memory under the lake's name: what the lake does, without its files."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("attach ':memory:' as lake")
        con.execute("use lake")
        yield con


@pytest.fixture(scope="session")
def only(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A folder of SQL files with some models and what they read, all the way up: the others would only cost time.

    A check comes along when everything that it reads is there.
    """
    models = {model.name: model for model in load_models()}
    with duckdb.connect() as con:
        reading = {name: reads(con, model) for name, model in models.items()}
        checked = {
            path: tables_read(con, path.read_text(encoding="utf-8"), path)
            for path in sorted((SQL / "checks").glob("*.sql"))
        }

    def ancestors(name: str) -> set[str]:
        return {name}.union(*(ancestors(above) for above in reading.get(name, ())))

    @cache
    def folder(*names: str) -> Path:
        root = tmp_path_factory.mktemp(names[0])
        wanted = set().union(*map(ancestors, names))
        for layer in (*LAYERS, "checks"):
            (root / layer).mkdir()
        (root / "macros.sql").symlink_to(SQL / "macros.sql")
        for name in models.keys() & wanted:
            (root / models[name].layer / models[name].path.name).symlink_to(models[name].path)
        for path, tables in checked.items():
            if tables & reading.keys() and tables <= wanted | set(REFERENCE) | set(RECORDS):
                (root / "checks" / path.name).symlink_to(path)
        return root

    return folder
