"""THE schema: one class a table, one annotated field a column.

Arrow schemas, DuckDB tables, column comments and `docs/tables.md` all derive from here (`ouidire/arrow.py`).
Instants end in `_at` and are UTC; spans are half-open character offsets into `Post.text`; rates are 0 to 1;
unknown is None, never 0.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

PARTITION_COLUMNS: Final = ("run_date", "source")

POLARITIES: Final = ("for", "against")
MODALITIES: Final = ("asserted", "conditional", "asked", "reported", "received")

RULE_CUES: Final = (
    "purchase", "intent", "experience", "advice_sought", "influence", "disclosure", "affiliate_link", "promo_code",
    "gifted", "own_product", "tip", "suggestion", "complaint", "reason", "thanks", "comparison", "switch", "giveaway",
    "unboxing", "haul", "tutorial", "test", "when", "adviser",
)  # fmt: skip
"""Kinds of cue that the rules of a language find."""

CUE_KINDS: Final = (*RULE_CUES, "candidate")
"""What a cue may prove: also that something has a name that the catalogue lacks."""

_WORD: Final = re.compile(r"[^\W_]+")
_ASCII: Final = bytes(range(128))
_SPACED: Final = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
"""What of ASCII is no letter or digit as a space; parts of longer characters as they are."""


def post_id(source_type: str, instance: str, native_id: str) -> str:
    """Name a post for ever: the same public text found by two queries or two nights gets the same id.

    `source_type` is the extractor ("mastodon"), `instance` the host[:port] of the post's own uri, lower case.
    """
    return hashlib.sha256("\x1f".join((source_type, instance.lower(), native_id)).encode()).hexdigest()[:20]


def author_id(key: bytes, source_type: str, instance: str, handle: str) -> str:
    """Name an author without telling who: a keyed hash, so that nobody without the key can test a handle."""
    words = "\x1f".join((source_type, instance.lower(), handle.casefold()))
    return hmac.digest(key, words.encode(), "sha256").hex()[:20]


def content_hash(text: str) -> str:
    """Hash of the words alone: case, white space and punctuation apart, so that exact copies meet."""
    raw = text.casefold().encode("utf-8", "replace")
    other = raw.translate(None, _ASCII)
    if not other or other.decode().isalnum():  # punctuation is all ASCII, as it mostly is: a third of the time
        words = b" ".join(raw.translate(_SPACED).split())
    else:
        words = " ".join(_WORD.findall(text.casefold())).encode()
    return hashlib.sha256(words).hexdigest()[:20]


def _either(words: Iterable[str], **meanings: str) -> str:
    """`a, b (what b means) or c`."""
    *others, last = (f"{word} ({meanings[word]})" if word in meanings else word for word in words)
    return f"{', '.join(others)} or {last}"


@dataclass(slots=True, kw_only=True)
class Record:
    """A row of a table. Nobody changes one; it is not frozen, because that makes it four times as dear to make."""


@dataclass(slots=True, kw_only=True)
class Partitioned(Record):
    """What every row that a night commits carries: the partition that a rerun replaces."""

    run_date: Annotated[date, "UTC date of the run that brought the row; with source, the partition a rerun replaces"]
    source: Annotated[str, "id of the source in brands.yml"]


@dataclass(slots=True, kw_only=True)
class Outcome(Partitioned):
    """What one query of one source saw, or why it saw nothing. Grain: source, query, run_date."""

    query: Annotated[str, "the query asked, '' where the source has none"]
    state: Annotated[str, "complete, empty, truncated, blocked, forbidden, unreachable, drifted or not_asked"]
    reason: Annotated[str | None, "why the state is not complete, in words"]
    request_count: Annotated[int, "requests answered, from the network or from stored captures"]
    post_count: Annotated[int, "posts parsed"]
    quarantined_count: Annotated[int, "items refused with a reason, see quarantine"]
    byte_count: Annotated[int, "bytes of bodies received"]
    covered_from_at: Annotated[datetime | None, "start of the time span really seen (UTC)"]
    covered_to_at: Annotated[datetime | None, "end of the time span really seen (UTC)"]
    finished_at: Annotated[datetime, "when the job ended (UTC)"]


@dataclass(slots=True, kw_only=True)
class Post(Partitioned):
    """One public text as one night saw it. Grain: post_id, run_date, source; `core_posts` keeps the latest."""

    post_id: Annotated[str, "hash of source type, instance and native id"]
    native_id: Annotated[str, "the id the source itself gives"]
    source_type: Annotated[
        str,
        "extractor that read it: appreviews, bluesky, discourse, feed, file, forum, hackernews, lemmy, "
        "mastodon, podcast, reddit, reviews, stackexchange, steam, wordpress, youtube",
    ]
    instance: Annotated[str, "host of the post's own address"]
    kind: Annotated[str, "post, review, comment, topic, reply, question, answer, article or episode_turn"]
    url: Annotated[str | None, "where a person can read it"]
    canonical_url: Annotated[str | None, "url without tracking and session parameters"]
    thread_id: Annotated[str | None, "post_id of the first post of the conversation"]
    parent_id: Annotated[str | None, "post_id of the post answered"]
    position: Annotated[int | None, "place in the thread, 0 first; seconds from the start for an episode turn"]
    author_id: Annotated[str | None, "keyed hash of the author, see authors"]
    is_owned: Annotated[bool, "written by an account or on a domain that brands.yml says a brand owns"]
    thread_title: Annotated[str | None, "title of the page, topic or episode that holds it"]
    title: Annotated[str | None, "title of the post itself"]
    text: Annotated[str | None, "the person's words; None once deleted or erased"]
    lang: Annotated[str | None, "ISO 639-1 code, given by the source until understood"]
    rating: Annotated[float | None, "stars given, 0 to 1; four of five are 0.75, or 0.8 where no lowest is told"]
    quoted_url: Annotated[str | None, "address of the post that this one quotes"]
    created_at: Annotated[datetime, "when the person published it (UTC)"]
    created_precision: Annotated[str, "second, minute, day or fetched: how well created_at is known"]
    edited_at: Annotated[datetime | None, "last edit that the source tells (UTC)"]
    seen_at: Annotated[datetime, "when this version was fetched (UTC)"]
    deleted_at: Annotated[datetime | None, "when the source said that it is gone (UTC)"]
    content_hash: Annotated[str, "hash of the words, case and punctuation apart"]
    licence: Annotated[str | None, "licence that the source states"]


@dataclass(slots=True, kw_only=True)
class Engagement(Partitioned):
    """What the public had done with a post at one moment. Grain: post_id, observed_at."""

    post_id: Annotated[str, "the post"]
    observed_at: Annotated[datetime, "when it was read (UTC)"]
    like_count: Annotated[int | None, "likes, favourites or votes; None where the source does not tell"]
    reply_count: Annotated[int | None, "replies; None where the source does not tell"]
    share_count: Annotated[int | None, "reposts; None where the source does not tell"]
    view_count: Annotated[int | None, "views; None where the source does not tell"]


@dataclass(slots=True, kw_only=True)
class AuthorObservation(Partitioned):
    """What was seen of an author at one moment. Grain: author_id, observed_at."""

    author_id: Annotated[str, "keyed hash of the author"]
    source_type: Annotated[str, "extractor that read it"]
    instance: Annotated[str, "host of the account"]
    is_owned: Annotated[bool, "brands.yml says a brand owns the account"]
    observed_at: Annotated[datetime, "when it was read (UTC)"]
    follower_count: Annotated[int | None, "followers; None where the source does not tell"]
    following_count: Annotated[int | None, "accounts followed; None where the source does not tell"]
    post_count: Annotated[int | None, "posts ever published there; None where the source does not tell"]


@dataclass(slots=True, kw_only=True)
class Identity(Partitioned):
    """Who an author_id is: kept apart, erasable, published only when settings say so. Grain: author_id."""

    author_id: Annotated[str, "keyed hash of the author"]
    handle: Annotated[str, "account name or printed name"]
    name: Annotated[str | None, "display name"]
    profile_url: Annotated[str | None, "public profile"]


@dataclass(slots=True, kw_only=True)
class Quarantine(Partitioned):
    """What was refused and why. Grain: one refused item or post."""

    query: Annotated[str, "the query that brought it"]
    stage: Annotated[str, "collect, parse or understand"]
    item: Annotated[str, "the item's own id or address, else its place in the response or file"]
    reason: Annotated[str, "what is wrong with it, in words"]


@dataclass(slots=True, kw_only=True)
class Span(Partitioned):
    """A stretch of a post's text that a rule recognised."""

    span_id: Annotated[str, "hash of post_id, rule_id, start and end"]
    post_id: Annotated[str, "the post"]
    start: Annotated[int, "first character, counted from 0 in posts.text"]
    end: Annotated[int, "one past the last character"]
    text: Annotated[str, "the words themselves"]
    brand_id: Annotated[str | None, "brand in brands.yml"]
    product_id: Annotated[str | None, "product in brands.yml"]
    rule_id: Annotated[str, "the rule that recognised it"]
    rule_version: Annotated[str, "version of the rules"]
    confidence: Annotated[float, "0 to 1"]


