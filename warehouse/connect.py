"""The only place that opens DuckDB or DuckLake.

The lake has a SQLite catalog and a folder of Parquet files, or Postgres and S3 by settings. Extensions are loaded from
their wheels, never downloaded. A SQLite catalog takes one writer at a time: a file lock makes the others wait.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from ouidire.disk import is_there
from ouidire.settings import Settings

Result = TypeVar("Result")

LOCK_SECONDS: Final = 900.0
"""How long a writer waits for another one; a full rebuild of a million posts takes less."""

MOST_MEMORY_GIB: Final = 4.0
"""What one connection may hold in memory: a night must leave room for what else the machine does."""

FORMAT: Final = {"parquet_compression": "lz4_raw", "parquet_version": "2"}
"""As small as the default (snappy) and read in two thirds of its time, which was a tenth of what a build computes
(decision 11)."""

_RETRYABLE: Final = ("transaction conflict", "conflicting", "database is locked", "could not serialize", "deadlock")
_CONFIG: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Where few rows are expected, an ASOF join compares all pairs: a wrong guess made `core_followups` take 7 minutes.
    "asof_loop_join_threshold": "0",
}


class WarehouseError(RuntimeError):
    """The warehouse cannot do what was asked; the message names the offender and the remedy."""


@contextlib.contextmanager
def connect(settings: Settings, *, read_only: bool = False) -> Iterator[DuckDBPyConnection]:
    """Open the lake as the default catalog `lake`, and close it at the end.

    A writer holds the lock of a SQLite catalog until then: keep it short, and never open two in one thread.
    Raises WarehouseError when another writer keeps the lock, or when a reader comes before the first commit.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    _expect_catalog(settings, read_only)
    with contextlib.ExitStack() as stack:
        if not read_only and settings.catalog.startswith("sqlite:"):
            stack.enter_context(exclusive(settings.home / "lake.lock"))
        con = stack.enter_context(open_memory(settings.home / "spill"))
        _attach(con, settings, read_only=read_only)
        yield con


def open_memory(spill: Path) -> DuckDBPyConnection:
    """A DuckDB in memory that downloads nothing; beyond MOST_MEMORY_GIB it spills under `spill`.

    Rows come in any order where no ORDER BY asks for one: to keep them in order costs memory.
    """
    config = {**_CONFIG, "temp_directory": str(spill), "preserve_insertion_order": "false"}
    con = duckdb.connect(config=config)
    con.execute(f"set memory_limit = '{min(MOST_MEMORY_GIB, _memory_gib(con))}GiB'")
    return _ready(con)


def open_published(path: Path) -> DuckDBPyConnection:
    """The published file, read only. Raises WarehouseError when nothing was published yet."""
    if not path.exists():
        raise WarehouseError(f"{path}: nothing published yet; run `ouidire run` first")
    return _ready(duckdb.connect(str(path), read_only=True, config=_CONFIG))


def open_index(path: Path, *, read_only: bool = False) -> DuckDBPyConnection:
    """A plain DuckDB file of our own beside the published one; it downloads nothing."""
    return _ready(duckdb.connect(str(path), read_only=read_only, config=_CONFIG))


def load_extension(con: DuckDBPyConnection, name: str) -> None:
    """Load an extension from its wheel. Raises WarehouseError when it is not installed."""
    con.execute(f"load {quoted(str(_extension(name)))}")


def transaction(con: DuckDBPyConnection, message: str, work: Callable[[], Result], *, attempts: int = 6) -> Result:
    """Run `work` in one transaction of the lake, and the whole of it again when another writer got in between.

    `work` may therefore run several times: it must start from nothing but the lake. `message` names the snapshot.
    """
    for attempt in range(1, attempts + 1):
        try:
            return _once(con, message, work)
        except duckdb.Error as error:
            if attempt == attempts or not any(words in str(error).lower() for words in _RETRYABLE):
                raise
            time.sleep(random.uniform(0.05, 0.2) * 2**attempt)  # noqa: S311 (spreads writers, guards nothing)
    raise AssertionError("unreachable: the last attempt returns or raises")


