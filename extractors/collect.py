"""Plan a day, and collect it: every answer lands as a capture, every job ends in an outcome that says what it saw."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from extractors import tally as tallies
from extractors.address import instance_of
from extractors.ask import Askers
from extractors.captures import Capture, Job
from extractors.checkpoints import OBSERVED
from extractors.fetch import Client, FetchError, Limits
from extractors.importing import import_file
from extractors.journal import Journal, alone
from extractors.observe import observe
from extractors.pace import Pace
from extractors.session import Secrets
from extractors.source import Page, Window, query_of, source_module, window_of
from extractors.walk import Progress, Walk
from ouidire.brands import Brands
from ouidire.brands import Source as SourceConfig
from ouidire.counts import counted
from ouidire.days import yesterday
from ouidire.records import Outcome
from ouidire.settings import Settings

_REMARK = "posts of earlier days: "
PROBING: Final = Limits(tries=2)
"""Patience with a first question that somebody waits for."""

__all__ = [
    "PROBING", "Job", "Progress", "batches", "client_of", "collect", "import_file", "plan", "probe", "takes_secrets",
]  # fmt: skip


def plan(brands: Brands, day: date) -> list[Job]:
    """The jobs of a day: one for each query of each enabled source that is fetched; files are imported instead."""
    return [
        Job(source_id=source.id, query=query, day=day)
        for source in brands.sources
        if source.enabled and source_module(source.type).SOURCE.window != "import"
        for query in source.queries or [""]
    ]


def batches(brands: Brands, jobs: Iterable[Job]) -> list[list[Job]]:
    """Jobs grouped by the host that they ask first, so that one task asks one host and no two ask it at once."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(_host(brands, job), []).append(job)
    return list(groups.values())


def takes_secrets(brands: Brands, source_ids: Iterable[str]) -> list[str]:
    """Those of the sources that can be given secrets."""
    declared = {source_id: source_module(brands.source(source_id).type).SOURCE for source_id in source_ids}
    return [source_id for source_id, told in declared.items() if told.secrets or told.optional_secrets]


def collect(
    settings: Settings,
    brands: Brands,
    jobs: Sequence[Job],
    *,
    refetch: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
    secrets: Mapping[str, Secrets] | None = None,
) -> list[Outcome]:
    """Collect jobs one after the other; one outcome each, whatever happened to it.

    A job that is done is not asked again, unless `refetch`; one that was left unfinished goes on where it stood.
    `secrets` are fields of connections by source id; the environment comes before them.
    """
    with client_of(settings, brands, limits) as client:
        askers = Askers(settings, brands, client, secrets or {})
        outcomes = [_walked(askers, job, progress, refetch=refetch) for job in jobs]
        first = {(job.source_id, job.day): number for number, job in reversed(list(enumerate(jobs)))}
        for (source_id, day), number in sorted(first.items(), key=lambda item: item[1]):
            with alone(settings, jobs[number], OBSERVED):
                remark = observe(askers, day, source_id, refetch=refetch)
                outcomes[number] = _remarked(settings, jobs[number], outcomes[number], remark)
        return outcomes


def probe(settings: Settings, brands: Brands, config: SourceConfig, day: date, *, client: Client) -> tuple[str, str]:
    """Ask a source its first question and land nothing. Returns a state, complete when it answers, and a sentence."""
    source = source_module(config.type)
    query = query_of(config, config.queries[0] if config.queries else "")
    window = window_of(brands, config.id, day)
    requests = source.seed(query, window)
    if not requests:
        return "complete", "a file: import it with `ouidire import`"
    try:
        answer = Askers(settings, brands, client).of(config.id).answer(requests[0], query, is_conditional=False)
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
    except tallies.UNREADABLE as error:
        return "drifted", tallies.drift_reason(requests[0], error)
    return "complete", f"answers: {_found(page, day)} on its first page"


def _found(page: Page, day: date) -> str:
    """How much of the day a page has, and what else stands there: none need be a sign of anything."""
    posts = [post for post in page.posts if not post.is_context]
    of_day = sum(Window(day).holds(post.created_at) for post in posts)
    name = "yesterday" if day == yesterday() else f"{day}"
    others = f" and {len(posts) - of_day} of other days" if of_day < len(posts) else ""
    more = counted(len(page.next_requests), "further address", "further addresses")
    return f"{counted(of_day, 'post')} of {name}{others}, {more}"


def _walked(askers: Askers, job: Job, progress: Progress | None, *, refetch: bool) -> Outcome:
    with alone(askers.settings, job):
        return Walk(askers, job, progress).run(refetch=refetch)


def _host(brands: Brands, job: Job) -> str:
    """Host of the source's first request (its interface may live elsewhere than its pages), else of its address."""
    config = brands.source(job.source_id)
    query = query_of(config, job.query)
    try:
        seeds = source_module(config.type).seed(query, window_of(brands, job.source_id, job.day))
    except (LookupError, ValueError, TypeError, OverflowError):  # a wrong option: the job's outcome says so
        seeds = []
    return instance_of(seeds[0].url if seeds else query.url) or job.source_id


def _remarked(settings: Settings, job: Job, outcome: Outcome, remark: str | None) -> Outcome:
    """The outcome with what the observation has to say, in place of what it said before; its state stays."""
    told = [words for words in (outcome.reason or "").split("; ") if words and not words.startswith(_REMARK)]
    found = dataclasses.replace(outcome, reason="; ".join([*told, f"{_REMARK}{remark}"] if remark else told) or None)
    if found != outcome:
        journal = Journal(settings, job)
        known = journal.checkpoint
        journal.save(is_walked=known.is_walked, is_done=known.is_done, outcome=tallies.as_dict(found))
    return found


def client_of(settings: Settings, brands: Brands, limits: Limits | None = None) -> Client:
    """A client for the hosts of brands.yml; use as a context manager. It asks a host that is dead only once."""
    return Client(brands.settings, Pace(settings.home / "hosts"), limits or Limits())
