"""From the published file to a digest; the questions are in sql/digest/, so that every figure can be asked again."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from ouidire.counts import counted
from ouidire.digest.content import Digest, Listening, Moment, Question, Step, Voice
from ouidire.settings import ROOT

QUERIES = ROOT / "sql" / "digest"

SHORTENED = 240
"""Characters of a quotation shown; the link leads to the rest."""


SHORT = 60
"""A sentence under this many characters is shown with what comes before it."""


class Connection(Protocol):
    """What is needed of an open published file."""

    def execute(self, query: str, parameters: list[Any] | None = None, /) -> Any:
        """Run a query."""


class NothingPublishedError(Exception):
    """The published file holds no day yet."""


def gather(con: Connection, path: Path, last_day: date | None = None, days: int = 30) -> Digest:
    """Read a digest of the `days` that end with `last_day` (the newest day when None).

    `con` is an open published file, `path` where it is. Raises NothingPublishedError.
    """
    newest = con.execute("SELECT max(created_date) FROM coverage_daily").fetchone()[0]
    if newest is None:
        raise NothingPublishedError(f"{path} holds no day yet; run `ouidire run --day D` first")
    con.execute("SET VARIABLE last_day = ?::DATE", [last_day or newest])
    con.execute("SET VARIABLE first_day = getvariable('last_day') - ?::INTEGER", [days - 1])
    _name_authors(con)
    [(first, last, posts, copies, authors, coverage)] = _ask(con, "totals")
    moments = tuple(_moment(row) for row in _ask(con, "moments"))
    return Digest(
        brands=tuple(
            name for (name,) in con.execute("SELECT name FROM brands WHERE NOT is_rival ORDER BY 1").fetchall()
        ),
        first_day=first,
        last_day=last,
        posts=posts,
        copies=copies,
        authors=authors,
        moments_for=sum(moment.is_for for moment in moments) if moments or coverage else None,
        moments_against=sum(not moment.is_for for moment in moments) if moments or coverage else None,
        coverage=coverage,
        voices=tuple(Voice(*row) for row in _ask(con, "voices")),
        voice_by_day=_by_day(_ask(con, "voice_by_day")),
        sources=tuple(_listening(*row) for row in _ask(con, "sources")),
        coverage_by_day=_by_day(_ask(con, "coverage_by_day")),
        moments=moments,
        products=tuple((name, plus, minus) for name, plus, minus in _ask(con, "products")),
        chain=tuple(_step(row) for row in _ask(con, "chain")),
        questions=tuple(Question(shortened(text or ""), *rest) for text, *rest in _ask(con, "questions")),
        path=path,
    )


def _ask(con: Connection, name: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = con.execute((QUERIES / f"{name}.sql").read_text(encoding="utf-8")).fetchall()
    return rows


def _name_authors(con: Connection) -> None:
    """Let the queries join `shown_names`; it is empty where brands.yml does not publish identities."""
    con.execute("CREATE OR REPLACE TEMP TABLE shown_names (author_id VARCHAR, name VARCHAR)")
    if con.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'author_names'").fetchone():
        con.execute(
            "INSERT INTO shown_names SELECT author_id, any_value(coalesce(name, handle)) FROM author_names GROUP BY 1"
        )


def _by_day(rows: list[tuple[Any, ...]]) -> dict[str, dict[date, Any]]:
    found: dict[str, dict[date, Any]] = defaultdict(dict)
    for name, day, value in rows:
        found[name][day] = value
    return dict(found)


def _listening(source: str, coverage: float | None, posts: int | None, holes: int, why: str | None) -> Listening:
    words = f"{counted(holes, 'day')}: {why or 'not asked'}" if holes else ""
    return Listening(source, coverage, posts, words)


def _moment(row: tuple[Any, ...]) -> Moment:
    post, sentence, text, *rest = row
    moment = Moment(post, in_context(sentence, text), *rest)
    return replace(
        moment,
        words=shortened(moment.words, moment.act),
        act=" ".join(moment.act.split()),
        reasons=tuple(dict.fromkeys(moment.reasons)),
    )


def _step(row: tuple[Any, ...]) -> Step:
    step = Step(*row)
    return replace(step, words=shortened(step.words, step.led_by or ""))


def in_context(sentence: str, text: str) -> str:
    """Give a short sentence ("Foncez !") the words before it, back to the start of a sentence."""
    place = text.find(sentence)
    if len(sentence) >= SHORT or place <= 0:
        return sentence
    before = text[max(0, place - SHORTENED // 2) : place]
    starts = [match.end() for match in re.finditer(r"[.!?…\n]+\s+|^", before)]
    start = next((start for start in starts if len(before) - start < SHORTENED // 2 and before[start:].strip()), None)
    return sentence if start is None else before[start:] + sentence


def shortened(words: str, act: str = "") -> str:
    """Cut a long quotation between words, on one line, around the act that it must show."""
    flat = " ".join(words.split())
    if len(flat) <= SHORTENED:
        return flat
    middle = max(flat.find(" ".join(act.split())), 0)
    start = max(0, min(middle - SHORTENED // 2, len(flat) - SHORTENED))
    end = start + SHORTENED
    first = flat.find(" ", start) + 1 if start and flat[start - 1] != " " else start
    last = flat.rfind(" ", 0, end) if end < len(flat) and flat[end] != " " else end
    first, last = (first, last) if start <= first <= middle < last else (start, end)  # else it is all one word
    return f"{'…' if start else ''}{flat[first:last].strip()}{'…' if end < len(flat) else ''}"
