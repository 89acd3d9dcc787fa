"""The SQL files: their headers, what they read, and the order in which to run them.

`sql/core` and `sql/marts` become tables, `sql/views` become views of the published file, and `sql/macros.sql` holds
the formulas that several of the tables use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

from duckdb import DuckDBPyConnection

from ouidire.settings import ROOT
from warehouse.connect import WarehouseError

SQL: Final = ROOT / "sql"
LAYERS: Final = ("core", "marts")

_HEADER: Final = re.compile(r"-- (grain|key|question|owner|refresh|lookback|follows|metric|column (\w+)): +(\S.*)")
_REQUIRED: Final = ("grain", "key", "question", "owner", "refresh", "lookback")
_METRIC: Final = re.compile(r"([a-z]\w*) v([1-9]\d*) \((\d{4}-\d\d-\d\d)\) (\S.*)")


class ModelError(WarehouseError):
    """A SQL file does not keep the contract of its header."""


@dataclass(frozen=True)
class Metric:
    """One version of the definition of a figure; an older one stays in the header, above the newer one."""

    name: str
    version: int
    since: date
    """Day from which builds use it."""
    definition: str


@dataclass(frozen=True)
class Model:
    """One SQL file: a pure SELECT that makes the table of its name."""

    name: str
    layer: str
    path: Path
    sql: str
    grain: str
    question: str
    owner: str
    key: tuple[str, ...]
    """Columns that together are unique (a NULL counts as a value)."""
    is_daily: bool
    """Rebuilt by created_date; else (`refresh: all`) rebuilt whole."""
    lookback: int
    """A row may read rows of its upstream tables that are at most so many days older than itself."""
    looks_back_at: frozenset[str] = frozenset()
    """Upstream tables whose older rows it reads; of any other it reads the row's own day. None named: all of them."""
    is_of_versions: bool = False
    """Reads records at the run that core_versions names only: what a later night saw again unchanged changes no row."""
    columns: dict[str, str] = field(default_factory=dict)
    """Sentence by output column, where it is not the one of the column of that name that the model reads."""
    metrics: tuple[Metric, ...] = ()
    """Figures of DESIGN section 6 that the file computes, every version of their definition, oldest first."""


def load_models(root: Path = SQL) -> list[Model]:
    """Every model of the folders `core` and `marts`. Raises ModelError naming the file and what its header misses."""
    paths = [(layer, path) for layer in LAYERS for path in sorted((root / layer).glob("*.sql"))]
    models = [_model(layer, path) for layer, path in paths]
    _refuse_two_homes(models)
    return models


def load_views(root: Path = SQL) -> list[Model]:
    """Every view of the published file: SELECTs that no build runs and that read published tables only."""
    return [_model("views", path) for path in sorted((root / "views").glob("*.sql"))]


def macros(root: Path = SQL) -> str:
    """The formulas that models share, as statements to run once a connection; published tables do not need them."""
    path = root / "macros.sql"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def reads(con: DuckDBPyConnection, model: Model) -> set[str]:
    """Names of the tables that a model reads, its own CTEs apart."""
    return tables_read(con, model.sql, model.path)


def tables_read(con: DuckDBPyConnection, sql: str, path: Path) -> set[str]:
    """Names of the tables that a SELECT reads, its own CTEs apart. Raises ModelError naming the file `path`."""
    (serialized,) = con.execute("select json_serialize_sql(?)", [sql]).fetchall()[0]
    tree: dict[str, Any] = json.loads(serialized)
    if tree["error"]:
        raise ModelError(f"{path}: not one SELECT: {tree.get('error_message')}")
    if len(tree["statements"]) != 1:
        raise ModelError(f"{path}: holds {len(tree['statements'])} statements; keep one SELECT")
    nodes = list(_nodes(tree))
    found = {str(node["table_name"]) for node in nodes if node.get("type") == "BASE_TABLE"}
    return found - {str(cte["key"]) for node in nodes for cte in (node.get("cte_map") or {"map": []})["map"]}


