"""The command `coverage`: a calendar of what was seen, month by month, and why the rest was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Final

import typer
from rich.text import Text

from ouidire.commands.console import StageError, ask, out
from ouidire.counts import counted
from ouidire.settings import load

app = typer.Typer()

MARKS: Final = {
    "complete": ("█", "green"),
    "in part": ("▒", "yellow"),
    "truncated": ("T", "yellow"),
    "blocked": ("B", "red"),
    "forbidden": ("F", "red"),
    "unreachable": ("U", "red"),
    "drifted": ("D", "red"),
    "not asked": ("·", "dim"),
}
"""What a day can be, and its letter and colour. In part: some queries are complete, and others are not."""
_GRAVEST: Final = ("drifted", "blocked", "forbidden", "unreachable", "truncated")
_WEEKS: Final = " ".join(["MTWTFSS"] * 6)
_MOST_REASONS: Final = 15


@dataclass(frozen=True)
class Day:
    """One source on one day. `coverage` is 0 to 1; `states` as coverage_daily has them: "blocked 1, complete 2"."""

    source: str
    date: date
    coverage: float
    states: str
    reasons: str

    @property
    def is_what(self) -> str:
        """The key of MARKS that says most of the day."""
        if self.coverage >= 1:
            return "complete"
        if self.coverage > 0:
            return "in part"
        states = {state.rpartition(" ")[0] for state in self.states.split(", ")}
        return next((state for state in _GRAVEST if state in states), "not asked")


@app.command()
def coverage(
    days: Annotated[int, typer.Option(min=1, help="How many days, up to the last one heard.")] = 92,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
) -> None:
    """Show a calendar of what was seen, source by day: complete, in part, or not and why."""
    query = "SELECT source, created_date, coverage, states, reasons FROM coverage_daily ORDER BY ALL"
    found = [Day(row[0], row[1], row[2] or 0.0, row[3], row[4] or "") for row in ask(load(), query)[1]]
    if source is not None and source not in {day.source for day in found}:
        raise StageError(
            f"source {source!r} was never planned; known: {', '.join(dict.fromkeys(d.source for d in found))}"
        )
    last = max((day.date for day in found), default=date.min)
    shown = [day for day in found if (last - day.date).days < days and source in (None, day.source)]
    for line in calendar(shown):
        out.print(line, soft_wrap=True)


def calendar(days: Iterable[Day]) -> Iterator[Text]:
    """Lines of the calendar: for each source a row a month, its days under the weekdays; legend; reasons.

    `days` come by source, then by date.
    """
    by_source = [(source, list(own)) for source, own in groupby(days, lambda day: day.source)]
    for source, own in by_source:
        seen = sum(day.coverage for day in own) / len(own)
        yield Text(f"{source}: {seen:.0%} of {counted(len(own), 'day')} seen", style="bold")
        yield Text(f"         {_WEEKS}", style="dim")
        yield from (_month(list(month)) for _, month in groupby(own, lambda day: (day.date.year, day.date.month)))
        yield Text()
    yield _legend()
    reasons = [line for _, own in by_source for line in _reasons(own)]
    yield from (Text(line) for line in reasons[:_MOST_REASONS])
    if len(reasons) > _MOST_REASONS:
        yield Text(f"... and {len(reasons) - _MOST_REASONS} more: ouidire coverage --source <source>", style="dim")


def _month(days: list[Day]) -> Text:
    """`2026-10  ` and the marks of a month, the first under its weekday, a space between weeks."""
    known = {day.date: day for day in days}
    first = days[0].date.replace(day=1)
    row = Text(f"{first:%Y-%m}  ")
    row.append("".join("  " if place == 6 else " " for place in range(first.weekday())))
    for number in range(days[-1].date.day):
        day = first + timedelta(days=number)
        mark, style = MARKS[known[day].is_what] if day in known else (" ", "")
        row.append(f"{mark} " if day.weekday() == 6 else mark, style=style)
    return row


def _legend() -> Text:
    row = Text()
    for name, (mark, style) in MARKS.items():
        row.append(mark, style=style)
        row.append(f" {name}   ")
    return row


def _reasons(days: list[Day]) -> Iterator[str]:
    """Why days are not complete: those of one state and reason that follow each other on one line."""
    holes = [day for day in days if day.is_what != "complete"]
    runs = groupby(
        enumerate(holes), lambda told: (told[1].is_what, told[1].reasons, told[1].date.toordinal() - told[0])
    )
    for (what, reason, _), run in runs:
        dates = [day.date for _, day in run]
        span = f"{dates[0]}" if len(dates) == 1 else f"{dates[0]} to {dates[-1]}, {len(dates)} days"
        yield f"{days[0].source} {span}: {what}{f': {reason}' if reason and reason != what else ''}"
