"""Plan a day, and collect it: every answer lands as a capture, every job ends in an outcome that says what it saw.

The same walk serves a first run, a rerun, a resumed run and a backfill: start from the source's seed; an answer that
landed is read from disk, another is asked from the network; the parser says what to ask next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TypeAlias

from extractors import tally as tallies
from extractors.address import instance_of, redacted
from extractors.captures import USABLE, Capture, Job, Journal
from extractors.fetch import Client, FetchError, Limits
from extractors.importing import import_file
from extractors.pace import Pace
from extractors.source import Page, Query, Request, Source, query_of, source_module, window_of
from extractors.tally import Tally
from extractors.validators import Validators
from ouidire.brands import Brands
from ouidire.brands import Source as SourceConfig
from ouidire.records import Outcome
from ouidire.settings import Settings

__all__ = ["Job", "Progress", "batches", "collect", "import_file", "plan", "probe"]

Progress: TypeAlias = Callable[[Job, int, int], None]
"""Called after each answer: the job, requests answered so far, posts found so far."""

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What a parser raises on an answer that is not of its format."""

_FAILURES_IN_A_ROW = 3


def plan(brands: Brands, day: date) -> list[Job]:
    """The jobs of a day: one for each query of each enabled source that is fetched; files are imported instead."""
    return [
        Job(source_id=source.id, query=query, day=day)
        for source in brands.sources
        if source.enabled and source_module(source.type).SOURCE.window != "import"
        for query in source.queries or [""]
    ]


