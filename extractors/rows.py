"""From one draft to its rows: who it is, whose it is, its words cleaned; what was erased stays gone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

from extractors.address import canonical_url, instance_of
from extractors.captures import Capture
from extractors.names import Names
from extractors.observe import PlannedRow
from extractors.source import AuthorDraft, PostDraft
from extractors.suppressions import Suppressions
from extractors.tally import KINDS
from extractors.text import clean, clean_name
from ouidire import records
from ouidire.brands import Brands
from ouidire.records import AuthorObservation, Engagement, Identity, Partitioned, Post

Row: TypeAlias = tuple[str, Partitioned]
"""A row, after the name of its table."""

_LONGEST_TEXT: Final = 500_000
_PRECISIONS: Final = frozenset(("second", "minute", "day", "fetched"))
_PUBLISHED: Final = frozenset(("article", "episode_turn"))
"""Kinds that the owner of a site writes; on a brand's own domain its visitors write the others."""
_IS_WORD: Final = re.compile(r"[^\W_]|[^\x00-\u2000]")
"""Beyond U+2000: an emoji alone is a word too."""
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2})(?:[-_]|$)")
_ACCOUNTS: Final = 8192
"""Most accounts remembered at a time: the same people speak again and again."""


@dataclass
class Rows:
    """Makes the rows of one partition. The first version of a post or author that it gets is the one that counts."""

    brands: Brands
    run_date: date
    source_id: str
    source_type: str
    names: Names
    suppressions: Suppressions
    author_key: bytes
    planned: Mapping[str, PlannedRow]
    """Posts of earlier nights that this one asked for again."""
    seen_posts: set[str] = field(default_factory=set)
    seen_authors: set[str] = field(default_factory=set)
    counted_authors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._author_id = lru_cache(_ACCOUNTS)(self._hashed)
        self._is_owned_account = lru_cache(_ACCOUNTS)(self._owns)

    def author_id(self, draft: PostDraft) -> str | None:
        """Id of whoever wrote a draft."""
        author = draft.author
        return self._author_id(author.key or author.handle, author.instance or draft.instance) if author else None

    def of(self, capture: Capture, draft: PostDraft, post_id: str, author_id: str | None) -> Iterator[Row]:
        """Rows of a draft that is neither erased nor refused; none when the post has its row already."""
        if post_id in self.seen_posts:
            return
        self.seen_posts.add(post_id)
        post = self._post(capture, draft, post_id, author_id)
        yield "posts", post
        if not (draft.like_count is draft.reply_count is draft.share_count is draft.view_count is None):
            yield "engagement", self._engagement(capture, draft, post_id)
        if draft.author and author_id and post_id not in self.suppressions.deleted:
            instance = (draft.author.instance or draft.instance).partition("/")[0]
            yield from self._account(capture, draft.author, author_id, instance, is_owned=post.is_owned)

    def tombstones(self) -> Iterator[Row]:
        """Rows of the posts that this night asked for and found gone; call it last."""
        for post_id, known in self.planned.items():
            deleted_at = self.suppressions.deleted.get(post_id)
            is_hidden = self.suppressions.hides(post_id, known["author_id"])
            if deleted_at and post_id not in self.seen_posts and not is_hidden:
                yield "posts", Post(
                    run_date=self.run_date, source=self.source_id, **{**known, "rating": None}, thread_title=None,
                    title=None, text=None, quoted_url=None, seen_at=deleted_at, deleted_at=deleted_at,
                    content_hash=records.content_hash(""),
                )  # fmt: skip

    def _hashed(self, name: str, instance: str) -> str | None:
        key = clean_name(name)
        return records.author_id(self.author_key, self.source_type, instance, key) if key else None

    def _is_owned(self, draft: PostDraft) -> bool:
        if draft.kind in _PUBLISHED and self.brands.is_owned(None, draft.url):
            return True
        author = draft.author
        if author is None:
            return False
        # a profile on the forum that a brand hosts does not make a visitor one of its people
        is_elsewhere = author.profile_url and instance_of(author.profile_url) != draft.instance
        return self._is_owned_account(author.handle, author.key, author.profile_url if is_elsewhere else None)

    def _owns(self, handle: str, key: str, site: str | None) -> bool:
        handles = {clean_name(name) for name in (handle, key) if name}
        return any(self.brands.is_owned(name, None) for name in handles) or self.brands.is_owned(None, site)

    def _post(self, capture: Capture, draft: PostDraft, post_id: str, author_id: str | None) -> Post:
        names, thread_id, text = self.names, self.names.thread(draft, post_id), clean(draft.text)
        url = clean(draft.url) if draft.url else None
        post = Post(
            run_date=self.run_date, source=self.source_id, post_id=post_id, native_id=clean_name(draft.native_id),
            source_type=self.source_type, instance=clean_name(draft.instance), kind=draft.kind, url=url,
            canonical_url=_canonical(url), thread_id=thread_id, parent_id=names.parent(draft), position=draft.position,
            author_id=author_id, is_owned=self._is_owned(draft),
            thread_title=_title(draft.thread_title or names.title(thread_id)), title=_title(draft.title),
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

    def _engagement(self, capture: Capture, draft: PostDraft, post_id: str) -> Engagement:
        return Engagement(
            run_date=self.run_date, source=self.source_id, post_id=post_id, observed_at=capture.fetched_at,
            like_count=draft.like_count, reply_count=draft.reply_count, share_count=draft.share_count,
            view_count=draft.view_count,
        )  # fmt: skip

    def _account(
        self, capture: Capture, author: AuthorDraft, author_id: str, instance: str, *, is_owned: bool
    ) -> Iterator[Row]:
        """Who it is, once; what was seen of the account once more when the newest answers did not tell its counts."""
        is_new = author_id not in self.seen_authors
        is_counted = not (author.follower_count is author.following_count is author.post_count is None)
        if is_new or (is_counted and author_id not in self.counted_authors):
            yield "author_observations", AuthorObservation(
                run_date=self.run_date, source=self.source_id, author_id=author_id, source_type=self.source_type,
                instance=instance, is_owned=is_owned, observed_at=capture.fetched_at,
                follower_count=author.follower_count, following_count=author.following_count,
                post_count=author.post_count,
            )  # fmt: skip
        self.seen_authors.add(author_id)
        if is_counted:
            self.counted_authors.add(author_id)
        if is_new:
            yield "identities", Identity(
                run_date=self.run_date, source=self.source_id, author_id=author_id, handle=clean_name(author.handle),
                name=_title(author.name), profile_url=clean(author.profile_url) if author.profile_url else None,
            )  # fmt: skip


def problems(draft: PostDraft, fetched_at: datetime) -> Iterator[str]:
    """Why a draft cannot be a row; the first reason is the one to tell."""
    at, text = draft.created_at, clean(draft.text)
    if not draft.title and not _IS_WORD.search(text):
        yield "no words: an image, a link or nothing"
    if len(text) > _LONGEST_TEXT:
        yield f"text of {len(text):,} characters, longer than {_LONGEST_TEXT:,}"
    if draft.kind not in KINDS:
        yield f"kind {draft.kind!r} is unknown; known: {', '.join(sorted(KINDS))}"
    if draft.created_precision not in _PRECISIONS:
        yield f"created_precision {draft.created_precision!r} is unknown"
    if at.year < 1970:
        yield f"created_at {at:%Y-%m-%d} lies before 1970"
    if at > fetched_at + timedelta(days=2):
        yield f"created_at {at:%Y-%m-%d} is yet to come"
    if draft.rating is not None and not 0 <= draft.rating <= 1:
        yield f"rating {draft.rating} is not within 0 and 1"


def _title(words: str | None) -> str | None:
    return " ".join(clean(words).split()) or None if words else None


@lru_cache(maxsize=256)
def _language(tag: str | None) -> str | None:
    """'fr-CA' as 'fr'; None when it is no language tag."""
    found = _LANGUAGE.match(tag or "")
    return found[1].lower() if found else None


def _canonical(url: str | None) -> str | None:
    try:
        return canonical_url(url) if url else None
    except ValueError:  # an address such as http://[broken: it stays readable in url
        return None
