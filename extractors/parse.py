"""Captures to rows: a pure function of what landed, replayed as often as rules change, without the network."""

from __future__ import annotations

import dataclasses
import pickle
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from extractors.address import canonical_url, instance_of
from extractors.captures import Capture, Checkpoint, checkpoints, is_expired, newest
from extractors.observe import PlannedRow, observed_window, planned
from extractors.source import PostDraft, Query, Source, Window, query_of, source_module, window_of
from extractors.suppressions import Suppressions
from extractors.tally import KINDS, drift_reason, from_dict, is_kept
from extractors.text import clean, clean_name
from ouidire import lake, records
from ouidire.brands import Brands
from ouidire.records import AuthorObservation, Engagement, Identity, Outcome, Partitioned, Post, Quarantine
from ouidire.settings import Settings

TABLES: Final = ("posts", "engagement", "author_observations", "identities", "quarantine")
_Read: TypeAlias = tuple[Capture, list[tuple[PostDraft | str, str]]]
"""A capture without its body, and what was read in it."""

_LONGEST_TEXT = 500_000
_PRECISIONS = frozenset(("second", "minute", "day", "fetched"))
_PUBLISHED = frozenset(("article", "episode_turn"))
"""Kinds that the owner of a site writes; on a brand's own domain its visitors write the others."""


def parse_partition(settings: Settings, brands: Brands, run_date: date, source_id: str) -> dict[str, int]:
    """Replace the partition's staged tables by what its captures say. Returns rows by table.

    Within the partition the newest version of a post wins. What cannot become a post goes to quarantine. Where captures
    were removed for their age, the tables stay as they are.
    """
    if is_expired(settings, run_date, source_id):
        return {name: lake.count_rows(settings, run_date, source_id, name) for name in (*TABLES, "outcomes")}
    config = brands.source(source_id)
    source = source_module(config.type)
    parser = _Parser(
        settings=settings, brands=brands, source=source, run_date=run_date, source_id=source_id,
        source_type=config.type, window=window_of(brands, source_id, run_date),
        suppressions=Suppressions.load(settings.home), author_key=settings.author_key,
        planned=planned(settings, run_date, source_id),
    )  # fmt: skip
    with ExitStack() as stack:
        writers = {name: stack.enter_context(lake.TableWriter(settings, run_date, source_id, name)) for name in TABLES}
        for table, row in parser.rows():
            writers[table].write([row])
    counts = {name: writer.count for name, writer in writers.items()}
    outcomes = [parser.outcome(found) for found in checkpoints(settings, run_date, source_id)]
    return {**counts, "outcomes": lake.write_rows(settings, run_date, source_id, "outcomes", outcomes)}


@dataclass
class _Names:
    """How the partition's posts refer to each other; only filled for sources that declare has_references."""

    alias: dict[str, str] = field(default_factory=dict)
    parent: dict[str, PostDraft] = field(default_factory=dict)
    title: dict[str, str] = field(default_factory=dict)


