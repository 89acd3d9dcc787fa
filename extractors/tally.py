"""What a walk has seen, and the outcome that it amounts to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from extractors.address import redacted
from extractors.captures import Capture, Job
from extractors.source import DriftError, Page, PostDraft, Request, SourceType, Window, in_words
from extractors.text import clean
from ouidire.records import Outcome

KINDS: Final = frozenset((
    "post", "review", "comment", "topic", "reply", "question", "answer", "article", "episode_turn",
))  # fmt: skip
_LIMITED: Final = re.compile(
    rb"quotaExceeded|dailyLimitExceeded|rateLimitExceeded|throttle_violation|RateLimitExceeded"
)
"""How interfaces say in a 400 or 403 that it is the number of requests that they refuse."""
_SPENT: Final = re.compile(rb"quotaExceeded|dailyLimitExceeded")
"""That nothing more may be asked on this day."""
UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What a parser raises on an answer that is not of its format."""


@dataclass
class Tally:
    """Counts of one job, from its first answer to its last."""

    requests: int = 0
    byte_count: int = 0
    drafts: int = 0
    posts: set[tuple[str, str]] = field(default_factory=set)
    refused: int = 0
    withheld: set[str] = field(default_factory=set)
    older: set[tuple[str, str]] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    """What a source says is not open to anybody (comments switched off), in words: nothing was missed."""
    cut: list[str] = field(default_factory=list)
    """What a source's cap of results hid, in words."""
    circles: list[str] = field(default_factory=list)
    """Links that would have led on for ever, in words."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    listed_from: datetime | None = None
    is_end: bool = False
    has_answer: bool = False

    def take(self, page: Page, window: Window) -> None:
        """Count one page."""
        self.has_answer = True
        self.drafts += len(page.posts)
        self.refused += len(page.refused)
        self.withheld.update(page.withheld)
        self.is_end = self.is_end or page.is_end
        if page.listed_from:
            self.listed_from = min(self.listed_from or page.listed_from, page.listed_from)
        for draft in page.posts:
            if is_kept(draft, window):
                self.posts.add((draft.instance, draft.native_id))
            elif not draft.is_context and draft.created_at < window.since_at:
                self.older.add((draft.instance, draft.native_id))

    def state(self, rest: int) -> str | None:
        """State that the failures amount to; None when there is none.

        blocked and drifted say more than truncated; any other failure does only when nothing was answered.
        """
        states = [state for state, _ in self.failures]
        for grave in ("blocked", "drifted"):
            if grave in states:
                return grave
        if states:
            return "truncated" if self.has_answer else states[0]
        if self.refused >= 5 and not self.drafts:
            return "drifted"
        return "truncated" if rest or self.cut or self.circles else None

    def reasons(self, rest: int) -> list[str]:
        """The failures in words."""
        found = [reason for _, reason in self.failures[:3]]
        if len(self.failures) > 3:
            found.append(f"{len(self.failures) - 3} more requests failed")
        if self.refused >= 5 and not self.drafts:
            found.append(f"none of {self.refused} items can be read, see quarantine")
        found += self.cut[:3]
        if len(self.cut) > 3:
            found.append(f"{len(self.cut) - 3} more seconds were cut")
        found += self.circles[:2]
        if len(self.circles) > 2:
            found.append(f"{len(self.circles) - 2} more circles of links")
        return [*found, f"{rest} addresses not asked"] if rest else found

    def remarks(self, source_type: SourceType) -> list[str]:
        """What a reader should know although nothing failed."""
        found = []
        if self.gone:
            found.append(f"{len(self.gone)} addresses are gone, first {self.gone[0]}")
        if self.closed:
            more = f" and {len(self.closed) - 1} more" if len(self.closed) > 1 else ""
            found.append(f"{self.closed[0]}{more}")
        if self.withheld:
            found.append(f"{len(self.withheld)} posts left out: their authors do not want to be indexed")
        if self.older and source_type.window == "newest":
            found.append(f"{len(self.older)} listed posts are older than this window")
        return found

    def covered_from(self, window: Window, source_type: SourceType) -> tuple[datetime | None, str | None]:
        """From when the day was really seen, and what a newest-only listing did not reach."""
        start_at, listed_from = window.start_at, self.listed_from
        if not self.has_answer:
            return None, None
        is_reached = self.is_end or listed_from is None or listed_from < start_at
        if source_type.window != "newest" or is_reached or listed_from is None:
            return start_at, None
        words = f"the listing only goes back to {listed_from:%Y-%m-%d %H:%M}"
        if listed_from >= window.end_at:
            return None, f"{words}: nothing of this day is in it"
        return listed_from, words


def unknown_kind(page: Page) -> DriftError | None:
    """The error that a draft of no kind we know amounts to: the source has learnt something that we have not."""
    found = next((draft for draft in page.posts if draft.kind not in KINDS), None)
    if found is None:
        return None
    return DriftError(f"{found.native_id}: kind {found.kind!r} is unknown; known: {', '.join(sorted(KINDS))}")


def is_kept(draft: PostDraft, window: Window, *, is_import: bool = False) -> bool:
    """Whether a draft becomes a row of the window: published or edited in it. Collect and parse both ask here."""
    is_edited = draft.edited_at is not None and window.holds(draft.edited_at)
    return not draft.is_context and (is_import or is_edited or window.holds(draft.created_at))


def judge(job: Job, tally: Tally, window: Window, source_type: SourceType, *, rest: int, asked_at: datetime) -> Outcome:
    """The outcome of a walk: its state, the gravest reasons first."""
    state, reasons = tally.state(rest), tally.reasons(rest)
    covered_from, gap = tally.covered_from(window, source_type)
    if gap:
        state, reasons = state or "truncated", [*reasons, gap]
    if asked_at < window.end_at:
        state = state or "truncated"
        reasons.append(f"{job.day} is not over (UTC): asked until {asked_at:%Y-%m-%d %H:%M}")
    least, most = source_type.expected_per_day
    if len(tally.posts) > most:
        state, reasons = "drifted", [f"{len(tally.posts)} posts where at most {most} are expected", *reasons]
    if state is None and len(tally.posts) < least:
        state, reasons = "drifted", [f"{len(tally.posts)} posts where at least {least} are expected", *reasons]
    state = state or ("complete" if tally.posts else "empty")
    covered_to = min(asked_at, window.end_at) if covered_from else None
    reasons += tally.remarks(source_type)
    return outcome(job, tally, state, reasons, covered_from=covered_from, covered_to=covered_to)


def judge_file(rows: int, refused: int) -> tuple[str, list[str]]:
    """State of a file that was read to its end, by rows that can be read and rows that were refused; its reasons."""
    if refused and not rows:
        return "drifted", [f"none of its {refused} rows can be read, see quarantine"]
    return "complete" if rows else "empty", []


def outcome(
    job: Job,
    tally: Tally,
    state: str,
    reasons: list[str],
    *,
    covered_from: datetime | None = None,
    covered_to: datetime | None = None,
) -> Outcome:
    """An outcome row."""
    return Outcome(
        run_date=job.day,
        source=job.source_id,
        query=job.query,
        state=state,
        reason=clean("; ".join(reasons)) or None,
        request_count=tally.requests,
        post_count=len(tally.posts),
        quarantined_count=tally.refused,
        byte_count=tally.byte_count,
        covered_from_at=covered_from,
        covered_to_at=covered_to,
        finished_at=datetime.now(UTC),
    )


def is_spent(capture: Capture) -> bool:
    """Whether a refusal says that the day's quota is spent, and not only that requests come too fast."""
    return capture.status in (403, 429) and _SPENT.search(capture.body) is not None


