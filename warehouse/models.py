"""The SQL files: their headers, what they read, and the order in which to run them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

from duckdb import DuckDBPyConnection

from ouidire.settings import ROOT
from warehouse.connect import WarehouseError

SQL: Final = ROOT / "sql"
LAYERS: Final = ("core", "marts")

_HEADER: Final = re.compile(r"-- (grain|key|question|owner|refresh|lookback|column (\w+)): +(\S.*)")
_REQUIRED: Final = ("grain", "key", "question", "owner", "refresh", "lookback")


class ModelError(WarehouseError):
    """A SQL file does not keep the contract of its header."""


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
    columns: dict[str, str] = field(default_factory=dict)
    """Sentence by output column, where it is not the one of the column of that name that the model reads."""


def load_models(root: Path = SQL) -> list[Model]:
    """Every model of the folders `core` and `marts`. Raises ModelError naming the file and what its header misses."""
    paths = [(layer, path) for layer in LAYERS for path in sorted((root / layer).glob("*.sql"))]
    return [_model(layer, path) for layer, path in paths]


def reads(con: DuckDBPyConnection, model: Model) -> set[str]:
    """Names of the tables that a model reads, its own CTEs apart."""
    (serialized,) = con.execute("select json_serialize_sql(?)", [model.sql]).fetchall()[0]
    tree: dict[str, Any] = json.loads(serialized)
    if tree["error"]:
        raise ModelError(f"{model.path}: not one SELECT: {tree.get('error_message')}")
    if len(tree["statements"]) != 1:
        raise ModelError(f"{model.path}: holds {len(tree['statements'])} statements; keep one SELECT")
    nodes = list(_nodes(tree))
    found = {str(node["table_name"]) for node in nodes if node.get("type") == "BASE_TABLE"}
    return found - {str(cte["key"]) for node in nodes for cte in (node.get("cte_map") or {"map": []})["map"]}


def in_order(con: DuckDBPyConnection, models: Iterable[Model]) -> list[tuple[Model, set[str]]]:
    """Models with what they read, each after those that it reads. Raises ModelError on a circle."""
    by_name = {model.name: model for model in models}
    inputs = {name: reads(con, model) for name, model in by_name.items()}
    try:
        order = list(TopologicalSorter({name: inputs[name] & by_name.keys() for name in by_name}).static_order())
    except CycleError as error:
        raise ModelError(f"sql/: {' reads '.join(reversed(error.args[1]))}: break the circle") from None
    return [(by_name[name], inputs[name]) for name in order]


def _model(layer: str, path: Path) -> Model:
    sql = path.read_text(encoding="utf-8")
    header, columns = _header(path, sql)
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise ModelError(f"{path}: its header has no `-- {missing[0]}:` line; add it")
    if header["refresh"] not in ("created_date", "all"):
        raise ModelError(f"{path}: refresh: {header['refresh']!r}; write created_date or all")
    if not header["lookback"].isdigit():
        raise ModelError(f"{path}: lookback: {header['lookback']!r}; write a number of days")
    key = tuple(name.strip() for name in header["key"].split(","))
    return Model(
        name=path.stem, layer=layer, path=path, sql=sql, grain=header["grain"], question=header["question"],
        owner=header["owner"], key=key, is_daily=header["refresh"] == "created_date",
        lookback=int(header["lookback"]), columns=columns,
    )  # fmt: skip


def _header(path: Path, sql: str) -> tuple[dict[str, str], dict[str, str]]:
    """The words and the columns of the comment lines that open a file."""
    words: dict[str, str] = {}
    columns: dict[str, str] = {}
    for number, line in enumerate(sql.splitlines(), start=1):
        if not line.startswith("--"):
            break
        match = _HEADER.fullmatch(line.rstrip())
        if not match:
            raise ModelError(f"{path}:{number}: {line!r} is not a header line; write `-- word: value`")
        target, name = (columns, match[2]) if match[2] else (words, match[1])
        if name in target:
            raise ModelError(f"{path}:{number}: {name} is written twice; keep one")
        target[name] = match[3]
    return words, columns


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for branch in tree.values():
            yield from _nodes(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)