def in_order(con: DuckDBPyConnection, models: Iterable[Model]) -> list[tuple[Model, set[str]]]:
    """Models with what they read, each after those that it reads.

    Raises ModelError on a circle, and on a look back at what a model does not read.
    """
    by_name = {model.name: model for model in models}
    inputs = {name: reads(con, model) for name, model in by_name.items()}
    for name, model in by_name.items():
        _refuse_a_look_at_nothing(model, inputs[name])
    try:
        order = list(TopologicalSorter({name: inputs[name] & by_name.keys() for name in by_name}).static_order())
    except CycleError as error:
        raise ModelError(f"sql/: {' reads '.join(reversed(error.args[1]))}: break the circle") from None
    return [(by_name[name], inputs[name]) for name in order]


def _model(layer: str, path: Path) -> Model:
    sql = path.read_text(encoding="utf-8")
    header, columns, metrics = _header(path, sql)
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise ModelError(f"{path}: its header has no `-- {missing[0]}:` line; add it")
    if header["refresh"] not in ("created_date", "all"):
        raise ModelError(f"{path}: refresh: {header['refresh']!r}; write created_date or all")
    lookback, _, tables = header["lookback"].partition(" of ")
    if not lookback.isdigit():
        raise ModelError(
            f"{path}: lookback: {header['lookback']!r}; write a number of days, or `90 of core_posts, core_topics`"
        )
    if header.get("follows", "versions") != "versions":
        raise ModelError(f"{path}: follows: {header['follows']!r}; write versions, or leave the line out")
    key = tuple(name.strip() for name in header["key"].split(","))
    return Model(
        name=path.stem, layer=layer, path=path, sql=sql, grain=header["grain"], question=header["question"],
        owner=header["owner"], key=key, is_daily=header["refresh"] == "created_date",
        lookback=int(lookback), looks_back_at=frozenset(name.strip() for name in tables.split(",") if name.strip()),
        is_of_versions="follows" in header, columns=columns, metrics=metrics,
    )  # fmt: skip


def _header(path: Path, sql: str) -> tuple[dict[str, str], dict[str, str], tuple[Metric, ...]]:
    """The words, the columns and the metrics of the comment lines that open a file."""
    words: dict[str, str] = {}
    columns: dict[str, str] = {}
    metrics: list[Metric] = []
    for number, line in enumerate(sql.splitlines(), start=1):
        if not line.startswith("--"):
            break
        match = _HEADER.fullmatch(line.rstrip())
        if not match:
            raise ModelError(f"{path}:{number}: {line!r} is not a header line; write `-- word: value`")
        if match[1] == "metric":
            metrics.append(_metric(f"{path}:{number}", match[3], metrics))
            continue
        target, name = (columns, match[2]) if match[2] else (words, match[1])
        if name in target:
            raise ModelError(f"{path}:{number}: {name} is written twice; keep one")
        target[name] = match[3]
    return words, columns, tuple(metrics)


def _metric(where: str, words: str, earlier: list[Metric]) -> Metric:
    match = _METRIC.fullmatch(words)
    if not match:
        raise ModelError(f"{where}: metric: {words!r}; write `<name> v<number> (<yyyy-mm-dd>) <definition>`")
    try:
        metric = Metric(match[1], int(match[2]), date.fromisoformat(match[3]), match[4])
    except ValueError:
        raise ModelError(f"{where}: metric: {match[3]} is no date; write yyyy-mm-dd") from None
    last = next((known for known in reversed(earlier) if known.name == metric.name), None)
    if metric.version != (last.version + 1 if last else 1):
        raise ModelError(f"{where}: metric {metric.name}: v{metric.version} follows v{last.version if last else 0}")
    if last and metric.since < last.since:
        raise ModelError(f"{where}: metric {metric.name}: v{metric.version} is dated before v{last.version}; mend it")
    return metric


def _refuse_two_homes(models: Iterable[Model]) -> None:
    homes: dict[str, Path] = {}
    for model in models:
        for name in sorted({metric.name for metric in model.metrics}):
            if name in homes:
                raise ModelError(f"{model.path}: metric {name} is defined in {homes[name]} already; keep one")
            homes[name] = model.path


def _refuse_a_look_at_nothing(model: Model, inputs: set[str]) -> None:
    if unread := sorted(model.looks_back_at - inputs):
        told = ", ".join(sorted(inputs))
        raise ModelError(f"{model.path}: lookback: {unread[0]!r} is not a table that it reads; name one of {told}")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for branch in tree.values():
            yield from _nodes(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)
