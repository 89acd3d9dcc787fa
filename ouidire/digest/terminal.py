"""The digest in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ouidire.counts import noun
from ouidire.digest.content import Digest, Moment, Step, number, percent
from ouidire.digest.page import later

MOST_MOMENTS = 8
"""UMOTs shown in a terminal; the page has them all."""


def show(digest: Digest, out: Console, page: str) -> None:
    """Print the digest; `page` is the address of the HTML page beside the file."""
    out.rule(f"[bold]Ouï-dire: {escape(' and '.join(digest.brands))}, {digest.first_day} to {digest.last_day}")
    out.print(
        f"[bold]{number(digest.posts)}[/] {noun(digest.posts, 'post')} heard "
        f"from [bold]{number(digest.authors)}[/] {noun(digest.authors, 'person', 'people')} "
        f"({number(digest.copies)} {noun(digest.copies, 'copy', 'copies')} left out); "
        f"[bold green]{number(digest.moments_for)}[/] {noun(digest.moments_for, 'moment')} for, "
        f"[bold red]{number(digest.moments_against)}[/] against; "
        f"{percent(digest.coverage)} of the planned listening done"
    )
    _coverage(digest, out)
    _voices(digest, out)
    _moments(digest, out)
    _chain(digest.chain, out)
    out.rule("[bold]Where it is")
    out.print(f"page   {page}", markup=False, soft_wrap=True, highlight=False)
    out.print(f"file   {digest.path}", markup=False, soft_wrap=True, highlight=False)
    out.print('ask    .venv/bin/ouidire sql "SELECT * FROM umot_feed"', markup=False, soft_wrap=True, highlight=False)


def _coverage(digest: Digest, out: Console) -> None:
    table = Table("source", "seen", "posts", "not seen, and why", box=None, header_style="dim", title_justify="left")
    for source in digest.sources:
        table.add_row(escape(source.source), percent(source.coverage), number(source.posts), escape(source.holes))
    _titled(out, "Coverage by source", table)


def _voices(digest: Digest, out: Console) -> None:
    table = Table("brand", "posts", "share of voice", "", "people for", "against", box=None, header_style="dim")
    for voice in digest.voices:
        bar = "█" * round((voice.share or 0) * 20)
        name = f"{escape(voice.brand)}{' [dim]rival[/]' if voice.is_rival else ''}"
        people = number(voice.recommending), number(voice.advising_against)
        table.add_row(name, number(voice.posts), percent(voice.share), bar, *people)
    _titled(out, "Share of voice", table)


def _moments(digest: Digest, out: Console) -> None:
    shown = _both_sides(digest.moments)
    out.print(f"\n[bold]Moments of truth[/] [dim]{len(shown)} of {len(digest.moments)}; all are on the page[/]")
    for moment in shown:
        mark = "[green]▲ for    [/]" if moment.is_for else "[red]▼ against[/]"
        paid = "" if moment.commercial == "organic" else f" [yellow](commercial: {moment.commercial})[/]"
        out.print(f"{mark} [bold]{escape(moment.product)}[/]{paid}")
        out.print(f"          “{escape(moment.words)}”", highlight=False)
        where = f"{escape(moment.author)}, {moment.source}, {moment.day}  {escape(moment.url or '')}"
        out.print(f"          [dim]{where}[/]", highlight=False, soft_wrap=True)


def _both_sides(moments: tuple[Moment, ...]) -> list[Moment]:
    """The newest, with a quarter of the places kept for those against."""
    against = [moment for moment in moments if not moment.is_for][: MOST_MOMENTS // 4]
    favour = [moment for moment in moments if moment.is_for][: MOST_MOMENTS - len(against)]
    return sorted([*favour, *against], key=lambda moment: moment.day, reverse=True)


def _chain(steps: tuple[Step, ...], out: Console) -> None:
    out.print("\n[bold]From one person to the next[/]")
    if not steps:
        out.print("  nobody said in these days that another person’s post led them")
    for step in steps:
        after = "" if step.days_after is None else f", {later(step.days_after)}"
        indent = "   " * step.generation
        out.print(f"  {indent}[bold]{escape(step.author)}[/] {step.did} [dim]({step.source}, {step.day}{after})[/]")
        if step.led_by:
            out.print(f"  {indent}  led by “{escape(step.led_by)}”", highlight=False)
        out.print(f"  {indent}  “{escape(step.words)}”", highlight=False)


def _titled(out: Console, title: str, table: Table) -> None:
    out.print(f"\n[bold]{title}[/]")
    out.print(table)