def refusal(request: Request, capture: Capture) -> tuple[str, str]:
    """The state that a status other than success means, and its sentence."""
    status, where = capture.status, redacted(request.url)
    is_limited = capture.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in capture.headers
    is_limited = is_limited or _LIMITED.search(capture.body) is not None
    if status == 429 or (status in (400, 403) and is_limited):
        return "blocked", f"{where} answers {status}: rate limit reached"
    if status in (401, 403, 407, 422, 451):
        return "forbidden", f"{where} answers {status}: not open to the public"
    if status in (404, 410):
        return "unreachable", f"{where} answers {status}: check the source's url in brands.yml"
    return "unreachable", f"{where} answers {status}"


def drift_reason(request: Request, error: Exception) -> str:
    """Why an answer could not be read, naming the address."""
    return f"{redacted(request.url)} cannot be read: {in_words(error)}"[:500]


def as_dict(row: Outcome) -> dict[str, Any]:
    """An outcome as JSON-able data."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in dataclasses.asdict(row).items()}


def from_dict(row: dict[str, Any]) -> Outcome:
    """The outcome that `as_dict` wrote."""
    read: dict[str, Callable[[str], Any]] = {
        "run_date": date.fromisoformat,
        "covered_from_at": datetime.fromisoformat,
        "covered_to_at": datetime.fromisoformat,
        "finished_at": datetime.fromisoformat,
    }
    return Outcome(**{k: read[k](v) if k in read and v else v for k, v in row.items()})
