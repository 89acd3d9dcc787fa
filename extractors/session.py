"""Secrets of a source, and the session that they open: in memory only, one a run and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from extractors.fetch import Answer, Client, FetchError
from extractors.source import Credentials, DriftError, Query, Response, Source
from extractors.tally import UNREADABLE
from extractors.veil import NOTHING, Veil
from ouidire.settings import Settings, secret_variable

Secrets = Mapping[str, str]


def secrets_of(settings: Settings, source: Source, source_id: str, given: Secrets) -> dict[str, str]:
    """What the environment holds for a source, then what was handed over (an Airflow connection).

    A field that has a secret's name is it. Of the other required ones the last is the connection's password, the one
    before it the login.
    """
    declared = source.SOURCE
    names = (*declared.secrets, *declared.optional_secrets)
    told = {name: settings.secret(source_id, name) or str(given.get(name) or "") for name in names}
    open_names = [name for name in declared.secrets or declared.optional_secrets if not told[name]]
    fields = [field for field in ("password", "login") if field not in names]
    for name, where in zip(reversed(open_names), fields, strict=False):
        told[name] = str(given.get(where) or "")
    return {name: value.strip() for name, value in told.items() if value.strip()}


@dataclass(repr=False)
class Session:
    """Credentials of one source, made when the first request needs them."""

    settings: Settings
    source: Source
    source_id: str
    client: Client
    given: Secrets = field(default_factory=dict)
    _veil: Veil | None = None
    _failure: FetchError | None = None
    _is_renewed: bool = False

    def veil(self, query: Query) -> Veil:
        """What to add to requests. Raises FetchError: `not_asked` without a required secret, or a login that failed."""
        if self._failure:  # kept: a wrong password is not tried again for each query
            raise FetchError(self._failure.state, str(self._failure))
        if self._veil is None:
            try:
                self._veil = self._open(query)
            except FetchError as error:
                self._failure = error
                raise
        return self._veil

    def accepted(self) -> None:
        """An answer came: when the session ends the next time, it may be renewed again."""
        self._is_renewed = False

    def renew(self, query: Query) -> bool:
        """Log in again. False: there is no login, or the session was made just now. Raises FetchError."""
        if self._is_renewed or not hasattr(self.source, "login"):
            return False
        self._veil, self._is_renewed = None, True
        self.veil(query)
        return True

    def _open(self, query: Query) -> Veil:
        declared: Any = self.source
        secrets = secrets_of(self.settings, self.source, self.source_id, self.given)
        if missing := [name for name in self.source.SOURCE.secrets if name not in secrets]:
            variables = " and ".join(secret_variable(self.source_id, name) for name in missing)
            raise FetchError(
                "not_asked",
                f"source {self.source_id!r} needs {variables} in the environment, or an Airflow connection "
                f"ouidire_{self.source_id}",
            )
        if not hasattr(declared, "credentials"):
            return NOTHING
        words = Veil(words=tuple(secrets.values()))
        answer = self._log_in(query, secrets, words) if hasattr(declared, "login") and secrets else None
        try:
            found: Credentials = declared.credentials(query, secrets, answer)
        except UNREADABLE as error:  # the words of others than a source may quote the answer, which holds the session
            told = words.hidden(str(error)) if isinstance(error, DriftError) else type(error).__name__
            reason = f"source {self.source_id!r}: the login's answer cannot be read ({told})"
            raise FetchError("drifted", reason) from None
        return Veil(found, words.words)

    def _log_in(self, query: Query, secrets: Secrets, words: Veil) -> Response:
        declared: Any = self.source
        answer = self.client.post(declared.login(query, secrets), rate=self.source.SOURCE.rate, veil=words)
        if answer.status not in (200, 201):
            is_passing = answer.status == 429 or answer.status >= 500
            remedy = "try again later" if is_passing else "check its secrets: " + ", ".join(
                secret_variable(self.source_id, name) for name in self.source.SOURCE.secrets
            )  # fmt: skip
            state = "blocked" if answer.status == 429 else "unreachable" if is_passing else "forbidden"
            raise FetchError(state, f"source {self.source_id!r}: the login is answered {answer.status}; {remedy}")  # type: ignore[arg-type]
        return Response(
            url=answer.url, status=answer.status, headers=answer.headers, body=answer.body,
            fetched_at=datetime.now(UTC), query=query,
        )  # fmt: skip


def is_over(answer: Answer) -> bool:
    """Whether the session has ended: 401, or the 400 with which XRPC servers say so."""
    return answer.status == 401 or (answer.status == 400 and b'"ExpiredToken"' in answer.body)
