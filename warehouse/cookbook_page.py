"""Write docs/queries.md from the published file of a sample run: `python -m warehouse.cookbook_page`."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from duckdb import DuckDBPyConnection

from ouidire import settings
from ouidire.brands import load_brands
from ouidire.counts import counted
from ouidire.settings import ROOT
from warehouse.connect import WarehouseError, open_published
from warehouse.cookbook import PARTS, NamedQuery, as_rows, load_queries, run_query

PATH: Final = ROOT / "docs" / "queries.md"
MOST_ROWS: Final = 5
MOST_CHARACTERS: Final = 110

_INTRODUCTION: Final = """\
# Queries

Written by `python -m warehouse.cookbook_page` from `sql/queries/` and a run of the sample: change those, not this
page.

`ouidire query` lists these questions, `ouidire query who_recommends_us --set days=90 --set lang=fr` asks one;
`--out answer.xlsx` writes a file. Each is one SELECT on `var/listening.duckdb`: copy it, put values in the place of
`$days` and the like, and change it. [tables.md](tables.md) explains the columns.

A figure counts what it says: posts once however many names they hold, people once however often they speak, copies left
out, and the brands' own accounts too, save in share of voice, which says how many posts are theirs. Each query says
which wrong join or double count it avoids. Days end with the last night listened to. Below every question: its first
rows on the sample, long words cut, addresses left out.
"""


def page(published: Path) -> str:
    """The whole page, with the answers of that file."""
    queries = load_queries()
    parts = [_INTRODUCTION]
    for part, title in PARTS.items():
        parts += [f"**{title}**\n", *(f"- [{q.question}](#{q.name})" for q in queries.values() if q.part == part), ""]
    with open_published(published) as con:
        for part, title in PARTS.items():
            parts.append(f"## {title}\n")
            parts += [_section(con, query) for query in queries.values() if query.part == part]
    return "\n".join(parts)


def _section(con: DuckDBPyConnection, query: NamedQuery) -> str:
    params = [f"| `{p.name}` | {p.sentence} | {p.allowed} | {p.default or ''} |" for p in query.params]
    table = ["| parameter | meaning | allowed | default |", "|---|---|---|---|", *params, ""] if params else []
    columns, rows = as_rows(run_query(con, query, {}))
    return "\n".join(
        [
            f"### {query.name}\n",
            f"**{query.question}**\n",
            f"{query.reads}\n",
            *table,
            f"SQL: [sql/queries/{query.name}.sql](../sql/queries/{query.name}.sql)\n",
            *_answer(columns, rows),
            "",
        ]
    )


def _answer(columns: list[str], rows: list[tuple[Any, ...]]) -> list[str]:
    shown = [place for place, name in enumerate(columns) if not name.endswith("url")]
    if not rows:
        return ["No row on the sample."]
    lines = ["| " + " | ".join(columns[place] for place in shown) + " |", "|" + "---|" * len(shown)]
    lines += ["| " + " | ".join(_cell(row[place]) for place in shown) + " |" for row in rows[:MOST_ROWS]]
    left = len(rows) - MOST_ROWS
    return lines + ([f"\n{counted(left, 'more row')}."] if left > 0 else [])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    words = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8765", " ".join(str(value).split()))
    cut = words if len(words) <= MOST_CHARACTERS else words[: MOST_CHARACTERS - 1].rstrip() + "…"
    return re.sub(r"([|<>*_`\[\]\\])", r"\\\1", cut)


def main() -> None:
    """Write the page. Exits with 1 and a remedy where the published file is not that of the sample."""
    published = settings.load().published
    sample = {brand.id for brand in load_brands(ROOT / "sample" / "brands.yml").all_brands}
    try:
        with open_published(published) as con:
            named = {name for (name,) in con.execute("select brand_id from brands").fetchall()}
        if named != sample:
            raise WarehouseError(f"{published} is not of the sample: set OUIDIRE_HOME to another folder and `make run`")
        PATH.write_text(page(published), encoding="utf-8")
    except WarehouseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