@dataclass(slots=True, kw_only=True)
class Mention(Span):
    """A span resolved to a brand or product of brands.yml. Grain: span_id."""

    is_linked: Annotated[bool, "resolved from context (thread, title, pronoun), not from a name in the text"]


@dataclass(slots=True, kw_only=True)
class Act(Span):
    """A phrase that tells a reader what to do about a product (gold/GUIDE.md). Grain: span_id."""

    polarity: Annotated[str, f"{_either(POLARITIES)}, negation resolved"]
    modality: Annotated[str, _either(MODALITIES)]
    target: Annotated[str | None, "what is recommended, as named in the text"]
    addressee: Annotated[str, "seeker or public"]
    strength: Annotated[float, "0 to 1: 'foncez' is stronger than 'pourquoi pas'"]


@dataclass(slots=True, kw_only=True)
class Cue(Span):
    """Any other evidence span. Grain: span_id."""

    kind: Annotated[
        str,
        _either(
            CUE_KINDS,
            when="beside a purchase or switch",
            adviser="whom to listen to",
            candidate="a product or company that brands.yml does not name",
        ),
    ]
    value: Annotated[
        str | None,
        "what it says: the influencer's or adviser's name, the code, the reason, what was left in a switch; of when, "
        "how long ago (P2W; P0D: that day), the calendar week, month or year so many before that of the post (M-1), a "
        "date (2025-09-12, 2025-09, 2025), the last of its name (--09, --09-12, --SU a season, -W-1 a Monday)",
    ]


