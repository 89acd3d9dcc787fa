"""Asks one source: at its pace, with its session, within its quota, conditionally where a body is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from extractors.captures import Capture
from extractors.fetch import Answer, Client
from extractors.journal import Journal
from extractors.quota import Quota
from extractors.session import Secrets, Session, is_over
from extractors.source import Page, Query, Request, Source, option_problems, query_of, source_module
from extractors.validators import Validators
from ouidire.brands import Brands
from ouidire.settings import Settings


@dataclass
class Asker:
    """What the jobs of one source share in a run."""

    source: Source
    client: Client
    session: Session
    quota: Quota
    validators: Validators
    rate: float

    def answer(self, request: Request, query: Query, *, is_conditional: bool = True) -> Answer:
        """The source's answer, after a new login where the session had ended. Raises FetchError."""
        found = self._get(request, query, is_conditional=is_conditional)
        if is_over(found) and self.session.renew(query):
            found = self._get(request, query, is_conditional=is_conditional)
        if not is_over(found):
            self.session.accepted()
        return found

    def capture(self, request: Request, query: Query, journal: Journal) -> Capture:
        """The answer, taken into the journal; a 304 with the body that it stands for."""
        answer = self.answer(request, query)
        body, headers = answer.body, dict(answer.headers)
        if answer.status == 304:
            body, stored = self.validators.body(answer.url)
            headers = {**stored, **headers}
        return journal.add(request, answer.url, answer.status, headers, body, answer.wire_bytes, answer.fetched_at)

    def heed(self, page: Page, capture: Capture) -> None:
        """What a fresh page says of the requests after it, in this process and any other."""
        self.client.hold(capture.url, page.wait_seconds)
        if page.is_quota_spent:
            self.quota.exhaust()

    def _get(self, request: Request, query: Query, *, is_conditional: bool) -> Answer:
        return self.client.get(
            request.url, accept=request.accept, rate=self.rate, veil=self.session.veil(query),
            validator=self.validators.get if is_conditional else None,
            spend=lambda: self.quota.spend(request.cost),
        )  # fmt: skip


@dataclass
class Askers:
    """One asker a source, for as long as a run lasts."""

    settings: Settings
    brands: Brands
    client: Client
    secrets: Mapping[str, Secrets] = field(default_factory=dict)
    """By source id: what was handed over; the environment comes first."""
    _known: dict[str, Asker] = field(default_factory=dict)

    def of(self, source_id: str) -> Asker:
        """The source's asker. Raises ValueError naming options in brands.yml that are none or ill-typed."""
        if source_id not in self._known:
            config = self.brands.source(source_id)
            source, query = source_module(config.type), query_of(config, "")
            if problems := option_problems(config):
                raise ValueError(f"source {source_id!r}: {'; '.join(problems)}")
            is_counted = source.SOURCE.daily_quota is not None
            self._known[source_id] = Asker(
                source=source,
                client=self.client,
                session=Session(self.settings, source, source_id, self.client, self.secrets.get(source_id, {})),
                quota=Quota(
                    self.settings.home / "quota" / f"{config.type}.json",
                    int(source.SOURCE.option(query, "daily_quota")) if is_counted else None,
                ),
                validators=Validators(self.settings),
                rate=float(source.SOURCE.option(query, "rate")),
            )
        return self._known[source_id]