def batches(brands: Brands, jobs: Iterable[Job]) -> list[list[Job]]:
    """Jobs grouped by host, so that one task asks one host: a host is never asked by two at once."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        host = instance_of(brands.source(job.source_id).url or "") or job.source_id
        groups.setdefault(host, []).append(job)
    return list(groups.values())


def collect(
    settings: Settings,
    brands: Brands,
    jobs: Sequence[Job],
    *,
    refetch: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> list[Outcome]:
    """Collect jobs one after the other; one outcome each, whatever happened to it.

    A job that is done is not asked again, unless `refetch`; one that was left unfinished goes on where it stood.
    """
    with _client(settings, brands, limits) as client:
        return [_Walk(settings, brands, client, job, progress).run(refetch=refetch) for job in jobs]


def probe(
    settings: Settings, brands: Brands, config: SourceConfig, day: date, *, limits: Limits | None = None
) -> tuple[str, str]:
    """Ask a source its first question and land nothing. Returns a state, complete when it answers, and a sentence."""
    source = source_module(config.type)
    query = query_of(config, config.queries[0] if config.queries else "")
    window = window_of(brands, config.id, day)
    requests = source.seed(query, window)
    if not requests:
        return "complete", "a file: import it with `ouidire import`"
    try:
        with _client(settings, brands, limits) as client:
            answer = client.get(requests[0].url, accept=requests[0].accept, rate=source.SOURCE.rate)
    except FetchError as error:
        return error.state, str(error)
    capture = Capture(
        query=query.text, generation=0, sequence=0, key="", request=requests[0], url=answer.url, status=answer.status,
        headers=dict(answer.headers), body=answer.body, wire_bytes=answer.wire_bytes, fetched_at=answer.fetched_at,
    )  # fmt: skip
    if answer.status != 200:
        return tallies.refusal(requests[0], capture)
    try:
        page = source.parse(requests[0], capture.response(query), window)
    except UNREADABLE as error:
        return "drifted", tallies.drift_reason(requests[0], error)
    return (
        "complete",
        f"answers: {len(page.posts)} posts, {len(page.next_requests)} further addresses on its first page",
    )


def _client(settings: Settings, brands: Brands, limits: Limits | None) -> Client:
    return Client(brands.settings, Pace(settings.home / "hosts"), limits or Limits())


class _Walk:
    """One job, from its seed to its outcome."""

    def __init__(
        self, settings: Settings, brands: Brands, client: Client, job: Job, progress: Progress | None = None
    ) -> None:
        config = brands.source(job.source_id)
        self.job = job
        self.source: Source = source_module(config.type)
        self.query: Query = query_of(config, job.query)
        self.window = window_of(brands, job.source_id, job.day)
        self.rate = float(self.query.option("rate", self.source.SOURCE.rate))
        self.client = client
        self.validators = Validators(settings)
        self.journal = Journal(settings, job, on_landed=self.validators.put)
        self.progress = progress
        self.tally = Tally()
        self.asked_at = datetime.now(UTC)

    def run(self, *, refetch: bool) -> Outcome:
        """Replay, resume or start the job."""
        stored = self.journal.checkpoint
        if stored.is_done and not refetch:
            return tallies.from_dict(stored.outcome)
        if self.window.start_at > self.asked_at:
            reason = f"{self.job.day} has not begun yet (UTC)"
            outcome = tallies.outcome(self.job, self.tally, "not_asked", [reason])
            self.journal.save(outcome=tallies.as_dict(outcome))
            return outcome
        if refetch or stored.is_walked or not self.journal.is_begun:
            self.journal.begin()
        rest = self._walk()
        outcome = tallies.judge(
            self.job, self.tally, self.window, self.source.SOURCE, rest=rest, asked_at=self.asked_at
        )
        is_walked = not rest and not self.tally.failures
        is_done = is_walked and self.asked_at >= self.window.end_at
        self.journal.save(is_walked=is_walked, is_done=is_done, outcome=tallies.as_dict(outcome))
        return outcome

    def _walk(self) -> int:
        """Ask or replay every request. Returns how many were left unasked when it had to stop."""
        seeds = self.source.seed(self.query, self.window)
        frontier = deque((request, True) for request in seeds)
        known = {request.key for request in seeds}
        most = int(self.query.option("max_requests", 10_000))
        in_a_row = 0
        while frontier and in_a_row < _FAILURES_IN_A_ROW and self.tally.requests < most:
            request, is_seed = frontier.popleft()
            failures = len(self.tally.failures)
            page = self._page(request, is_seed=is_seed)
            in_a_row = in_a_row + 1 if len(self.tally.failures) > failures else 0
            if self.tally.failures and self.tally.failures[-1][0] in ("blocked", "drifted"):
                break
            fresh = {r.key: r for r in page.next_requests if r.key not in known}
            known.update(fresh)
            frontier.extend((r, False) for r in fresh.values())
        return len(frontier)

    def _page(self, request: Request, *, is_seed: bool) -> Page:
        """The page of one request, from disk or network; an empty one after a failure, which is counted."""
        try:
            landed = self.journal.get(request)
            is_settled = landed is not None and _is_settled(request, landed, is_seed=is_seed)
            capture = landed if landed and is_settled else self._fetch(request)
        except FetchError as error:
            self.tally.failures.append((error.state, str(error)))
            return Page()
        self.tally.requests += 1
        self.tally.byte_count += capture.wire_bytes
        page = self._parsed(request, capture, is_seed=is_seed)
        if self.progress:
            self.progress(self.job, self.tally.requests, len(self.tally.posts))
        return page

    def _parsed(self, request: Request, capture: Capture, *, is_seed: bool) -> Page:
        response = capture.response(self.query)
        if response.status in request.ends_on:
            page = Page(is_end=True)
        elif response.status in USABLE:
            try:
                page = self.source.parse(request, response, self.window)
            except UNREADABLE as error:
                self.tally.failures.append(("drifted", tallies.drift_reason(request, error)))
                return Page()
        elif response.status in (404, 410) and not is_seed:
            self.tally.gone.append(redacted(request.url))
            return Page()
        else:
            self.tally.failures.append(tallies.refusal(request, capture))
            return Page()
        self.tally.take(page, self.window)
        return page

    def _fetch(self, request: Request) -> Capture:
        answer = self.client.get(request.url, accept=request.accept, rate=self.rate, validator=self.validators.get)
        body, headers = answer.body, dict(answer.headers)
        if answer.status == 304:
            body, stored = self.validators.body(answer.url)
            headers = {**stored, **headers}
        return self.journal.add(request, answer.url, answer.status, headers, body, answer.wire_bytes, answer.fetched_at)


def _is_settled(request: Request, capture: Capture, *, is_seed: bool) -> bool:
    """Whether what landed is an answer to keep; a refusal or failure is asked again when the job is resumed."""
    is_gone = capture.status in (404, 410) and not is_seed
    return capture.status in USABLE or capture.status in request.ends_on or is_gone