@dataclass
class _Parser:
    settings: Settings
    brands: Brands
    source: Source
    run_date: date
    source_id: str
    source_type: str
    window: Window
    suppressions: Suppressions
    author_key: bytes
    planned: dict[str, PlannedRow]
    """Posts of earlier nights that this one asked for again."""
    names: _Names = field(default_factory=_Names)
    post_counts: dict[str, set[str]] = field(default_factory=dict)
    refused_counts: dict[str, set[str]] = field(default_factory=dict)
    seen_posts: set[str] = field(default_factory=set)
    seen_authors: set[str] = field(default_factory=set)
    counted_authors: set[str] = field(default_factory=set)

    def rows(self) -> Iterator[tuple[str, Partitioned]]:
        """Every row of the partition but outcomes, newest capture first, with its table."""
        is_import = self.source.SOURCE.window == "import"
        pages = self._named() if self.source.SOURCE.has_references else self._pages()
        for capture, found, place in ((capture, *read) for capture, page in pages for read in page):
            if capture.is_observed:  # a failure here is told by the outcome, and no hole in the day
                if isinstance(found, PostDraft) and self._id(found) in self.planned:
                    yield from self._accept(capture, found)
            elif isinstance(found, str):
                yield from self._refusal(capture, place, found)
            elif is_kept(found, self.window, is_import=is_import):
                yield from self._accept(capture, found)
        yield from self._tombstones()

    def outcome(self, checkpoint: Checkpoint) -> Outcome:
        """The job's outcome with the counts of this parse."""
        query = checkpoint.query
        posts, refused = len(self.post_counts.get(query, ())), len(self.refused_counts.get(query, ()))
        if not checkpoint.outcome:
            return _interrupted(self.run_date, self.source_id, query, posts, refused)
        outcome = from_dict(checkpoint.outcome)
        state = outcome.state
        if state in ("complete", "empty"):
            state = "complete" if posts else "empty"
        return dataclasses.replace(outcome, state=state, post_count=posts, quarantined_count=refused)

    def _named(self) -> Iterator[_Read]:
        """The pages, after all of them told the names that their posts have for each other.

        They wait on disk meanwhile: reading them twice costs more, and memory stays flat.
        """
        with tempfile.TemporaryFile() as waiting:
            for capture, page in self._pages():
                for draft in (found for found, _ in page if isinstance(found, PostDraft)):
                    self._name(draft)
                pickle.dump((capture, page), waiting, protocol=pickle.HIGHEST_PROTOCOL)
            end = waiting.tell()
            waiting.seek(0)
            while waiting.tell() < end:
                read: _Read = pickle.load(waiting)  # noqa: S301 our own file, that nobody else can name
                yield read

    def _pages(self) -> Iterator[_Read]:
        """The drafts of each capture; a str is a reason why there is none, and the place that it is about."""
        queries: dict[str, Query] = {}
        config = self.brands.source(self.source_id)
        for capture in newest(self.settings, self.run_date, self.source_id):
            query = queries.setdefault(capture.query, query_of(config, capture.query))
            window = observed_window(self.run_date) if capture.is_observed else self.window
            try:
                page = self.source.parse(capture.request, capture.response(query), window)
                found = [(refused.reason, refused.item) for refused in page.refused]
                read: list[tuple[PostDraft | str, str]] = [*found, *((draft, "") for draft in reversed(page.posts))]
            except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
                read = [(drift_reason(capture.request, error), capture.url)]
            yield dataclasses.replace(capture, body=b""), read

    def _id(self, draft: PostDraft, native_id: str | None = None) -> str:
        return records.post_id(self.source_type, draft.instance, clean_name(native_id or draft.native_id))

    def _name(self, draft: PostDraft) -> None:
        post_id = self._id(draft)
        if draft.alias:
            self.names.alias.setdefault(draft.alias, post_id)
        if draft.parent or draft.parent_alias:
            self.names.parent.setdefault(post_id, draft)
        if draft.title:
            self.names.title.setdefault(post_id, draft.title)

    def _parent(self, draft: PostDraft) -> str | None:
        if draft.parent:
            return self._id(draft, draft.parent)
        return self.names.alias.get(draft.parent_alias) if draft.parent_alias else None

    def _thread(self, draft: PostDraft) -> str:
        """First post of the conversation: as stated, else the end of the chain of known parents."""
        if draft.thread:
            return self._id(draft, draft.thread)
        post_id, climbed = self._id(draft), set[str]()
        parent = self._parent(draft)
        while parent and parent not in climbed:
            climbed.add(parent)
            post_id = parent
            above = self.names.parent.get(parent)
            parent = self._parent(above) if above else None
        return post_id

    def _refusal(self, capture: Capture, item: str, reason: str) -> Iterator[tuple[str, Partitioned]]:
        known = self.refused_counts.setdefault(capture.query, set())
        if f"{item}\0{reason}" not in known:
            known.add(f"{item}\0{reason}")
            yield "quarantine", Quarantine(
                run_date=self.run_date, source=self.source_id, query=capture.query, stage="parse",
                item=clean(item)[:500], reason=clean(reason)[:500],
            )  # fmt: skip

    def _accept(self, capture: Capture, draft: PostDraft) -> Iterator[tuple[str, Partitioned]]:
        post_id = self._id(draft)
        text = clean(draft.text)
        author_id = self._author_id(draft)
        if self.suppressions.hides(post_id, author_id):
            return
        is_deleted = post_id in self.suppressions.deleted
        if not is_deleted and (problem := _problem(draft, text, capture.fetched_at)):
            if not capture.is_observed:
                yield from self._refusal(capture, draft.url or draft.native_id, problem)
            return
        if not capture.is_observed:
            self.post_counts.setdefault(capture.query, set()).add(post_id)
        if post_id in self.seen_posts:
            return
        self.seen_posts.add(post_id)
        post = self._post(capture, draft, post_id, author_id, text)
        yield "posts", post
        counts = (draft.like_count, draft.reply_count, draft.share_count, draft.view_count)
        if any(count is not None for count in counts):
            yield "engagement", self._engagement(capture, draft, post_id)
        if author_id and not is_deleted:
            yield from self._author(capture, draft, author_id, is_owned=post.is_owned)

    def _author_id(self, draft: PostDraft) -> str | None:
        author = draft.author
        key = clean_name(author.key or author.handle) if author else ""
        if not author or not key:
            return None
        return records.author_id(self.author_key, self.source_type, author.instance or draft.instance, key)

    def _is_owned(self, draft: PostDraft) -> bool:
        author = draft.author
        site = author.profile_url if author and author.profile_url else None
        if site and instance_of(site) == draft.instance:
            site = None  # a profile on the forum that a brand hosts does not make a visitor one of its people
        handles = {clean_name(name) for name in (author.handle, author.key) if name} if author else set()
        return (
            any(self.brands.is_owned(handle, None) for handle in handles)
            or self.brands.is_owned(None, site)
            or (draft.kind in _PUBLISHED and self.brands.is_owned(None, draft.url))
        )

    def _post(self, capture: Capture, draft: PostDraft, post_id: str, author_id: str | None, text: str) -> Post:
        thread_id = self._thread(draft)
        url = clean(draft.url) if draft.url else None
        post = Post(
            run_date=self.run_date, source=self.source_id, post_id=post_id, native_id=clean_name(draft.native_id),
            source_type=self.source_type, instance=clean_name(draft.instance), kind=draft.kind, url=url,
            canonical_url=_canonical(url), thread_id=thread_id, parent_id=self._parent(draft), position=draft.position,
            author_id=author_id, is_owned=self._is_owned(draft),
            thread_title=_title(draft.thread_title or self.names.title.get(thread_id)), title=_title(draft.title),
            text=text, lang=_language(draft.lang), rating=draft.rating,
            quoted_url=clean(draft.quoted_url) if draft.quoted_url else None,
            created_at=draft.created_at, created_precision=draft.created_precision, edited_at=draft.edited_at,
            seen_at=capture.fetched_at, deleted_at=None,
            content_hash=records.content_hash(text), licence=_title(draft.licence),
        )  # fmt: skip
        return self._without_words(self._placed(post))

    def _placed(self, post: Post) -> Post:
        """A post asked for again, where the night that found it had put it: alone, it may not tell its thread."""
        known = self.planned.get(post.post_id)
        if known is None:
            return post
        fields = ("parent_id", "position", "author_id", "lang", "url", "canonical_url", "licence")
        missing = {name: known[name] for name in fields if getattr(post, name) is None}
        thread_id = known["thread_id"] if post.thread_id in (None, post.post_id) else post.thread_id
        return dataclasses.replace(post, thread_id=thread_id, **missing)

    def _without_words(self, post: Post) -> Post:
        """A post that its source says is gone keeps its place, and nothing that was said."""
        gone = self.suppressions.deleted
        if post.thread_id in gone:
            post = dataclasses.replace(post, thread_title=None)
        if post.post_id not in gone:
            return post
        return dataclasses.replace(
            post, text=None, title=None, rating=None, quoted_url=None, content_hash=records.content_hash(""),
            deleted_at=gone[post.post_id],
        )  # fmt: skip

    def _tombstones(self) -> Iterator[tuple[str, Partitioned]]:
        """Rows of the posts that this night asked for and found gone."""
        for post_id, known in self.planned.items():
            deleted_at = self.suppressions.deleted.get(post_id)
            is_hidden = self.suppressions.hides(post_id, known["author_id"])
            if deleted_at and post_id not in self.seen_posts and not is_hidden:
                yield "posts", Post(
                    run_date=self.run_date, source=self.source_id, **{**known, "rating": None}, thread_title=None,
                    title=None, text=None, quoted_url=None, seen_at=deleted_at, deleted_at=deleted_at,
                    content_hash=records.content_hash(""),
                )  # fmt: skip

    def _engagement(self, capture: Capture, draft: PostDraft, post_id: str) -> Engagement:
        return Engagement(
            run_date=self.run_date, source=self.source_id, post_id=post_id, observed_at=capture.fetched_at,
            like_count=draft.like_count, reply_count=draft.reply_count, share_count=draft.share_count,
            view_count=draft.view_count,
        )  # fmt: skip

    def _author(
        self, capture: Capture, draft: PostDraft, author_id: str, *, is_owned: bool
    ) -> Iterator[tuple[str, Partitioned]]:
        """Who it is, once; what was seen of the account once more when the newest answers did not tell its counts."""
        author = draft.author
        if author is None:
            return
        is_new = author_id not in self.seen_authors
        counts = (author.follower_count, author.following_count, author.post_count)
        is_counted = any(count is not None for count in counts)
        if is_new or (is_counted and author_id not in self.counted_authors):
            yield "author_observations", AuthorObservation(
                run_date=self.run_date, source=self.source_id, author_id=author_id, source_type=self.source_type,
                instance=(author.instance or draft.instance).partition("/")[0], is_owned=is_owned,
                observed_at=capture.fetched_at, follower_count=author.follower_count,
                following_count=author.following_count, post_count=author.post_count,
            )  # fmt: skip
        self.seen_authors.add(author_id)
        if is_counted:
            self.counted_authors.add(author_id)
        if not is_new:
            return
        yield "identities", Identity(
            run_date=self.run_date, source=self.source_id, author_id=author_id, handle=clean_name(author.handle),
            name=_title(author.name), profile_url=clean(author.profile_url) if author.profile_url else None,
        )  # fmt: skip


