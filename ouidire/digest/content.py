"""What a digest holds; every figure comes from the published file and leads back to posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Voice:
    """How much one brand was talked about."""

    brand: str
    is_rival: bool
    posts: int | None
    """None where nothing was seen."""
    share: float | None
    """Posts that mention it ÷ posts that mention any tracked brand."""
    recommending: int | None
    advising_against: int | None
    """Authors with an organic UMOT, by their latest polarity; None where nothing was seen."""


@dataclass(frozen=True)
class Listening:
    """What one source let us see."""

    source: str
    coverage: float | None
    """Share, 0 to 1, of its planned jobs that were complete or empty."""
    posts: int | None
    """None where nothing was seen."""
    holes: str
    """What was not seen and why; '' when all was."""


@dataclass(frozen=True)
class Moment:
    """One UMOT with the person's words."""

    post_id: str
    words: str
    """The sentence that performs the act."""
    act: str
    """The act itself, part of `words`."""
    author: str
    source: str
    url: str | None
    day: date
    brand: str | None
    product: str
    is_for: bool
    commercial: str
    influenced_by: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Someone asks other people for advice."""

    words: str
    author: str
    source: str
    url: str | None
    day: date


@dataclass(frozen=True)
class Step:
    """One link of a chain of recommendations."""

    author: str
    source: str
    day: date
    url: str | None
    words: str
    """What this person says."""
    led_by: str | None
    """The words that name who led them there; None for the first."""
    did: str
    """recommended, bought, or bought and recommended."""
    days_after: int | None
    """Days since the step before."""
    generation: int


@dataclass(frozen=True)
class Digest:
    """One reading of the published file."""

    brands: tuple[str, ...]
    first_day: date
    last_day: date
    posts: int | None
    copies: int | None
    authors: int | None
    moments_for: int | None
    moments_against: int | None
    """Counts; None where nothing was seen."""
    coverage: float | None
    voices: tuple[Voice, ...]
    voice_by_day: dict[str, dict[date, int]]
    """Posts by brand name and day; an absent day was not seen."""
    sources: tuple[Listening, ...]
    coverage_by_day: dict[str, dict[date, float | None]]
    moments: tuple[Moment, ...]
    """Newest first."""
    products: tuple[tuple[str, int, int], ...]
    """Product, UMOTs for, UMOTs against."""
    chain: tuple[Step, ...]
    questions: tuple[Question, ...]
    """People who ask others what to choose, newest first."""
    path: Path


def percent(share: float | None) -> str:
    """Say a share; unknown is said, never shown as 0."""
    return "unknown" if share is None else f"{share:.0%}"


def number(count: int | None) -> str:
    """Say a count; where nothing was seen it is unknown, never 0."""
    return "unknown" if count is None else str(count)
