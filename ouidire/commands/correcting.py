"""Commands that show why a text was read as it was, correct it, and read days again: explain, correct, reprocess."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from ouidire import night
from ouidire.brands import load_brands
from ouidire.commands.console import Collected, From, StageError, To, ask, day_list, err, progress_bar, said, say, wide
from ouidire.counts import counted
from ouidire.disk import is_there
from ouidire.settings import Settings, load

app = typer.Typer()


@app.command()
def explain(
    text: Annotated[str | None, typer.Argument(help="The text; '-' or nothing reads standard input.")] = None,
    post: Annotated[str | None, typer.Option(help="post_id of a post in the lake instead.")] = None,
    lang: Annotated[str | None, typer.Option(help="Its language, when it cannot be told: fr, en, es.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the spans marked in the text.")] = None,
) -> None:
    """Show a text with its spans, the rules that found them, and what was concluded."""
    from nlp.explain import explain as explained
    from nlp.explain import lines, page
    from nlp.pipeline import Reader
    from nlp.understand import BadPostError

    settings = load()
    given = _post_of(settings, post) if post else {"text": sys.stdin.read() if text in (None, "-") else text}
    brands = load_brands(settings.brands) if settings.brands.exists() else None
    with said(BadPostError):
        corrected = _corrected(settings, post) if post else []
        found = explained({**given, **({"lang": lang} if lang else {})}, Reader(brands), corrected)
    for line in lines(found):
        say(line)
    if html:
        html.write_text(page(found), encoding="utf-8")
        say(f"\nthe same, marked in the text: {html}")


@app.command()
def correct(  # noqa: PLR0917 (the options of a command)
    post: Annotated[str | None, typer.Argument(help="post_id, as listening_feed and umot_feed show it.")] = None,
    set_: Annotated[list[str], typer.Option("--set", help="column=value, such as umot=none or purchase=bought.")] = [],  # noqa: B006
    act: Annotated[str | None, typer.Option(help="Words of the post that recommend or advise against.")] = None,
    cue: Annotated[str | None, typer.Option(help="Words of the post that prove something else; with --kind.")] = None,
    mention: Annotated[str | None, typer.Option(help="Words that name a brand or product.")] = None,
    drop: Annotated[str | None, typer.Option(help="Words in which the rules saw an act that is none.")] = None,
    polarity: Annotated[str, typer.Option(help="Of the act: for or against.")] = "for",
    modality: Annotated[str, typer.Option(help="Of the act.")] = "asserted",
    kind: Annotated[str | None, typer.Option(help="Of the cue: purchase, influence, reason, ...")] = None,
    value: Annotated[str | None, typer.Option(help="Of the cue: whom or what it names.")] = None,
    product: Annotated[str | None, typer.Option(help="Product of brands.yml that the words are about.")] = None,
    brand: Annotated[str | None, typer.Option(help="Brand of brands.yml that the words are about.")] = None,
    why: Annotated[str | None, typer.Option(help="The reason, in words.")] = None,
    by: Annotated[str | None, typer.Option(help="Who says so.")] = None,
    undo: Annotated[str | None, typer.Option(help="Id of a correction to take back.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the corrections in force.")] = False,
    gold: Annotated[bool, typer.Option(help="Print corrected posts as gold, for `python -m nlp.evaluate`.")] = False,
    later: Annotated[bool, typer.Option(help="Only note it: for many in a row, then `ouidire build` once.")] = False,
) -> None:
    """Correct how a post was read. It wins over the rules, also when days are read again, until undone."""
    from warehouse import corrections
    from warehouse.connect import WarehouseError

    settings = load()
    with said(WarehouseError):
        if list_ or gold:
            _show(corrections.listed(settings)) if list_ else _print_gold(corrections.gold(settings))
            return
        brands = load_brands(settings.brands)
        if undo:
            post = corrections.undo(settings, brands, undo)
        else:
            about = {"product_id": product, "brand_id": brand}
            signed = {"why": why, "corrected_by": by}
            spans: list[tuple[str, str, str | None, dict[str, Any]]] = [
                ("acts", "add", act, {**about, "polarity": polarity, "modality": modality}),
                ("cues", "add", cue, {**about, "kind": kind, "value": value}),
                ("mentions", "add", mention, about),
                ("acts", "drop", drop, {}),
            ]
            _expect(post, [set_, act, cue, mention, drop], cue, kind)
            rows = [_setting(str(post), words, signed) for words in set_]
            rows += [
                corrections.correction(str(post), table, action, quote=words, **given, **signed)
                for table, action, words, given in spans
                if words
            ]
            corrections.correct(settings, brands, rows)
    if later:
        say(f"{post}: noted; the next night or `ouidire build` takes it in")
        return
    with err.status("build and publish"):
        night.model(settings)
        night.publish(settings)
    _show_reading(settings, str(post))


@app.command()
def reprocess(
    day: Collected = None,
    first: From = None,
    last: To = None,
    source: Annotated[list[str], typer.Option(help="Only this source; may be given several times.")] = [],  # noqa: B006
) -> None:
    """Read again what was collected, after a change of rules, names or models; say what changed and by which rule.

    Without days, everything that was collected.
    """
    settings = load()
    brands = load_brands(settings.brands)
    sources = [brands.source(name).id for name in source] or [one.id for one in brands.sources]
    days = day_list(day, first, last) if day or first or last else _collected(settings)
    if not days:
        raise StageError(f"{settings.staging}: nothing was collected yet; run `ouidire run --day D` first")
    with progress_bar() as progress:
        path = night.reprocess(settings, days, sources, progress)
    _show_changes(settings)
    say(path)


def _post_of(settings: Settings, post_id: str) -> dict[str, Any]:
    columns, rows = ask(settings, "SELECT text, lang, title, thread_title FROM core_posts WHERE post_id = ?", [post_id])
    if not rows or rows[0][0] is None:
        raise StageError(f"post {post_id!r} is not published; ids: column post_id of listening_feed")
    return dict(zip(columns, rows[0], strict=True))


def _corrected(settings: Settings, post_id: str) -> list[str]:
    """What a person corrected in the post, oldest first, then what is published of it."""
    columns, rows = ask(settings, "FROM corrections WHERE post_id = ? ORDER BY corrected_at, correction_id", [post_id])
    if not rows:
        return []
    corrections = [dict(zip(columns, row, strict=True)) for row in rows]
    return [_told(row) for row in corrections] + [f"so what is published is {_reading(settings, post_id)}"]


def _told(row: dict[str, Any]) -> str:
    """A correction in words, with its reason and who signed it."""
    signed = ", ".join(words for words in (row["why"], row["corrected_by"]) if words)
    return _what(row) + (f" ({signed})" if signed else "")


def _what(row: dict[str, Any]) -> str:
    if row["action"] == "set":
        return f"{row['field']} = {row['value']}"
    about = [row[name] for name in ("kind", "polarity", "modality", "value", "product_id", "brand_id") if row[name]]
    return f"{row['action']} {row['corrected']}: {row['quote']}" + (f" [{', '.join(about)}]" if about else "")


def _reading(settings: Settings, post_id: str) -> str:
    """What is concluded of the post in the published file."""
    query = "SELECT stance, experience, purchase, umot, commercial FROM core_readings WHERE post_id = ?"
    columns, rows = ask(settings, query, [post_id])
    return ", ".join(f"{name} {value}" for row in rows for name, value in zip(columns, row, strict=True))


def _expect(post: str | None, given: list[Any], cue: str | None, kind: str | None) -> None:
    if post is None or not any(given):
        raise typer.BadParameter("give a post_id and what is right: --set, --act, --cue, --mention or --drop")
    if bool(cue) != bool(kind):
        raise typer.BadParameter("--cue and --kind go together")


def _setting(post: str, words: str, signed: dict[str, Any]) -> Any:
    from warehouse.corrections import correction

    field, equals, value = words.partition("=")
    if not equals:
        raise typer.BadParameter(f"--set {words}: write column=value, such as umot=none")
    return correction(post, "readings", "set", field=field.strip(), value=value.strip(), **signed)


def _show(rows: list[Any]) -> None:
    table = Table("id", "post", "what", "why", "by", "when (UTC)", box=None, header_style="bold")
    for row in rows:
        what = f"{row.field} = {row.value}" if row.action == "set" else f"{row.action} {row.corrected}: {row.quote}"
        cells = (
            row.correction_id,
            row.post_id,
            what,
            row.why or "",
            row.corrected_by or "",
            f"{row.corrected_at:%F %T}",
        )
        table.add_row(*(escape(cell) for cell in cells))
    wide().print(table)


def _print_gold(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False, default=str))


def _show_reading(settings: Settings, post: str) -> None:
    if reading := _reading(settings, post):
        say(f"{post}: {reading}")
    count = ask(settings, "SELECT count(*) FROM umots WHERE post_id = ?", [post])[1][0][0]
    say(f"{counted(count, 'UMOT')} in it now; `ouidire correct --list` shows corrections, `--undo ID` takes one back")


def _collected(settings: Settings) -> list[date]:
    if not is_there(settings.staging):
        return []
    return sorted({date.fromisoformat(path.name.partition("=")[2]) for path in settings.staging.glob("run_date=*")})


def _show_changes(settings: Settings) -> None:
    """What the newest reprocessing changed: counts by what, then by rule."""
    newest = "WITH newest AS (FROM changes WHERE changed_at = (SELECT max(changed_at) FROM changes))"
    rows = ask(
        settings,
        f"{newest} SELECT changed, what, coalesce(rule_id, old_value || ' -> ' || new_value, '') AS rule, "  # noqa: S608 (ours)
        "count(DISTINCT post_id) AS posts, min(coalesce(new_value, old_value)) AS example "
        "FROM newest GROUP BY ALL ORDER BY posts DESC, changed, what, rule LIMIT 40",
    )[1]
    if not rows:
        say("nothing changed")
        return
    table = Table("table", "what", "rule, or from -> to", "posts", "for example", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row))
    wide().print(table)
