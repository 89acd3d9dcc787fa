"""Captures to rows: a pure function of what landed, replayed as often as rules change, without the network."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from extractors import aliases
from extractors.address import instance_of
from extractors.captures import Capture
from extractors.checkpoints import Checkpoint, checkpoints, is_expired
from extractors.covered import Covered
from extractors.names import Names
from extractors.observe import planned
from extractors.reads import Reads
from extractors.rows import Row, Rows, problems
from extractors.source import PostDraft, Window, option_problems, source_module, window_of
from extractors.spool import Read, SpoolError
from extractors.suppressions import Suppressions
from extractors.tally import from_dict, is_kept, judge_file
from extractors.text import clean
from ouidire import lake
from ouidire.brands import Brands
from ouidire.records import Outcome, Quarantine
from ouidire.settings import Settings

_Drafts: TypeAlias = list[tuple[str, PostDraft]]
"""Drafts after their ids, the last of an answer first."""

_INTERRUPTED: Final = "the run was interrupted; run the day again: it goes on where it stood"
_IMPORT_INTERRUPTED: Final = "the import was interrupted; import the file again"

TABLES: Final = ("posts", "engagement", "author_observations", "identities", "quarantine")


def parse_partition(settings: Settings, brands: Brands, run_date: date, source_id: str) -> dict[str, int]:
    """Replace the partition's staged tables by what its captures say. Returns rows by table.

    Within the partition the newest version of a post wins. What cannot become a post goes to quarantine. Where captures
    were removed for their age, the tables stay as they are; so they do, but for the outcomes, where an option of
    brands.yml is wrong: how to read the captures is not known then.
    """
    is_old, wrong = is_expired(settings, run_date, source_id), option_problems(brands.source(source_id))
    if wrong and not is_old:
        _tell_unread(settings, run_date, source_id, f"source {source_id!r}: {'; '.join(wrong)}")
    if wrong or is_old:
        return {name: lake.count_rows(settings, run_date, source_id, name) for name in (*TABLES, "outcomes")}
    try:
        return _parsed(settings, brands, run_date, source_id)
    except SpoolError:  # nothing is lost: without it the captures are read
        Reads(settings, brands, run_date, source_id).consume()
        return _parsed(settings, brands, run_date, source_id)


def _tell_unread(settings: Settings, run_date: date, source_id: str, problem: str) -> None:
    """Replace the outcomes of a partition whose other tables stay: with their counts, none of them well."""
    earlier = {row.query: row for row in lake.read_rows(settings, run_date, source_id, Outcome, "outcomes")}
    outcomes = []
    for found in checkpoints(settings, run_date, source_id):
        bare = _interrupted(run_date, source_id, found.query, problem)
        told, known = from_dict(found.outcome) if found.outcome else bare, earlier.get(found.query, bare)
        if told is bare or told.state in ("complete", "empty"):
            told = dataclasses.replace(told, state="not_asked", reason=problem)
        kept = ("post_count", "quarantined_count", "covered_from_at", "covered_to_at")
        outcomes.append(dataclasses.replace(told, **{name: getattr(known, name) for name in kept}))
    lake.write_rows(settings, run_date, source_id, "outcomes", outcomes)


def _parsed(settings: Settings, brands: Brands, run_date: date, source_id: str) -> dict[str, int]:
    parser = _parser(settings, brands, run_date, source_id)
    with Reads(settings, brands, run_date, source_id) as reads:
        with ExitStack() as stack:
            writers = {
                name: stack.enter_context(lake.TableWriter(settings, run_date, source_id, name)) for name in TABLES
            }
            for table, row in parser.rows(reads):
                writers[table].add(row)
        known = parser.rows_of.names.aliases(parser.rows_of.seen_posts)
        aliases.write(settings, run_date, source_id, instance_of(brands.source(source_id).url or ""), known)
        outcomes = [parser.outcome(found) for found in checkpoints(settings, run_date, source_id)]
        told = lake.write_rows(settings, run_date, source_id, "outcomes", outcomes)
        reads.consume()
    return {**{name: writer.count for name, writer in writers.items()}, "outcomes": told}


def _parser(settings: Settings, brands: Brands, run_date: date, source_id: str) -> _Parser:
    source_type = brands.source(source_id).type
    source = source_module(source_type)
    rows = Rows(
        brands=brands, run_date=run_date, source_id=source_id, source_type=source_type, names=Names(source_type),
        suppressions=Suppressions.load(settings.home), author_key=settings.author_key,
        planned=planned(settings, run_date, source_id),
    )  # fmt: skip
    return _Parser(
        rows_of=rows, run_date=run_date, source_id=source_id, window=window_of(brands, source_id, run_date),
        is_import=source.SOURCE.window == "import", has_references=source.SOURCE.has_references,
    )  # fmt: skip


@dataclass
class _Parser:
    rows_of: Rows
    run_date: date
    source_id: str
    window: Window
    is_import: bool
    has_references: bool
    post_counts: dict[str, set[str]] = field(default_factory=dict)
    refused_counts: dict[str, set[str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Queries with posts that could be read and are kept out: their authors or they are forgotten."""
    covered: dict[str, Covered] = field(default_factory=dict)
    """What the rows of an import tell of, by its query; rows without a date tell nothing."""

    def rows(self, reads: Reads) -> Iterator[Row]:
        """Every row of the partition but outcomes, newest capture first, with its table."""
        names = self.rows_of.names
        found: Iterator[tuple[tuple[Capture, Read], list[str]]]
        if self.has_references:  # all posts tell the names that they have for each other before one becomes a row
            known = [names.learn(read) for read in reads.first()]
            found = zip(reads.again(), known, strict=True)
        else:
            found = ((told, names.ids(told[1])) for told in reads.once())
        for (capture, read), ids in found:
            drafts = list(zip(ids, read.drafts, strict=True))[::-1]
            yield from self._observed(capture, drafts) if capture.is_observed else self._read(capture, read, drafts)
        yield from self.rows_of.tombstones()

    def outcome(self, checkpoint: Checkpoint) -> Outcome:
        """The job's outcome with the counts of this parse."""
        query = checkpoint.query
        posts, refused = len(self.post_counts.get(query, ())), len(self.refused_counts.get(query, ()))
        if not checkpoint.outcome:
            words = _IMPORT_INTERRUPTED if self.is_import else _INTERRUPTED
            return _interrupted(self.run_date, self.source_id, query, words, posts, refused)
        outcome = from_dict(checkpoint.outcome)
        state, reason = outcome.state, outcome.reason
        if state in ("complete", "empty"):
            state = "complete" if posts else "empty"
            if self.is_import and query not in self.hidden:
                state, reasons = judge_file(posts, refused)
                reason = "; ".join(reasons) or None
        told = self.covered[query].span() if query in self.covered else None
        first, last = told or (outcome.covered_from_at, outcome.covered_to_at)
        return dataclasses.replace(
            outcome, state=state, reason=reason, post_count=posts, quarantined_count=refused,
            covered_from_at=first, covered_to_at=last,
        )  # fmt: skip

    def _read(self, capture: Capture, read: Read, drafts: _Drafts) -> Iterator[Row]:
        """Rows of an answer to one of the day's own jobs."""
        for reason, item in read.refused:
            yield from self._refusal(capture.query, item, reason)
        counted, rows = self.post_counts.setdefault(capture.query, set()), self.rows_of
        for post_id, draft in drafts:
            if not is_kept(draft, self.window, is_import=self.is_import):
                continue
            author_id = rows.author_id(draft)
            if rows.suppressions.hides(post_id, author_id):
                self.hidden.add(capture.query)
                continue
            if post_id not in rows.suppressions.deleted and (
                problem := next(problems(draft, capture.fetched_at), None)
            ):
                yield from self._refusal(capture.query, draft.url or draft.native_id, problem)
                continue
            counted.add(post_id)
            if self.is_import and draft.created_precision != "fetched":
                self.covered.setdefault(capture.query, Covered()).add(draft.created_at)
            yield from rows.of(capture, draft, post_id, author_id)

    def _observed(self, capture: Capture, drafts: _Drafts) -> Iterator[Row]:
        """Rows of the posts asked for again; a failure here is told by the outcome, and is no hole in the day."""
        rows = self.rows_of
        for post_id, draft in drafts:
            author_id = rows.author_id(draft)
            if post_id not in rows.planned or rows.suppressions.hides(post_id, author_id):
                continue
            if post_id in rows.suppressions.deleted or not any(problems(draft, capture.fetched_at)):
                yield from rows.of(capture, draft, post_id, author_id)

    def _refusal(self, query: str, item: str, reason: str) -> Iterator[Row]:
        known = self.refused_counts.setdefault(query, set())
        if f"{item}\0{reason}" not in known:
            known.add(f"{item}\0{reason}")
            yield "quarantine", Quarantine(
                run_date=self.run_date, source=self.source_id, query=query, stage="parse", item=clean(item)[:500],
                reason=clean(reason)[:500],
            )  # fmt: skip


def _interrupted(  # noqa: PLR0917 (fields of an outcome)
    run_date: date, source: str, query: str, reason: str, posts: int = 0, refused: int = 0
) -> Outcome:
    return Outcome(
        run_date=run_date, source=source, query=query, state="truncated",
        reason=reason, request_count=0, byte_count=0, covered_from_at=None, covered_to_at=None,
        finished_at=Window(run_date).end_at, post_count=posts, quarantined_count=refused,
    )  # fmt: skip
