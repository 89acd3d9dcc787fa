"""Exports of other tools: rows land as captures of their partition, a chunk at a time, and replay like any other."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractors import tally as tallies
from extractors.captures import Job
from extractors.journal import Journal, alone
from extractors.presets import Reading, reading
from extractors.source import Request, option_problems, source_module
from extractors.tally import Tally
from ouidire.brands import Brands
from ouidire.brands import Source as SourceConfig
from ouidire.records import Outcome
from ouidire.settings import Settings

_CHUNK = 2_000
_LONGEST_LINE = 10_000_000
_LONGEST_DOCUMENT = 500_000_000
_LONGEST_NOTE = 30
"""Lines above the header of a CSV in which tools say what was exported."""
_BROKEN = "a part of it is missing, or it is not of the format that its name says"
_BLANK = b" \t\r\n\0" + codecs.BOM_UTF8 + codecs.BOM_UTF16

Line = dict[str, Any]
"""{"line": number, "row": {...}}, or {"line": number, "refused": reason}."""


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported."""


def import_file(settings: Settings, brands: Brands, source_id: str, path: Path, run_date: date) -> Outcome:
    """Land a file's rows in the partition (run_date, source); `parse_partition` then maps them. The query is its name.

    Importing the same content again changes nothing; a changed file of that name replaces what landed before, all at
    once. One that is refused leaves it: only its outcome says so, and quarantine where rows were refused.
    """
    config = brands.source(source_id)
    if source_module(config.type).SOURCE.window != "import":
        raise ValueError(f"source {source_id!r} is of type {config.type!r}; import into a source of type file")
    job = Job(source_id=source_id, query=path.name, day=run_date)
    with alone(settings, job):  # a second import of that name waits, then sees what the first one landed
        return _imported(settings, job, path, config)


def _imported(settings: Settings, job: Job, path: Path, config: SourceConfig) -> Outcome:
    journal, content = Journal(settings, job), _digest(path)
    if journal.checkpoint.is_done and journal.checkpoint.content == content:
        return tallies.from_dict(journal.checkpoint.outcome)
    journal.begin_apart()
    tally = Tally(has_answer=True)
    try:
        rows = _land(journal, tally, path, _reading(config))
        state, reasons = tallies.judge_file(rows, tally.refused)
    except UnreadableFileError as error:
        journal.abandon()
        tally, rows, state, reasons = Tally(), 0, "drifted", [str(error)]
    is_read = state != "drifted"
    if is_read:
        journal.checkpoint.valid_from, journal.checkpoint.content = journal.checkpoint.generation, content
    outcome = tallies.outcome(job, tally, state, reasons)
    counted = {**tallies.as_dict(outcome), "post_count": rows}
    journal.save(is_walked=is_read, is_done=is_read, outcome=counted)
    return tallies.from_dict(counted)


def _reading(config: SourceConfig) -> Reading:
    if problems := option_problems(config):
        raise UnreadableFileError(f"source {config.id!r}: {'; '.join(problems)}")
    return reading(config.columns, config.options)


def _land(journal: Journal, tally: Tally, path: Path, read: Reading) -> int:
    """Land every chunk. Returns how many rows can be read."""
    lines, count, at = _readable_lines(path, read), 0, datetime.now(UTC)
    while chunk := list(islice(lines, _CHUNK)):
        rows = [line["row"] for line in chunk if "row" in line]
        if not count and rows and not any(read.has_text(row) for row in rows):
            raise _without_text(rows[0], read)
        body = "\n".join(json.dumps(line, default=str) for line in chunk).encode("ascii")
        place = f"{journal.checkpoint.generation}.{tally.requests}"  # of its own: rows that count may stay beside it
        request = Request(url=f"file:{path.name}#{place}")
        journal.add(request, request.url, 200, {"content-type": "application/jsonl"}, body, len(body), at)
        tally.requests += 1
        tally.byte_count += len(body)
        tally.refused += len(chunk) - len(rows)
        count += len(rows)
    return count


def _without_text(columns: Iterable[str], read: Reading) -> UnreadableFileError:
    known, wanted = ", ".join(sorted(columns))[:300] or "none", " or ".join(map(repr, read.columns["text"]))
    return UnreadableFileError(f"no column {wanted}; there are: {known}; mend `columns` in brands.yml")


