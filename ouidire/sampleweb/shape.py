"""What a sample folder may hold: one strict model for each format of site. `sample/README.md` tells it in words."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _utc(at: datetime) -> datetime:
    if at.utcoffset() != timedelta(0):
        raise ValueError("not in UTC; write it with a final Z, such as 2026-10-01T08:00:00Z")
    return at.astimezone(UTC)


def _spoken(text: str) -> str:
    if not text.strip():
        raise ValueError("holds no word; write the text or remove the item")
    return text.strip()


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone; write one such as Europe/Paris")
    return name


At = Annotated[datetime, AfterValidator(_utc)]
Text = Annotated[str, AfterValidator(_spoken)]
Number = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Zone = Annotated[str, AfterValidator(_timezone)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Ref = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*/[a-z0-9]+(-[a-z0-9]+)*$")]
"""How a sample names a post: `<site>/<its own id>`, see `listing.py`."""


class Model(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Comment(Model):
    """A comment under an article."""

    id: Number
    at: At
    author: Text
    text: Text
    parent: int | None = None
    """Id of the comment that it answers, under the same article."""
    url: str | None = None
    """Site that the commenter gave."""
    status: Literal["approved", "hold", "spam"] = "approved"
    """Only approved comments are public: the others are never served."""


class Article(Model):
    """A post of a blog."""

    id: Number
    at: At
    author: Text
    title: Text
    text: str = ""
    """Paragraphs apart by an empty line; a line that starts with `## ` is a heading."""
    tags: list[str] = []
    slug: Slug | None = None
    modified: At | None = None
    copy_of: Ref | None = None
    """Article of another site that this one repeats, word for word, after its own `text`."""
    comments: list[Comment] = []


class WordPress(Model):
    """A WordPress blog: REST posts and comments, feeds, pages."""

    format: Literal["wordpress"]
    title: Text
    description: str = ""
    language: Language
    timezone: Zone = "Europe/Paris"
    rest: bool = True
    """False: a blog that closed its REST interface, so that only feeds and pages are left."""
    posts: list[Article] = Field(min_length=1)


class ForumPost(Model):
    """A message of a topic."""

    id: Number
    at: At
    author: Text
    text: Text
    language: Language | None = None
    """Where it is not the forum's."""
    quotes: int | None = None
    """Id of an earlier message shown as a quotation above the text."""


class Topic(Model):
    """A conversation."""

    id: Number
    board: int
    title: Text
    views: Count = 0
    posts: list[ForumPost] = Field(min_length=1)


class Board(Model):
    """A section of a forum."""

    id: Number
    title: Text


class Member(Model):
    """What a forum shows beside the messages of a member."""

    joined: date
    messages: Count
    signature: str | None = None


class Forum(Model):
    """A forum in HTML, as phpBB 3 with its prosilver theme writes it."""

    format: Literal["forum"]
    title: Text
    language: Language
    timezone: Zone = "Europe/Paris"
    engine: Literal["phpbb-3.2", "phpbb-3.3"] = "phpbb-3.3"
    """3.2 has no `<time datetime>`: dates are words in the forum's language and time zone."""
    boards: list[Board] = Field(min_length=1)
    members: dict[str, Member] = {}
    topics: list[Topic] = Field(min_length=1)


class Turn(Model):
    """What one person says before another speaks."""

    start: Count
    """Seconds from the start of the episode."""
    speaker: Text
    text: Text


class Episode(Model):
    """An episode and its transcript."""

    id: Number
    at: At
    title: Text
    description: Text
    transcripts: list[Literal["vtt", "srt"]] = ["vtt"]
    turns: list[Turn] = []


class Podcast(Model):
    """A podcast: RSS feed and transcripts; the sound itself does not exist."""

    format: Literal["podcast"]
    title: Text
    description: Text
    language: Language
    host: Text
    episodes: list[Episode] = Field(min_length=1)


class Account(Model):
    """Somebody on the server, or known to it: `ada`, or `ada@elsewhere.example`."""

    name: Text
    followers: Count
    following: Count = 0
    statuses: Count = 0
    note: str = ""
    bot: bool = False
    indexable: bool = True


class Status(Model):
    """A status; its id here is a name, its id on the wire a snowflake of `at`."""

    id: Slug
    at: At
    account: Text
    language: Language
    text: Text
    """Hashtags and mentions are read from the words."""
    in_reply_to: Slug | None = None
    favourites: Count = 0
    reblogs: Count = 0
    visibility: Literal["public", "unlisted", "private"] = "public"
    """Unlisted ones are in no tag timeline; private ones are never served."""


class Mastodon(Model):
    """A server that speaks Mastodon's client interface."""

    format: Literal["mastodon"]
    title: Text
    language: Language
    accounts: dict[str, Account]
    statuses: list[Status] = Field(min_length=1)


Site: TypeAlias = WordPress | Forum | Podcast | Mastodon

FORMATS: dict[str, type[WordPress] | type[Forum] | type[Podcast] | type[Mastodon]] = {
    "wordpress": WordPress,
    "forum": Forum,
    "podcast": Podcast,
    "mastodon": Mastodon,
}


def snowflake(status: Status) -> int:
    """Mastodon's ids: milliseconds since 1970, so that ids sort as time does, above 16 bits of noise."""
    milliseconds = int(status.at.timestamp() * 1000)
    return (milliseconds << 16) | (zlib.crc32(status.id.encode()) & 0xFFFF)