def _problem(draft: PostDraft, text: str, fetched_at: datetime) -> str | None:
    """Why a draft cannot be a row."""
    has_words = any(c.isalnum() or ord(c) > 0x2000 for c in text)  # beyond 0x2000: an emoji alone is a word too
    at = draft.created_at
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (  # the words are only written for a draft that fails
        (has_words or bool(draft.title), lambda: "no words: an image, a link or nothing"),
        (len(text) <= _LONGEST_TEXT, lambda: f"text of {len(text):,} characters, longer than {_LONGEST_TEXT:,}"),
        (draft.kind in KINDS, lambda: f"kind {draft.kind!r} is unknown; known: {', '.join(sorted(KINDS))}"),
        (draft.created_precision in _PRECISIONS, lambda: f"created_precision {draft.created_precision!r} is unknown"),
        (at.year >= 1970, lambda: f"created_at {at:%Y-%m-%d} lies before 1970"),
        (at <= fetched_at + timedelta(days=2), lambda: f"created_at {at:%Y-%m-%d} is yet to come"),
        (draft.rating is None or 0 <= draft.rating <= 1, lambda: f"rating {draft.rating} is not within 0 and 1"),
    )
    return next((reason() for is_right, reason in checks if not is_right), None)


def _title(words: str | None) -> str | None:
    return " ".join(clean(words).split()) or None if words else None


def _language(tag: str | None) -> str | None:
    """'fr-CA' as 'fr'; None when it is no language tag."""
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", tag or "")
    return found[1].lower() if found else None


def _canonical(url: str | None) -> str | None:
    try:
        return canonical_url(url) if url else None
    except ValueError:  # an address such as http://[broken: it stays readable in url
        return None


def _interrupted(run_date: date, source: str, query: str, posts: int, refused: int) -> Outcome:
    return Outcome(
        run_date=run_date, source=source, query=query, state="truncated",
        reason="the run was interrupted; run the day again: it goes on where it stood", request_count=0, byte_count=0,
        covered_from_at=None, covered_to_at=None,
        finished_at=Window(run_date).end_at, post_count=posts,
        quarantined_count=refused,
    )  # fmt: skip
