"""Posts of earlier nights asked for again, 1, 3, 7 and 30 days on: their edits, deletions and engagement.

What a night is to observe is planned from the rows that earlier nights staged, and written down first, without words:
a night that was killed goes on with the same posts. Answers land like any other, in the journal `observed`; parsing
keeps those posts of them that the plan names. See docs/decisions/0007-observation.md.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from extractors import aliases, suppressions
from extractors import tally as tallies
from extractors.address import instance_of
from extractors.ask import Askers
from extractors.captures import USABLE, Capture, Job
from extractors.checkpoints import OBSERVED, write_text
from extractors.fetch import FetchError
from extractors.journal import Journal
from extractors.source import Known, Page, Query, Request, Window, query_of
from extractors.suppressions import Suppressions
from extractors.text import clean_name
from extractors.walk import LASTING
from ouidire import lake
from ouidire.settings import Settings

AFTER_DAYS: Final = (1, 3, 7, 30)
"""Days after its publication on which a post is asked for again."""
_OWN_NIGHT: Final = timedelta(days=2)
_COLUMNS: Final = (
    "post_id", "native_id", "source_type", "instance", "kind", "url", "canonical_url", "thread_id", "parent_id",
    "position", "author_id", "is_owned", "lang", "rating", "created_at", "created_precision", "edited_at", "licence",
)  # fmt: skip
"""What a plan keeps of a row: who it is about and where it belongs, none of its words."""
_ALIAS: Final = "alias"
"""In the plan alone: what the source's server calls a post."""
_INSTANTS: Final = ("created_at", "edited_at")
_SUSPICIOUS: Final = 5
"""From so many posts on that are all gone, it is the site that has changed."""

PlannedRow = dict[str, Any]


def planned(settings: Settings, day: date, source_id: str) -> dict[str, PlannedRow]:
    """The rows that a night observes, by post_id; {} where nothing was planned."""
    path = _path(settings, day, source_id)
    read = datetime.fromisoformat
    return {
        row["post_id"]: {n: read(v) if n in _INSTANTS and v else v for n, v in row.items() if n != _ALIAS}
        for row in _plan(path)
    }


def observe(askers: Askers, day: date, source_id: str, *, refetch: bool = False) -> str | None:
    """Ask for posts of earlier nights again. Returns a remark where some did not answer, else None.

    Only on the day's own night, within two days of its end: a backfill of an old day would observe today what it says
    of that day. What fails here is no hole in the day: the outcome's state is not touched.
    """
    config, now, ends_at = askers.brands.source(source_id), datetime.now(UTC), Window(day).end_at
    try:
        asker = askers.of(source_id)
    except ValueError:  # an option of the wrong kind: the job's outcome says so
        return None
    if not hasattr(asker.source, "observe") or not ends_at <= now < ends_at + _OWN_NIGHT:
        return None
    query = query_of(config, config.queries[0] if config.queries else "")
    job = Job(source_id=source_id, query=query.text, day=day)
    journal = Journal(askers.settings, job, on_landed=asker.validators.put, name=OBSERVED)
    if journal.checkpoint.is_done and not refetch:
        return None
    if refetch or not journal.is_begun:
        if not _path(askers.settings, day, source_id).exists():
            _write_plan(askers.settings, day, source_id, instance_of(query.url))
        journal.begin()
    names = {row["post_id"]: row.get(_ALIAS) for row in _plan(_path(askers.settings, day, source_id))}
    found = _Observation(askers, source_id, query, journal, planned(askers.settings, day, source_id), names)
    remark = found.run()
    journal.flush()
    suppressions.delete(askers.settings.home, source_id, found.gone())
    journal.save(is_done=remark is None)
    return remark