@contextlib.contextmanager
def exclusive(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold `path` alone; the kernel releases it even when the process is killed."""
    with path.open("a+", encoding="ascii") as file:
        _wait_for(file, path, time.monotonic() + seconds)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def quoted(text: str) -> str:
    """`text` as a SQL string literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def tables(con: DuckDBPyConnection) -> set[str]:
    """Names of the tables in the lake."""
    rows = con.execute("select table_name from duckdb_tables() where database_name = 'lake'").fetchall()
    return {str(name) for (name,) in rows}


def has_table(con: DuckDBPyConnection, name: str) -> bool:
    """Whether the lake has a table: cheaper than the list of all, for which every table's columns are looked up."""
    try:
        con.execute(f"from lake.{name} limit 0")
    except duckdb.CatalogException:
        return False
    return True


def has_lake(settings: Settings) -> bool:
    """Whether anything was ever committed. Raises OSError when the place of the catalog is none."""
    return not settings.catalog.startswith("sqlite:") or is_there(Path(settings.catalog.removeprefix("sqlite:")))


def empty_tables(con: DuckDBPyConnection) -> set[str]:
    """Tables of the lake that held no row when the transaction began.

    To plan a query over one costs a question to the catalog for each of its columns, every time (duckdb/ducklake#1313):
    a tenth of a second for every read of what a deployment does not fill.
    """
    kind = con.execute("select type from duckdb_databases() where database_name = 'lake'").fetchone()
    if kind != ("ducklake",):
        return set()
    rows = con.execute("select table_name from ducklake_table_info('lake') where file_count = 0").fetchall()
    return {str(name) for (name,) in rows}


def _memory_gib(con: DuckDBPyConnection) -> float:
    """What DuckDB would take by itself: 80 % of what the machine or the container has."""
    (bytes_,) = con.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()[0]
    return float(bytes_) / 2**30


def _ready(con: DuckDBPyConnection) -> DuckDBPyConnection:
    """In UTC, and without the progress bar of long queries: it is drawn on stdout, among the rows that others read."""
    con.execute("set timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    return con


def _once(con: DuckDBPyConnection, message: str, work: Callable[[], Result]) -> Result:
    con.execute("begin")
    try:
        con.execute("call lake.set_commit_message('ouidire', ?)", [message])
        result = work()
        con.execute("commit")
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # a failed commit has already ended the transaction
            con.execute("rollback")
        raise
    return result


def _expect_catalog(settings: Settings, read_only: bool) -> None:
    if read_only and not has_lake(settings):
        path = settings.catalog.removeprefix("sqlite:")
        raise WarehouseError(f"{path}: nothing committed yet; run `ouidire run` first")


def _attach(con: DuckDBPyConnection, settings: Settings, *, read_only: bool) -> None:
    is_sqlite = settings.catalog.startswith("sqlite:")
    _load(con, "ducklake", "sqlite_scanner" if is_sqlite else "postgres_scanner")
    if settings.data.startswith("s3:"):
        _load(con, "httpfs")
        con.execute(settings.s3_secret or _missing_secret(settings))
    # No inlining: every value lies in Parquet files, so that `forget` knows where to erase. A moved folder still opens.
    options = [f"data_path {quoted(settings.data)}", "override_data_path true", "data_inlining_row_limit 0"]
    if is_sqlite:
        options += ["meta_journal_mode 'WAL'", "meta_busy_timeout 10000"]
    if read_only:
        options.append("read_only")
    con.execute(f"attach {quoted('ducklake:' + settings.catalog)} as lake ({', '.join(options)})")
    con.execute("use lake")
    if not read_only:
        _choose_format(con)


def _choose_format(con: DuckDBPyConnection) -> None:
    """Tell the catalog, once, how files are written from now on; earlier files stay readable."""
    known = {name for (name,) in con.execute("select option_name from ducklake_options('lake')").fetchall()}
    for name in FORMAT.keys() - known:
        con.execute(f"call lake.set_option('{name}', '{FORMAT[name]}')")


def _missing_secret(settings: Settings) -> str:
    raise WarehouseError(
        f"OUIDIRE_DATA is {settings.data} but OUIDIRE_S3_SECRET is not set; give it a CREATE SECRET statement of DuckDB"
    )


def _load(con: DuckDBPyConnection, *extensions: str) -> None:
    for name in extensions:
        load_extension(con, name)


def _extension(name: str) -> Path:
    """The extension file that the wheel `duckdb-extension-<name>` of DuckDB's own version holds."""
    package = f"duckdb_extension_{name}"
    spec = importlib.util.find_spec(package)
    wheel = f"{package.replace('_', '-')}=={duckdb.__version__}"
    if spec is None or spec.origin is None:
        raise WarehouseError(f"DuckDB extension {name!r} is not installed; install {wheel}")
    path = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.exists():
        raise WarehouseError(f"{path}: no such file; DuckDB and its extension differ in version, install {wheel}")
    return path


def _wait_for(file: IO[str], path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.seek(0)
                holder = file.read() or "unknown"
                raise WarehouseError(f"{path}: process {holder} is still writing; wait for it or stop it") from None
            time.sleep(0.05)
        else:
            return
