"""Commands that answer from the published file: sql, query, search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from ouidire.commands.console import TABLES_HINT, StageError, a_date, out, published, said, say, wide
from ouidire.commands.tables import show_rows
from ouidire.counts import counted
from ouidire.excerpts import place
from ouidire.settings import load

if TYPE_CHECKING:
    from warehouse.cookbook import NamedQuery

app = typer.Typer()

Out = Annotated[Path | None, typer.Option("--out", help="Write a file instead: .csv, .xlsx, .parquet or .jsonl.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A SELECT on the published file.")],
    file: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ask the published file in SQL; it is never locked."""
    import duckdb

    from warehouse.connect import WarehouseError

    with said(WarehouseError), published(load()) as con:
        try:
            result = con.execute(query)
        except duckdb.Error as error:
            raise StageError(f"{error}\n{TABLES_HINT}") from None
        if result is None or not result.description:
            raise StageError(f"{query!r} asks nothing; write a SELECT\n{TABLES_HINT}")
        _answer(result, file, as_json)


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(help="Name of a file in sql/queries/; left out: the list.")] = None,
    set_: Annotated[list[str], typer.Option("--set", help="parameter=value, such as days=90; may be repeated.")] = [],  # noqa: B006
    file: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question of the cookbook; without a name, list them all."""
    from warehouse.connect import WarehouseError
    from warehouse.cookbook import find_query, run_query

    if name is None:
        _list_queries()
        return
    given = dict(_pair(words) for words in set_)
    with said(WarehouseError), published(load()) as con:
        asked = find_query(name)
        result = run_query(con, asked, given)
        if not file and not as_json:
            out.print(escape(asked.question), style="bold", highlight=False)
            out.print(escape(asked.reads), style="dim", highlight=False)
            say("")
        _answer(result, file, as_json)
        if not file and not as_json and asked.params:
            out.print(f"parameters: {escape(_parameters(asked, given))}", style="dim", highlight=False)


def _list_queries() -> None:
    from warehouse.cookbook import PARTS, load_queries

    for part, title in PARTS.items():
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        for one in load_queries().values():
            if one.part == part:
                table.add_row(one.name, escape(one.question))
        out.print(f"[bold]{title}[/]")
        wide().print(table)
        say("")
    say("ask one: ouidire query NAME --set parameter=value --out answer.xlsx")


def _parameters(asked: NamedQuery, given: dict[str, str]) -> str:
    """What may be set, with the values of this answer."""
    return "; ".join(
        f"--set {p.name}={given.get(p.name, p.default or '')} ({p.sentence}: {p.allowed})" for p in asked.params
    )


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words that people would have written.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most posts shown.")] = 20,
    since: Annotated[str | None, typer.Option(help="Only posts from that day on, 2026-10-30.")] = None,
) -> None:
    """Find verbatims by their words: endings, case and accents apart, in each language by its own rules."""
    from warehouse.connect import WarehouseError
    from warehouse.search import looked_for
    from warehouse.search import search as found_by

    if since:
        a_date(since)
    with said(WarehouseError):
        hits = found_by(load(), " ".join(words), limit=limit, since=since)
    for hit in hits:
        mark = {"positive": " [green]recommends[/]", "negative": " [red]advises against[/]"}.get(hit["umot"], "")
        where = f"[bold]{hit['created_date']}[/] {escape(hit['source'])}{mark}  [dim]{escape(hit['url'] or '')}[/]"
        out.print(where, soft_wrap=True)
        say(_shown(hit["title"], hit["text"], looked_for(" ".join(words))))
        say("")
    say(counted(len(hits), "post") + (", the best; --limit shows more" if len(hits) == limit else ""))


def _shown(title: str | None, text: str | None, words: list[str], width: int = 300) -> str:
    """The stretch of a post around the first of the words, whole when it is short."""
    whole = " ".join((f"{title}: {text}" if title and text else title or text or "").split())
    first = next((found[0] for word in words if (found := place(whole, word))), 0)
    start = max(0, first - width // 3)
    return ("…" if start else "") + whole[start : start + width] + ("…" if start + width < len(whole) else "")


def _pair(words: str) -> tuple[str, str]:
    name, equals, value = words.partition("=")
    if not equals:
        raise typer.BadParameter(f"--set {words}: write parameter=value, such as days=90")
    return name.strip(), value.strip()


def _answer(result: Any, file: Path | None, as_json: bool) -> None:
    """Write a result where it was asked for: a file, JSON lines or a table."""
    from warehouse.cookbook import as_rows
    from warehouse.export import export

    if file:
        _expect_writable(file)
        say(f"{counted(export(result, file), 'row')} in {file}")
        return
    columns, rows = as_rows(result)
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
        return
    show_rows(wide(), columns, rows)
    say(counted(len(rows), "row"))


def _expect_writable(file: Path) -> None:
    """Raises OSError before anything is computed for a file that cannot be written."""
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.open("ab").close()
    if is_new:
        file.unlink()