def _expect_text(columns: Iterable[str], read: Reading) -> None:
    """Look at a header, whether or not rows follow. Raises UnreadableFileError when none of it is the text."""
    named = dict.fromkeys(columns)
    if not read.has_text(named):
        raise _without_text(named, read)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _readable_lines(path: Path, read: Reading) -> Iterator[Line]:
    """Rows of the file. Raises UnreadableFileError, also where a library says that it is broken."""
    try:
        if _is_blank(path):
            raise UnreadableFileError("the file is empty; export it again")
        yield from _lines(path, read)
    except (OSError, EOFError, zlib.error, pa.ArrowException, csv.Error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of what the file holds
        raise UnreadableFileError(f"{_BROKEN} ({error}); export it again, or mend its name") from error


def _lines(path: Path, read: Reading) -> Iterator[Line]:
    """Rows of the file, by its suffix; `.gz` may follow it. Raises UnreadableFileError on another suffix."""
    plain = path.name.lower().removesuffix(".gz")
    if plain.endswith((".jsonl", ".ndjson")):
        return _json_lines(path)
    if plain.endswith((".csv", ".tsv")):
        return _csv_lines(path, read)
    if plain.endswith((".json", ".js")):
        return _whole_json(path)
    if plain.endswith(".parquet"):
        return _parquet_lines(path, read)
    raise UnreadableFileError(
        "its name ends in none of .jsonl, .csv, .tsv, .parquet, .json (or these with .gz); rename or convert it"
    )


def _is_blank(path: Path) -> bool:
    """Whether nothing is written in the file: no byte, or only spaces, ends of lines and the mark of an encoding."""
    with _open(path) as file:
        return all(not part.strip(_BLANK) for part in iter(lambda: file.read(1_000_000), b""))


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _json_lines(path: Path) -> Iterator[Line]:
    with _open(path) as file:
        number = 0
        while raw := file.readline(_LONGEST_LINE):
            number += 1
            if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
                while (more := file.readline(_LONGEST_LINE)) and not more.endswith(b"\n"):
                    pass
                yield {"line": number, "refused": f"longer than {_LONGEST_LINE:,} bytes"}
            elif raw.strip():
                yield _json_line(number, raw)


def _json_line(number: int, raw: bytes) -> Line:
    try:
        row = json.loads(raw.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        return {"line": number, "refused": f"not JSON: {error}"[:300]}
    if not isinstance(row, dict):
        return {"line": number, "refused": f"a JSON {type(row).__name__} where an object was expected"}
    return {"line": number, "row": row}


def _whole_json(path: Path) -> Iterator[Line]:
    """Items of a JSON document: a list, one object, or the list that an object holds; `name =` may come before.

    Archives of Twitter are such scripts (`window.YTD.tweets.part0 = [...]`).
    """
    with _open(path) as file:
        raw = file.read(_LONGEST_DOCUMENT + 1)
    if len(raw) > _LONGEST_DOCUMENT:
        raise UnreadableFileError(f"longer than {_LONGEST_DOCUMENT:,} bytes; convert it to JSON lines")
    words = re.sub(r"^\s*[\w.$]+\s*=\s*", "", raw.decode("utf-8-sig", "replace")).rstrip().rstrip(";")
    try:
        found = json.loads(words, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"not JSON: {error}") from None
    only = list(found.values()) if isinstance(found, dict) and len(found) == 1 else [found]
    items = only[0] if isinstance(only[0], list) else [found]
    for number, item in enumerate(items, 1):
        is_row = isinstance(item, dict)
        yield {"line": number, **({"row": item} if is_row else {"refused": f"a JSON {type(item).__name__}, no object"})}


def _header(head: str, read: Reading) -> tuple[int, str]:
    """Place and delimiter of the header: the first of the lines that names a wanted column; tools write notes above.

    Where none does, the first line with anything in it is the header.
    """
    lines = re.split(r"\r\n|\r|\n", head, maxsplit=_LONGEST_NOTE)[:_LONGEST_NOTE]
    for number, words in enumerate(lines):
        delimiter = max(",;\t|", key=words.count)
        if read.has_text(dict.fromkeys(next(csv.reader([words], delimiter=delimiter), []))):
            return number, delimiter
    first = next((number for number, words in enumerate(lines) if words.strip()), 0)
    return first, max(",;\t|", key=lines[first].count)


def _charset(head: bytes) -> str:
    """UTF-16 by its mark, UTF-8 when its rules hold, else cp1252, as spreadsheets in Western Europe write."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start > len(head) - 4 else "cp1252"
    return "utf-8-sig"


def _csv_lines(path: Path, read: Reading) -> Iterator[Line]:
    csv.field_size_limit(_LONGEST_LINE)
    with _open(path) as file:
        head = file.read(1_000_000)
    charset = _charset(head)
    skipped, delimiter = _header(head.decode(charset, "replace"), read)
    with io.TextIOWrapper(_open(path), charset, "replace", newline="") as file:
        words = islice(file, skipped, None)
        reader = csv.DictReader(words, delimiter=delimiter)
        _expect_text(reader.fieldnames or (), read)
        for row in _readable(reader):
            if isinstance(row, str):
                yield {"line": skipped + reader.reader.line_num, "refused": row}
            elif None in row:
                yield {
                    "line": skipped + reader.line_num,
                    "refused": f"has more cells than the header's {len(reader.fieldnames or ())}",
                }
            else:
                yield {"line": skipped + reader.line_num, "row": row}


def _readable(reader: csv.DictReader[str]) -> Iterator[Line | str]:
    """Rows; a str says why there is none: a cell too long is a row refused, and no reason to lose the others."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield f"a cell is longer than {_LONGEST_LINE:,} characters, or its quotes are not closed"


def _parquet_lines(path: Path, read: Reading) -> Iterator[Line]:
    with pq.ParquetFile(path) as file:
        _expect_text(file.schema_arrow.names, read)
        rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(_CHUNK))
        yield from ({"line": number, "row": row} for number, row in enumerate(rows, 1))
