"""The digest as one HTML page: no script, no file beside it, no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ouidire.counts import counted, noun
from ouidire.digest.content import Digest, Moment, number, percent

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Block:
    """One brand on one day: a piece of a stacked bar, in units of the drawing."""

    place: int
    x: int
    y: float
    tall: float
    words: str


@dataclass(frozen=True)
class Bars:
    """A drawing of posts a day, stacked by brand."""

    width: int
    height: int
    bar: int
    blocks: list[Block]
    holes: list[int]
    labels: list[tuple[float, float, str]]


def page(digest: Digest) -> str:
    """Return the whole page; every word that people wrote is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": percent, "number": number, "day": _day, "later": later, "marked": _marked}
    environment.filters["noun"] = noun
    return environment.get_template("page.html").render(
        d=digest,
        title=f"What was said of {' and '.join(digest.brands)}",
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        most=max([max(plus, minus) for _, plus, minus in digest.products], default=0),
        days=list(_days(digest)),
        bars=_bars(digest),
    )


def later(days: int) -> str:
    """Say how long after."""
    return "the same day" if days == 0 else f"{counted(days, 'day')} later"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _marked(moment: Moment) -> Markup:
    before, found, after = moment.words.partition(moment.act)
    return escape(before) + Markup("<mark>{}</mark>").format(found) + escape(after)


def _days(digest: Digest) -> Iterator[date]:
    return (digest.first_day + timedelta(days=n) for n in range((digest.last_day - digest.first_day).days + 1))


def _bars(digest: Digest, step: int = 14, height: int = 150) -> Bars:
    days = list(_days(digest))
    totals = {day: sum(by_day.get(day, 0) for by_day in digest.voice_by_day.values()) for day in days}
    top = max([*totals.values(), 1])
    seen = {day for by_day in digest.coverage_by_day.values() for day, share in by_day.items() if share}
    labels: list[tuple[float, float, str]] = [
        (x * step, height + 13.0, f"{day.day} {day:%b}") for x, day in enumerate(days) if x % 7 == 0
    ]
    peak = max(days, key=lambda day: totals[day])
    labels.append((days.index(peak) * step, -4.0, str(top)))
    return Bars(
        width=len(days) * step,
        height=height,
        bar=step - 3,
        blocks=[
            block for x, day in enumerate(days) for block in _stack(digest, day, x * step, height, height / top)
        ],
        holes=[x * step for x, day in enumerate(days) if day not in seen],
        labels=labels,
    )  # fmt: skip


def _stack(digest: Digest, day: date, x: int, floor: float, scale: float) -> Iterator[Block]:
    for place, voice in enumerate(digest.voices):
        count = digest.voice_by_day.get(voice.brand, {}).get(day, 0)
        floor -= count * scale
        if count:
            yield Block(place, x, round(floor, 1), round(count * scale, 1), f"{_day(day)}: {voice.brand} {count}")