@dataclass
class _Observation:
    askers: Askers
    source_id: str
    query: Query
    journal: Journal
    rows: Mapping[str, PlannedRow]
    names: Mapping[str, str | None]
    """What the server calls them."""
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    refused: dict[str, datetime] = field(default_factory=dict)
    """Posts that were answered 404 or 410."""
    named: dict[str, datetime] = field(default_factory=dict)
    """Posts that an answer calls deleted."""

    def run(self) -> str | None:
        """Ask; a remark when something was left."""
        asker: Any = self.askers.of(self.source_id)
        posts = {post_id: _known(row, self.names.get(post_id)) for post_id, row in self.rows.items()}
        by_native = {row["native_id"]: post_id for post_id, row in self.rows.items()}
        alone = {} if self._is_listing else {
            r.key: post_id for post_id, post in posts.items() for r in asker.source.observe(self.query, [post])
        }  # fmt: skip
        frontier = deque[Request](asker.source.observe(self.query, list(posts.values())) if posts else ())
        known, most = {r.key for r in frontier}, int(asker.source.SOURCE.option(self.query, "observe_requests"))
        asked = in_a_row = 0
        while frontier and asked < most and in_a_row < 3:
            request, asked, failures = frontier.popleft(), asked + 1, len(self.failures)
            try:
                capture, page = self._page(request)
            except FetchError as error:
                self.failures.append(str(error))
                if error.state in LASTING:
                    break
                in_a_row += 1
                continue
            in_a_row = in_a_row + 1 if len(self.failures) > failures else 0
            if capture.status in (404, 410) and request.key in alone:
                self.refused[alone[request.key]] = capture.fetched_at
            natives = [clean_name(name) for name in page.deleted]
            self.named |= {by_native[name]: capture.fetched_at for name in natives if name in by_native}
            fresh = {r.key: r for r in page.next_requests if r.key not in known}
            known.update(fresh)
            frontier.extend(fresh.values())
        return self._remark(len(frontier))

    def gone(self) -> dict[str, datetime]:
        """Posts that are gone; none of those refused when every post is: then the site has moved or closed."""
        return self.named if self._is_suspicious else {**self.refused, **self.named}

    @property
    def _is_suspicious(self) -> bool:
        return len(self.refused) >= _SUSPICIOUS and not self.answered

    @property
    def _is_listing(self) -> bool:
        """Whether requests are about a listing: its absence is no post's."""
        return self.askers.of(self.source_id).source.SOURCE.is_observed_by_listing

    def _page(self, request: Request) -> tuple[Capture, Page]:
        asker = self.askers.of(self.source_id)
        landed = self.journal.get(request)
        absent = () if self._is_listing else (404, 410)
        settled = landed is not None and (landed.status in USABLE or landed.status in absent)
        capture = landed if landed and settled else asker.capture(request, self.query, self.journal)
        if capture.status not in USABLE:
            if capture.status not in absent:
                self.failures.append(tallies.refusal(request, capture)[1])
            return capture, Page()
        self.answered += 1
        try:
            page = asker.source.parse(request, capture.response(self.query), observed_window(self.journal.job.day))
        except tallies.UNREADABLE as error:
            self.failures.append(tallies.drift_reason(request, error))
            return capture, Page()
        if capture is not landed:
            asker.heed(page, capture)
        return capture, page

    def _remark(self, rest: int) -> str | None:
        found = self.failures[:1] + ([f"{rest} addresses not asked"] if rest else [])
        if self._is_suspicious:
            found.append(f"all {len(self.refused)} are gone: taken for a change of the site, nothing is deleted")
        return ", ".join(found) or None


def observed_window(day: date) -> Window:
    """What `parse` gets with an answer to an observation: it reaches back to the oldest post asked for."""
    return Window(day, lookback_days=AFTER_DAYS[-1] + 1)


def _known(row: PlannedRow, alias: str | None) -> Known:
    return Known(
        native_id=row["native_id"], instance=row["instance"], kind=row["kind"], url=row["url"],
        created_at=row["created_at"], alias=alias,
    )  # fmt: skip


def _plan(path: Path) -> list[PlannedRow]:
    """The lines of a plan; [] where none was made."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _write_plan(settings: Settings, day: date, source_id: str, host: str) -> None:
    """Posts published 1, 3, 7 and 30 days before the day, the newest days first; nothing erased or deleted."""
    hidden = Suppressions.load(settings.home)
    rows: dict[str, PlannedRow] = {}
    for row in _staged(settings, day, source_id, host):
        earlier = rows.get(row["post_id"], {}).get(_ALIAS)
        rows[row["post_id"]] = {**row, _ALIAS: row[_ALIAS] or earlier}
    wanted = [
        row for post_id, row in rows.items()
        if not row.pop("is_gone") and post_id not in hidden.deleted and not hidden.hides(post_id, row["author_id"])
    ]  # fmt: skip
    wanted.sort(key=lambda row: (-row["created_at"].toordinal(), row["post_id"]))
    write_text(_path(settings, day, source_id), "".join(json.dumps(row, default=_iso) + "\n" for row in wanted))


def _staged(settings: Settings, day: date, source_id: str, host: str) -> Iterable[PlannedRow]:
    """Rows of the partitions before the day that were published on one of the days to observe, oldest first."""
    days = {day - timedelta(days=n) for n in AFTER_DAYS}
    for number in range(AFTER_DAYS[-1], 0, -1):
        path = lake.staged(settings, day - timedelta(days=number), source_id, "posts")
        if path.exists():
            names = aliases.read(settings, day - timedelta(days=number), source_id, host)
            content = pq.read_table(path, columns=[*_COLUMNS, "deleted_at"], partitioning=None)
            for row in content.to_pylist():
                is_gone = row.pop("deleted_at") is not None
                if row["created_at"].astimezone(UTC).date() in days:
                    yield {**row, "is_gone": is_gone, _ALIAS: names.get(row["post_id"])}


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _path(settings: Settings, day: date, source_id: str) -> Path:
    return lake.partition_dir(settings.captures, day, source_id) / f"{OBSERVED}.jsonl"
