"""One job, from its seed to its outcome.

The same walk serves a first run, a rerun, a resumed run and a backfill: start from the source's seed; an answer that
landed is read from disk, another is asked from the network; the parser says what to ask next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeAlias

from extractors import tally as tallies
from extractors.address import redacted
from extractors.ask import Asker, Askers
from extractors.captures import USABLE, Capture, Job
from extractors.checkpoints import is_expired
from extractors.circles import FRUITFUL, Barren, Circles
from extractors.fetch import FetchError
from extractors.journal import Journal
from extractors.source import Page, Query, Request, Window, query_of, window_of
from extractors.spool import Read, Spool, mark_of, spool_path
from extractors.suppressions import delete_named
from extractors.tally import Tally
from extractors.text import clean_name
from ouidire.days import not_begun
from ouidire.records import Outcome

Progress: TypeAlias = Callable[[Job, int, int], None]
"""Called after each answer: the job, requests answered so far, posts found so far."""

_FAILURES_IN_A_ROW = 3
LASTING: Final = ("blocked", "drifted", "not_asked")
"""Failures after which nothing more is asked."""


@dataclass(frozen=True)
class Step:
    """A request, whether the job depends on its being there, and the part of the day that it belongs to."""

    request: Request
    is_seed: bool
    window: Window
    barren: Barren = FRUITFUL
    """Pages before it, each linked from the last, that brought nothing new."""


@dataclass
class Walk:
    """One job; use it once."""

    askers: Askers
    job: Job
    progress: Progress | None = None
    tally: Tally = field(default_factory=Tally)
    deleted: dict[str, datetime] = field(default_factory=dict)
    """native_id -> when the source said so."""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        config = self.askers.brands.source(self.job.source_id)
        self.query: Query = query_of(config, self.job.query)
        self._halved: set[tuple[datetime, datetime]] = set()
        self._known: set[str] = set()

    def run(self, *, refetch: bool) -> Outcome:
        """Replay, resume or start the job. What the source says to be gone is written down before the job is done."""
        try:
            self.asker: Asker = self.askers.of(self.job.source_id)
            self.window = window_of(self.askers.brands, self.job.source_id, self.job.day)
            declared = self.asker.source.SOURCE
            self._most = int(declared.option(self.query, "max_requests"))
            self._circles = Circles(int(declared.option(self.query, "empty_pages")) if declared.follows_links else 0)
            seeds = self._seeds([self.window])
        except (LookupError, ValueError, TypeError) as error:  # an option of brands.yml that is none, or ill-typed
            return self._not_asked(Journal(self.askers.settings, self.job), str(error))
        self.journal = Journal(self.askers.settings, self.job, on_landed=self.asker.validators.put)
        stored = self.journal.checkpoint
        is_old = is_expired(self.askers.settings, self.job.day, self.job.source_id)
        if stored.outcome and (stored.is_done or is_old) and not refetch:
            return tallies.from_dict(stored.outcome)
        if words := not_begun(self.job.day, self.asked_at.date()):
            return self._not_asked(self.journal, words)
        if refetch or stored.is_walked or not self.journal.is_begun:
            self.journal.begin()
        place = spool_path(self.askers.settings, self.job.day, self.job.source_id, self.journal.stem)
        self.spool = Spool.create(place)
        try:
            outcome = self._outcome(self._walk(seeds))
            self.spool.seal(mark_of(self.askers.brands.source(self.job.source_id)))
        finally:
            self.spool.close()
        return outcome

    def _outcome(self, rest: int) -> Outcome:
        """Judge the walk, and land what is left of it. `rest` is how many requests were left unasked."""
        declared = self.asker.source.SOURCE
        outcome = tallies.judge(self.job, self.tally, self.window, declared, rest=rest, asked_at=self.asked_at)
        if self.deleted:
            self.journal.flush()
            delete_named(self.askers.settings, self.job.source_id, self.deleted)
        is_walked = not rest and not self.tally.failures and outcome.state != "drifted"
        is_done = is_walked and self.asked_at >= self.window.end_at
        self.journal.save(is_walked=is_walked, is_done=is_done, outcome=tallies.as_dict(outcome))
        return outcome

    def _not_asked(self, journal: Journal, reason: str) -> Outcome:
        outcome = tallies.outcome(self.job, self.tally, "not_asked", [reason])
        journal.save(outcome=tallies.as_dict(outcome))
        return outcome

    def _seeds(self, windows: Iterable[Window]) -> list[Step]:
        """What to ask first about the windows, less what was asked already."""
        found = {
            request.key: Step(request, is_seed=True, window=window)
            for window in windows
            for request in self.asker.source.seed(self.query, window)
            if request.key not in self._known
        }
        self._known.update(found)
        return list(found.values())

    def _walk(self, seeds: Iterable[Step]) -> int:
        """Ask or replay every request. Returns how many were left unasked when it had to stop."""
        frontier = deque(seeds)
        in_a_row = 0
        while frontier and in_a_row < _FAILURES_IN_A_ROW and self.tally.requests < self._most:
            step = frontier.popleft()
            failures = len(self.tally.failures)
            page = self._page(step)
            in_a_row = in_a_row + 1 if len(self.tally.failures) > failures else 0
            if self.tally.failures and self.tally.failures[-1][0] in LASTING:
                break
            frontier.extend(self._after(step, page))
        return len(frontier)

    def _after(self, step: Step, page: Page) -> list[Step]:
        """What to ask after a page: what it says, or the halves of its window where the source cut it at its cap."""
        if page.is_capped and self.asker.source.SOURCE.window == "search":
            span = (step.window.since_at, step.window.end_at)
            if span in self._halved:
                return []
            self._halved.add(span)
            if halves := self._seeds(step.window.halves()):
                return halves
        if page.is_capped:
            self.tally.cut.append(_cut_words(step.window, self.job.query))
        asked = ((request.key, request) for request in page.next_requests)
        fresh = {key: request for key, request in asked if key not in self._known}
        self._known.update(fresh)
        barren = FRUITFUL
        if self.asker.source.SOURCE.follows_links:
            barren = self._circles.after(step.barren, page, len(fresh))
            if circle := self._circles.closed(step.request.url, barren):
                self.tally.circles.append(circle)
                return []
        return [Step(request, False, step.window, barren) for request in fresh.values()]

    def _page(self, step: Step) -> Page:
        """The page of one request, from disk or network; an empty one after a failure, which is counted."""
        request = step.request
        landed = self.journal.get(request)
        if landed is not None and is_settled(request, landed, is_seed=step.is_seed):
            page = self._parsed(step, landed)
            if not _says_only_spent(page):
                return self._taken(page, landed)
        try:
            capture = self.asker.capture(request, self.query, self.journal)
        except FetchError as error:
            self.tally.failures.append((error.state, str(error)))
            return Page()
        page = self._parsed(step, capture)
        self.asker.heed(page, capture)
        if _says_only_spent(page):
            self.tally.failures.append(("blocked", f"{redacted(request.url)}: the source says that its quota is spent"))
        return self._taken(page, capture)

    def _taken(self, page: Page, capture: Capture) -> Page:
        self.tally.requests += 1
        self.tally.byte_count += capture.wire_bytes
        self.deleted |= {clean_name(native_id): capture.fetched_at for native_id in page.deleted}
        if self.progress:
            self.progress(self.job, self.tally.requests, len(self.tally.posts))
        return page

    def _parsed(self, step: Step, capture: Capture) -> Page:
        request, response = step.request, capture.response(self.query)
        if response.status in request.ends_on:
            page = Page(is_end=True)
        elif response.status in USABLE:
            try:
                page = self.asker.source.parse(request, response, step.window)
                if drift := tallies.unknown_kind(page):
                    raise drift
                self._keep(step, page, capture)
            except tallies.UNREADABLE as error:
                self.tally.failures.append(("drifted", tallies.drift_reason(request, error)))
                return Page()
        elif meaning := request.closing(response.status, response.body):
            self.tally.closed.append(f"{redacted(request.url)}: {meaning}")
            page = Page(is_end=True)
        elif self._is_spent(capture):
            return Page(is_quota_spent=True)
        elif response.status in (404, 410) and not step.is_seed:
            self.tally.gone.append(redacted(request.url))
            return Page()
        else:
            self.tally.failures.append(tallies.refusal(request, capture))
            return Page()
        self.tally.take(page, self.window)
        return page

    def _is_spent(self, capture: Capture) -> bool:
        """Whether a source that counts units refuses because the day's are spent."""
        return self.asker.source.SOURCE.daily_quota is not None and tallies.is_spent(capture)

    def _keep(self, step: Step, page: Page, capture: Capture) -> None:
        """Spool what was read, where parsing reads it just so: in the window of the whole day."""
        if step.window == self.window:
            with suppress(TypeError):  # holds what no draft may: parsing its capture says so
                self.spool.put(capture.sequence, Read.of(page))


def is_settled(request: Request, capture: Capture, *, is_seed: bool) -> bool:
    """Whether what landed is an answer to keep; a refusal or failure is asked again when the job is resumed."""
    is_gone = capture.status in (404, 410) and not is_seed
    is_closed = request.closing(capture.status, capture.body) is not None
    return capture.status in USABLE or capture.status in request.ends_on or is_gone or is_closed


def _says_only_spent(page: Page) -> bool:
    return page.is_quota_spent and not page.posts and not page.next_requests


def _cut_words(window: Window, query: str) -> str:
    since, until = f"{window.since_at:%Y-%m-%d %H:%M:%S}", f"{window.end_at:%Y-%m-%d %H:%M:%S}"
    return f"the source cuts its answer to {query!r} from {since} to {until} (UTC): what is beyond its cap was not seen"
