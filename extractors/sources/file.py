"""Files exported by other tools, imported with `ouidire import FILE`: `columns` of brands.yml say what each column is.

Option `preset` names the tool that exported it, where `extractors/presets.yml` knows it; `columns` still come first.

Rows land as they are; this parser maps them, so that a mended mapping is a replay. Without an `id` column a row is
named by its author, date and words. A row without a date keeps the moment of the import, with precision "fetched".
Options: `kind` of the rows (default post), `timezone` of dates without one (default UTC), `rating_max` when ratings are
not already 0 to 1 (5 for stars). Counts are those of the file: an empty cell is unknown, 0 is none.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from extractors import dates
from extractors.address import instance_of, joined
from extractors.allowed import one_of, time_zone
from extractors.presets import Reading, presets, reading
from extractors.source import (
    AuthorDraft,
    Page,
    PostDraft,
    Query,
    Refused,
    Request,
    Response,
    SourceType,
    Window,
    read_each,
)  # fmt: skip
from extractors.tally import KINDS

SOURCE: Final = SourceType(
    title="Imported files (JSON, JSONL, CSV, Parquet)",
    url="https://jsonlines.org/",
    terms_url="https://jsonlines.org/",
    kind="post",
    languages=("fr", "en"),
    window="import",
    expected_per_day=(0, 100_000_000),
    options={"kind": "post", "preset": "", "rating_max": 1.0, "timezone": "UTC"},
    allowed={"kind": one_of(KINDS), "preset": one_of(presets()), "timezone": time_zone},
)

_LANGUAGES: Final = {
    "arabic": "ar", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de", "italian": "it",
    "japanese": "ja", "korean": "ko", "polish": "pl", "portuguese": "pt", "russian": "ru", "spanish": "es",
    "swedish": "sv", "turkish": "tr",
}  # fmt: skip


def seed(query: Query, window: Window) -> list[Request]:
    """Nothing to fetch: `import_file` lands the rows."""
    return []


def parse(request: Request, response: Response, window: Window) -> Page:
    """A chunk of rows as landed: lines of {"line": number, "row": {...}} or {"line": number, "refused": reason}."""
    lines = [json.loads(line) for line in response.body.decode("utf-8").split("\n") if line]
    unread = tuple(Refused(item=f"line {line['line']}", reason=line["refused"]) for line in lines if "refused" in line)
    rows = [line for line in lines if "row" in line]
    read = reading(response.query.columns, response.query.options)
    response = dataclasses.replace(response, query=dataclasses.replace(response.query, options=read.options))
    posts, refused = read_each(
        rows, lambda line: _draft(line["row"], response, read), lambda line: f"line {line['line']}", is_strict=False
    )
    return Page(posts=posts, refused=(*unread, *refused))


def _draft(row: dict[str, Any], response: Response, read: Reading) -> PostDraft:
    query = response.query
    told = {ours: _plain(value) for ours, value in read.told(row).items()}
    text = told.get("text")
    if text is None:
        raise ValueError(f"no text in column {' or '.join(map(repr, read.columns['text']))}")
    if text in read.gone:
        raise ValueError(f"deleted where it came from: {text}")
    created_at, precision = _created_at(told.get("created_at"), response)
    url = joined("", str(told["url"])) if told.get("url") else None
    author = str(told["author"]) if told.get("author") is not None else None
    return PostDraft(
        native_id=str(told.get("id") or _name(author, told.get("created_at"), text)),
        instance=instance_of(url) if url else query.source_id,
        kind=str(told.get("kind") or query.option("kind", SOURCE.kind)), text=str(text), url=url,
        title=str(told["title"]) if told.get("title") is not None else None,
        created_at=created_at, created_precision=precision, lang=_language(told.get("lang")),
        rating=_rating(told.get("rating"), query), thread=str(told["thread"]) if told.get("thread") else None,
        parent=str(told["parent"]) if told.get("parent") else None,
        author=AuthorDraft(handle=author, follower_count=_count(told.get("followers"), "followers"))
        if author
        else None,
        like_count=_count(told.get("likes"), "likes"), reply_count=_count(told.get("replies"), "replies"),
        share_count=_count(told.get("shares"), "shares"), view_count=_count(told.get("views"), "views"),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """A cell, None when it is empty in any of the ways that tools write emptiness."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return None if value.strip().casefold() in ("", "nan", "null", "none", "n/a") else value
    return value


def _name(author: str | None, created_at: Any, text: Any) -> str:
    words = "\x1f".join((author or "", str(created_at or ""), str(text)))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:20]


def _created_at(value: Any, response: Response) -> tuple[datetime, str]:
    """Instant and precision of a date cell: ISO 8601, seconds or milliseconds since 1970, mail dates, printed dates."""
    if value is None:
        return response.fetched_at, "fetched"
    words = str(value).strip()
    if re.fullmatch(r"-?\d{9,13}(\.\d+)?", words):
        seconds = float(words)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC), "second"
    zone: tzinfo = ZoneInfo(str(response.query.option("timezone", "UTC")))
    try:
        found = datetime.fromisoformat(words)
        precision = "day" if re.fullmatch(r"[\d-]{8,10}", words) else "second"
    except ValueError:
        return _printed(words, zone, response)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC), precision


def _printed(words: str, zone: tzinfo, response: Response) -> tuple[datetime, str]:
    try:
        found = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError):
        languages = response.query.languages or SOURCE.languages
        is_absolute = any(c.isdigit() for c in words)  # "yesterday" in an export: of which day?
        when = dates.read(words, now=response.fetched_at, zone=zone, languages=languages) if is_absolute else None
        if when is None:
            raise ValueError(f"created_at {words[:60]!r} is no date that can be read") from None
        return when.at, when.precision
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC), "second"


def _language(value: Any) -> str | None:
    """A tag such as fr or fr-CA; some tools write the language's name in English."""
    words = str(value or "")
    return _LANGUAGES.get(words.casefold(), words) or None


def _rating(value: Any, query: Query) -> float | None:
    if value is None:
        return None
    most = float(query.option("rating_max", 1.0))
    try:
        rating = float(str(value).replace(",", ".")) / most
    except ValueError:
        raise ValueError(f"rating {value!r} is not a number") from None
    if not 0 <= rating <= 1:
        raise ValueError(f"rating {value!r} is not within 0 and {most:g}; set options.rating_max in brands.yml")
    return rating


def _count(value: Any, name: str) -> int | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value).replace("\u202f", "").replace("\xa0", "").replace(" ", ""))
    except ValueError:
        raise ValueError(f"{name} {value!r} is not a number") from None
    if number < 0 or number != int(number):
        raise ValueError(f"{name} {value!r} is not a count")
    return int(number)
