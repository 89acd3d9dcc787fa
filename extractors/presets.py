"""How the rows of an imported file are read: `columns` of brands.yml, then the preset of the tool that exported it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extractors.source import Option

_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Our names, and where a row holds them."""

    columns: Mapping[str, tuple[str, ...]]
    """Our name -> columns to try, in this order."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Our name -> words with {column}, for what no column gives."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """Options of the preset; those of brands.yml come before."""
    gone: frozenset[str] = frozenset()
    """Texts that stand for a deleted post."""

    def told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row says under our names; a name of which it says nothing is not there."""
        found = {}
        for ours, theirs in self.columns.items():
            values = (cell(row, column) for column in theirs)
            found[ours] = next((value for value in values if value not in (None, "")), None)
        for ours, words in self.templates.items():
            places = {name: cell(row, name) for name in _PLACE.findall(words)}
            if found.get(ours) is None and all(value not in (None, "") for value in places.values()):
                found[ours] = "".join(
                    str(places[part]) if number % 2 else part for number, part in enumerate(_PLACE.split(words))
                )
        return {ours: value for ours, value in found.items() if value is not None}

    def has_text(self, row: Mapping[str, Any]) -> bool:
        """Whether the row has a column for the text, be it empty."""
        return any(_has(row, column) for column in self.columns["text"])


def reading(columns: Mapping[str, str], options: Mapping[str, Option]) -> Reading:
    """How a source of type file is read."""
    named = options.get("preset")
    told = presets()[str(named)] if named else {}
    tried = {ours: tuple(theirs) for ours, theirs in told.get("columns", {}).items()}
    templates = {ours: words for ours, words in told.get("templates", {}).items() if ours not in columns}
    return Reading(
        columns={**tried, **{ours: (theirs,) for ours, theirs in columns.items()}}, templates=templates,
        options={**told.get("options", {}), **options}, gone=frozenset(told.get("gone", ())),
    )  # fmt: skip


@cache
def presets() -> dict[str, Any]:
    """What presets.yml says."""
    found = yaml.safe_load(Path(__file__).with_name("presets.yml").read_text(encoding="utf-8"))
    return dict(found)


def cell(row: Mapping[str, Any], column: str) -> Any:
    """A column's value: by its name, joined of two ("Date + Time"), or inside an object ("user.name"); else None."""
    if column in row:
        return row[column]
    if " + " in column:
        parts = [cell(row, part) for part in column.split(" + ")]
        return " ".join(str(part) for part in parts) if all(part not in (None, "") for part in parts) else None
    value: Any = row
    for step in column.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _has(row: Mapping[str, Any], column: str) -> bool:
    if " + " in column and column not in row:
        return all(_has(row, part) for part in column.split(" + "))
    return column in row or column.split(".", maxsplit=1)[0] in row
