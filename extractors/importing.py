"""Exports of other tools: rows land as captures of their partition, a chunk at a time, and replay like any other."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractors import tally as tallies
from extractors.captures import Job, Journal
from extractors.source import Request, source_module
from extractors.tally import Tally
from ouidire.brands import Brands
from ouidire.records import Outcome
from ouidire.settings import Settings

_CHUNK = 2_000
_LONGEST_LINE = 10_000_000

Line = dict[str, Any]
"""{"line": number, "row": {...}}, or {"line": number, "refused": reason}."""


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported."""


def import_file(settings: Settings, brands: Brands, source_id: str, path: Path, run_date: date) -> Outcome:
    """Land a file's rows in the partition (run_date, source); `parse_partition` then maps them. The query is its name.

    Importing the same content again changes nothing; a changed file of that name replaces what landed before.
    """
    config = brands.source(source_id)
    if source_module(config.type).SOURCE.window != "import":
        raise ValueError(f"source {source_id!r} is of type {config.type!r}; import into a source of type file")
    job = Job(source_id=source_id, query=path.name, day=run_date)
    journal, content = Journal(settings, job), _digest(path)
    if journal.checkpoint.is_done and journal.checkpoint.content == content:
        return tallies.from_dict(journal.checkpoint.outcome)
    journal.begin(is_replacing=True)
    journal.checkpoint.content = content
    tally = Tally(has_answer=True)
    try:
        rows = _land(journal, tally, path, config.columns["text"])
        state, reasons = ("complete" if rows else "empty"), list[str]()
    except (UnreadableFileError, OSError, EOFError, pa.ArrowException, csv.Error) as error:
        rows, state, reasons = 0, "drifted", [f"{path}: {error}"]
    outcome = tallies.outcome(job, tally, state, reasons)
    counted = {**tallies.as_dict(outcome), "post_count": rows}
    journal.save(is_walked=state != "drifted", is_done=state != "drifted", outcome=counted)
    return tallies.from_dict(counted)


def _land(journal: Journal, tally: Tally, path: Path, text_column: str) -> int:
    """Land every chunk. Returns how many rows can be read."""
    lines, count, at = _lines(path), 0, datetime.now(UTC)
    while chunk := list(islice(lines, _CHUNK)):
        rows = [line["row"] for line in chunk if "row" in line]
        if not tally.requests and rows and not any(text_column in row for row in rows):
            known = ", ".join(sorted(rows[0]))[:300]
            raise UnreadableFileError(f"no column {text_column!r}; there are: {known}; mend `columns` in brands.yml")
        body = "\n".join(json.dumps(line, default=str) for line in chunk).encode("ascii")
        request = Request(url=f"file:{path.name}#{tally.requests}")
        journal.add(request, request.url, 200, {"content-type": "application/jsonl"}, body, len(body), at)
        tally.requests += 1
        tally.byte_count += len(body)
        tally.refused += len(chunk) - len(rows)
        count += len(rows)
    return count


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> Iterator[Line]:
    """Rows of the file, by its suffix; `.gz` may follow it. Raises UnreadableFileError on another suffix."""
    plain = path.name.lower().removesuffix(".gz")
    if plain.endswith((".jsonl", ".ndjson")):
        return _json_lines(path)
    if plain.endswith((".csv", ".tsv")):
        return _csv_lines(path)
    if plain.endswith(".parquet"):
        return _parquet_lines(path)
    raise UnreadableFileError(
        "its name ends in none of .jsonl, .csv, .tsv, .parquet (or these with .gz); rename or convert it"
    )


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
        return {"line": number, "refused": f"not JSON: {type(error).__name__} {error}"[:300]}
    if not isinstance(row, dict):
        return {"line": number, "refused": f"a JSON {type(row).__name__} where an object was expected"}
    return {"line": number, "row": row}


def _csv_lines(path: Path) -> Iterator[Line]:
    csv.field_size_limit(_LONGEST_LINE)
    with _open(path) as file:
        head = file.read(1_000_000)
    try:
        head.decode("utf-8-sig")
        charset = "utf-8-sig"
    except UnicodeDecodeError as error:
        charset = "utf-8-sig" if error.start > len(head) - 4 else "cp1252"
    first = head.decode(charset, "replace").splitlines()[:1] or [""]
    delimiter = max(",;\t|", key=first[0].count)
    with _open(path) as file:
        words = (line.decode(charset, "replace") for line in file)
        reader = csv.DictReader(words, delimiter=delimiter)
        for row in reader:
            if None in row:
                yield {
                    "line": reader.line_num,
                    "refused": f"has more cells than the header's {len(reader.fieldnames or ())}",
                }
            else:
                yield {"line": reader.line_num, "row": row}


def _parquet_lines(path: Path) -> Iterator[Line]:
    with pq.ParquetFile(path) as file:
        rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(_CHUNK))
        yield from ({"line": number, "row": row} for number, row in enumerate(rows, 1))
