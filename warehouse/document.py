"""Write docs/tables.md: `python -m warehouse.document`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ouidire.settings import ROOT
from warehouse.dictionary import TableDoc, describe, published_type
from warehouse.models import load_models, load_views
from warehouse.publish import INTERNAL, RECORDS, VIEWS

PATH: Final = ROOT / "docs" / "tables.md"

_INTRODUCTION: Final = """\
# Tables

Written by `python -m warehouse.document` from `ouidire/records.py`, `warehouse/reference.py` and the headers of the
files in `sql/`: change those, not this page. The published file carries the same words as comments and in its view
`data_dictionary`.

Columns that end in `_at` are instants in UTC; `created_date` is a day in the reporting time zone of brands.yml; shares,
rates, coverage and confidence lie between 0 and 1. Unknown is NULL: a count is 0 only where coverage is above 0.
"""
_PARTS: Final = {
    "marts": ("Marts", "Published: start here. One file in `sql/marts/` each."),
    "views": ("Views", "Published: other ways into the tables below and above. One file in `sql/views/` each."),
    "core": (
        "Core",
        f"Published, but for {', '.join(sorted(INTERNAL))}: what marts are made of. One file in `sql/core/` each.",
    ),
    "brands": ("From brands.yml", "Published: what a marketer wrote, as tables."),
    "records": ("Records", f"What nights commit to the lake. Published as they are: {', '.join(RECORDS)}."),
}


def page() -> str:
    """The whole page."""
    docs = describe([*load_models(), *load_views()])
    parts = [_INTRODUCTION]
    for layer, (title, words) in _PARTS.items():
        parts.append(f"## {title}\n\n{words}\n")
        views = [view for view in VIEWS if view.layer == layer]
        parts += [_table(doc) for doc in _sorted([*(doc for doc in docs.values() if doc.layer == layer), *views])]
    return "\n".join(parts)


def _sorted(docs: Iterable[TableDoc]) -> list[TableDoc]:
    return sorted(docs, key=lambda doc: doc.name)


def _table(doc: TableDoc) -> str:
    rows = [f"| `{column.name}` | {published_type(column.type)} | {column.sentence} |" for column in doc.columns]
    return "\n".join(
        [f"### {doc.name}", "", doc.sentence, "", "| column | type | meaning |", "|---|---|---|", *rows, ""]
    )


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