@dataclass(slots=True, kw_only=True)
class Reading(Partitioned):
    """What a careful person would conclude from the whole post. Grain: post_id, run_date, source."""

    post_id: Annotated[str, "the post"]
    lang: Annotated[str | None, "ISO 639-1 code identified; None when unknown"]
    lang_confidence: Annotated[float, "0 to 1"]
    stance: Annotated[str, "for, against, mixed or none: sum of the author's own acts"]
    experience: Annotated[str, "claimed or none"]
    purchase: Annotated[str, "bought, intends or none"]
    is_seeking_advice: Annotated[bool, "asks people which product to choose or whether it is good"]
    influenced_by: Annotated[str | None, "who or what led the author to the product, in their words"]
    commercial: Annotated[str, "organic (no commercial evidence found), disclosed or probable"]
    umot: Annotated[str, "positive, negative or none"]
    advocacy: Annotated[float | None, "-1 to 1: would this author recommend it?"]
    bands: Annotated[str | None, "20 hashes of its word pairs (MinHash) that find near-copies; None when short"]
    rule_version: Annotated[str, "version of the rules"]


@dataclass(slots=True, kw_only=True)
class Correction(Record):
    """What a person corrected in the reading of a post; it wins over the rules until undone. Grain: correction_id."""

    correction_id: Annotated[str, "hash of what is corrected, and of when"]
    post_id: Annotated[str, "the post"]
    corrected: Annotated[str, "readings, acts, cues or mentions: the table that the correction is about"]
    action: Annotated[str, "set (a column of readings), add or drop (a span; it takes the place of those it overlaps)"]
    field: Annotated[str | None, "the column of readings that is set"]
    value: Annotated[str | None, "what it is set to; of a cue, what it says"]
    quote: Annotated[str | None, "the words of the span, exactly as the post has them"]
    start: Annotated[int | None, "first character, counted from 0 in posts.text"]
    end: Annotated[int | None, "one past the last character"]
    kind: Annotated[str | None, "of a cue: its kind"]
    polarity: Annotated[str | None, f"{_either(POLARITIES)}, negation resolved"]
    modality: Annotated[str | None, _either(MODALITIES)]
    brand_id: Annotated[str | None, "brand in brands.yml"]
    product_id: Annotated[str | None, "product in brands.yml"]
    why: Annotated[str | None, "the reason, in words"]
    corrected_by: Annotated[str | None, "who says so"]
    corrected_at: Annotated[datetime, "when (UTC)"]


@dataclass(slots=True, kw_only=True)
class Change(Record):
    """What a change of rules, words or brands.yml did to the reading of a post. Grain: one value or span changed."""

    changed_at: Annotated[datetime, "when the day was read again (UTC)"]
    post_id: Annotated[str, "the post"]
    source: Annotated[str, "id of the source in brands.yml"]
    changed: Annotated[str, "readings, acts, cues or mentions: the table in which it shows"]
    what: Annotated[str, "the column of readings, the kind of a cue, the polarity of an act, or mention"]
    old_value: Annotated[str | None, "value or words before; None for a span that is new"]
    new_value: Annotated[str | None, "value or words after; None for a span that is gone"]
    rule_id: Annotated[str | None, "rule of the span; None for a column of readings"]
    from_version: Annotated[str, "version of the rules before"]
    to_version: Annotated[str, "version of the rules after"]


TABLES: Final[dict[str, type[Partitioned]]] = {
    "outcomes": Outcome,
    "posts": Post,
    "engagement": Engagement,
    "author_observations": AuthorObservation,
    "identities": Identity,
    "quarantine": Quarantine,
    "mentions": Mention,
    "acts": Act,
    "cues": Cue,
    "readings": Reading,
}
"""Every table that a night commits, by name. `collect` and `parse` fill the first six, `understand` the rest."""

KEPT: Final[dict[str, type[Record]]] = {"corrections": Correction, "changes": Change}
"""Tables that no rerun replaces: people wrote them, or they tell what a replacement did."""
