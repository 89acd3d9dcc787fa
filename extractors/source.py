"""What a source is: a declaration and two pure functions. The runner owns HTTP, politeness, landing and checkpoints.

A file in `extractors/sources/` has, at module level, `SOURCE: SourceType`,
`seed(query, window) -> list[Request]` (what to ask first) and
`parse(request, response, window) -> Page` (the posts of one answer, and what to ask next).
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Final, Literal, Protocol, cast

from extractors.allowed import COUNT, COUNT_OR_NONE, DAYS, RATE, Check
from extractors.text import decoded
from ouidire.brands import Brands, source_types
from ouidire.brands import Source as SourceConfig

Option = str | int | float | bool
EMPTY_PAGES: Final = 200
"""Pages without posts in a row that are followed: a long listing may have nothing of an old day. `empty_pages`."""


class DriftError(ValueError):
    """The answer does not look as this source's answers do: its format changed, or the address is not such a source."""


@dataclass(frozen=True, kw_only=True)
class SourceType:
    """The declaration at the top of a source's file."""

    title: str
    url: str
    """Where the format or API is documented."""
    terms_url: str
    """Where the rules for reading it are written."""
    kind: str
    """The kind most of its posts have (ouidire/records.py, Post.kind)."""
    languages: tuple[str, ...] = ()
    """Languages its date and page words are understood in; empty = it has none."""
    rate: float = 1.0
    """Requests per second and host, at most. Hosts of `private_hosts` are the operator's own: no limit."""
    window: Literal["search", "newest", "import"]
    """search: can be asked for one day; newest: lists the newest only; import: a file, its dates are not filtered."""
    lookback_days: int = 0
    """Days before the window whose items are kept too, to catch what was approved or delivered late."""
    expected_per_day: tuple[int, int] = (0, 100_000)
    """Fewest and most posts a job can bring before the format is suspected to have changed."""
    secrets: tuple[str, ...] = ()
    """What the operator must provide, as `OUIDIRE_SECRET_<SOURCE ID>_<NAME>`; without it the job is not asked."""
    optional_secrets: tuple[str, ...] = ()
    """The same, but the source answers without them (less, or slower)."""
    daily_quota: int | None = None
    """Most units (sum of `Request.cost`) that a UTC day's requests may spend, counted before they are asked."""
    default_url: str = ""
    """Address of the source where brands.yml gives none: the type has one host for everybody."""
    follows_links: bool = False
    """Whether its next page is what some link of a page says, so that links may run in a circle, or for ever."""
    is_observed_by_listing: bool = False
    """Whether `observe` reads the listing again, as no post can be asked for alone: what is gone is not noticed."""
    has_references: bool = False
    """Whether drafts name other posts by `alias`, or need the title of their thread's first post."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """Options of brands.yml that this type understands -> their value where none is given."""
    allowed: Mapping[str, Check] = field(default_factory=dict)
    """Options -> what they may be, where that is not what `_allowed` says of all of their kind."""

    @property
    def known_options(self) -> dict[str, Option]:
        """All options that such a source may have: its own, and those of the runner that mean something to it."""
        if self.window == "import":
            return dict(self.options)
        found: dict[str, Option] = {
            "lookback_days": self.lookback_days, "max_requests": 10_000, "observe_requests": 1_000, "rate": self.rate,
        }  # fmt: skip
        if self.daily_quota is not None:
            found["daily_quota"] = self.daily_quota
        if self.follows_links:
            found["empty_pages"] = EMPTY_PAGES
        return {**found, **self.options}

    def remedy(self, name: str, value: Option) -> str | None:
        """What to write instead of a value of the right kind; None when it may stand."""
        default = self.known_options[name]
        check = self.allowed.get(name) or _allowed(name, default)
        return check(value) if check and value != default else None

    def option(self, query: Query, name: str) -> Option:
        """An option of brands.yml, else its declared value. Raises ValueError when it is of another type."""
        return query.option(name, self.known_options[name])


def _allowed(name: str, default: Option) -> Check | None:
    """What a number may be, by its name; None for words and for yes or no."""
    if isinstance(default, bool | str):
        return None
    named = {"rate": RATE, "observe_requests": COUNT_OR_NONE}
    return named.get(name) or (DAYS if name.endswith("_days") else COUNT)


@dataclass(frozen=True, kw_only=True)
class Query:
    """One thing to ask of one source."""

    source_id: str
    url: str
    """Address from brands.yml, without a slash at its end; '' for an imported file."""
    text: str
    """The query's words; '' where the source has none."""
    languages: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def option(self, name: str, default: Option) -> Option:
        """An option of brands.yml. Raises ValueError when its type is not that of the default."""
        value = self.options.get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not type(default):
            raise ValueError(f"option {name} is {value!r}; write {_wanted(default)} in brands.yml")
        return value


def _wanted(default: Option) -> str:
    """What stands for an option, for somebody who knows no types."""
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, str):
        return f'a word in quotes, such as "{default}",' if default else "words in quotes"
    return f"{'a whole number' if isinstance(default, int) else 'a number'}, such as {default},"


@dataclass(frozen=True)
class Window:
    """A day of a run: [start_at, end_at) in UTC, and how far before it items are kept."""

    day: date
    lookback_days: int = 0
    slice: tuple[datetime, datetime] | None = None
    """A part of the day and its look-back, where a source that caps its answers is asked for one piece after the other.

    Whole seconds; `seed` must then ask for no more than the slice, so that its address differs from the whole day's.
    """

    @cached_property
    def start_at(self) -> datetime:
        """First instant of the day, or of its slice."""
        return self.slice[0] if self.slice else datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    @cached_property
    def end_at(self) -> datetime:
        """First instant after the day, or after its slice."""
        return self.slice[1] if self.slice else self.start_at + timedelta(days=1)

    @cached_property
    def since_at(self) -> datetime:
        """First instant whose items are kept: the start, less the look-back."""
        return self.start_at - timedelta(days=self.lookback_days)

    def halves(self) -> tuple[Window, ...]:
        """Two windows that hold together what this one does, look-back included; none when it is a second or less."""
        start_at, end_at = self.since_at, self.end_at
        middle_at = (start_at + (end_at - start_at) / 2).replace(microsecond=0)
        if not start_at < middle_at < end_at:
            return ()
        return Window(self.day, slice=(start_at, middle_at)), Window(self.day, slice=(middle_at, end_at))

    def holds(self, instant: datetime) -> bool:
        """Whether an item of that instant belongs to the day or its look-back."""
        return self.since_at <= instant < self.end_at


@dataclass(frozen=True, kw_only=True)
class Request:
    """One address to ask, and what its parser has to know."""

    url: str
    context: Mapping[str, str] = field(default_factory=dict)
    """What an earlier page said that this one does not repeat (a thread's title, say)."""
    accept: str = "*/*"
    ends_on: tuple[int, ...] = ()
    """Statuses that mean "there is no such further page", and not a loss."""
    closed_by: Mapping[str, str] = field(default_factory=dict)
    """Words of a refusal's body -> what they mean, where they say that there is nothing to be had here: no loss."""
    cost: int = 1
    """Units of the source's `daily_quota`; each try costs them again."""

    def closing(self, status: int, body: bytes) -> str | None:
        """What a refusal means that is no loss; None for any other answer."""
        if not 400 <= status < 500:
            return None
        return next((meaning for words, meaning in self.closed_by.items() if words.encode() in body), None)

    @property
    def key(self) -> str:
        """Name of the request within its job: the same key is never asked twice in one walk."""
        words = json.dumps([self.url, self.accept, sorted(self.context.items())], ensure_ascii=True)
        return hashlib.sha256(words.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Response:
    """One answer, from the network or from stored captures."""

    url: str
    """Address after redirects."""
    status: int
    headers: Mapping[str, str]
    """Chosen headers, names in lower case."""
    body: bytes
    fetched_at: datetime
    query: Query

    @property
    def text(self) -> str:
        """The body in the charset that it states, else UTF-8, else cp1252; never fails."""
        return decoded(self.body, self.headers.get("content-type", ""))

    def json(self) -> Any:
        """The body as JSON; NaN and Infinity, which JSON does not have, become None. Raises DriftError."""
        try:
            return json.loads(self.text, parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("content-type", "no content type")
            raise DriftError(f"{self.url} is not JSON ({kind}): {error}; is this the right address?") from None

    def items(self) -> list[Any]:
        """The body as a JSON list. Raises DriftError."""
        found = self.json()
        if not isinstance(found, list):
            raise DriftError(f"{self.url} answers {type(found).__name__} where a list was expected")
        return found


@dataclass(slots=True)
class AuthorDraft:
    """Who wrote a post, as the source says."""

    handle: str
    """Account name or printed name."""
    key: str = ""
    """What tells the account from others of the instance; '' = the handle."""
    instance: str = ""
    """Host of the account; '' = the post's instance. A path may follow where one host holds several communities."""
    name: str | None = None
    profile_url: str | None = None
    follower_count: int | None = None
    following_count: int | None = None
    post_count: int | None = None


@dataclass(slots=True)
class PostDraft:
    """A post as one answer gives it: plain text, the source's own ids.

    Write its fields by name. It is not frozen, because that takes four times as long, and a night makes a million.
    """

    native_id: str
    """Unique among the posts of the instance."""
    instance: str
    """host[:port] of the post's own uri."""
    kind: str
    text: str
    created_at: datetime
    created_precision: str = "second"
    url: str | None = None
    title: str | None = None
    author: AuthorDraft | None = None
    alias: str | None = None
    """Another name by which drafts of the partition refer to this post."""
    parent: str | None = None
    """native_id, in the same instance, of the post answered."""
    parent_alias: str | None = None
    """Alias of the post answered, where the source gives no native_id for it."""
    thread: str | None = None
    """native_id of the first post of the conversation; None = climb the parents."""
    thread_title: str | None = None
    position: int | None = None
    lang: str | None = None
    rating: float | None = None
    quoted_url: str | None = None
    edited_at: datetime | None = None
    licence: str | None = None
    like_count: int | None = None
    reply_count: int | None = None
    share_count: int | None = None
    view_count: int | None = None
    is_context: bool = False
    """Only here so that others can refer to it: never a row."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An item that cannot become a post."""

    item: str
    """Its id or address, else its place."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """A post that an earlier night kept, as `observe` gets it."""

    native_id: str
    instance: str
    kind: str
    url: str | None
    created_at: datetime
    alias: str | None = None
    """The name that the source's server has for it, as its draft told it."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """A request that turns secrets into a session; sent once a run, never landed."""

    url: str
    json: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = None
    """User name and password of HTTP basic authentication."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the runner adds to requests on the wire, for these hosts only; never in a capture, log or error."""

    hosts: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one answer holds."""

    posts: tuple[PostDraft, ...] = ()
    next_requests: tuple[Request, ...] = ()
    refused: tuple[Refused, ...] = ()
    withheld: tuple[str, ...] = ()
    """Ids of items of the day left out because their authors ask not to be indexed; counted, never stored."""
    listed_from: datetime | None = None
    """In a newest-first listing: everything published from then on has been listed."""
    is_end: bool = False
    """The listing is known to have nothing older."""
    is_capped: bool = False
    """The source cut this answer at its cap of results: the runner asks the window's halves instead (search only).

    Its posts are kept and its `next_requests` dropped, but for a window of one second: that one is read as far as it
    goes, and the outcome says that the rest was not seen.
    """
    deleted: tuple[str, ...] = ()
    """native_ids of posts that the source says are deleted or removed (tombstones): their text goes here too."""
    wait_seconds: float = 0.0
    """How long the source asks to wait before the next request (`backoff`); no other process asks the host either."""
    is_quota_spent: bool = False
    """The source says that nothing more may be asked today. A page that says only that is asked again later."""


def read_each(
    items: Iterable[Any],
    read: Callable[[Any], PostDraft | None],
    name: Callable[[Any], str],
    *,
    is_strict: bool = True,
) -> tuple[tuple[PostDraft, ...], tuple[Refused, ...]]:
    """Read items one by one: one that cannot be read is refused with its reason, the others go on.

    `read` returns None for what is not a post at all. Raises DriftError when five or more items all fail,
    if `is_strict`.
    """
    posts: list[PostDraft] = []
    refused: list[Refused] = []
    for number, item in enumerate(items):
        try:
            draft = read(item)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            refused.append(Refused(item=_name(item, name, number), reason=in_words(error)[:300]))
        else:
            posts += [draft] if draft else []
    if is_strict and len(refused) >= 5 and not posts:
        raise DriftError(f"none of {len(refused)} items can be read; the first, {refused[0].item}: {refused[0].reason}")
    return tuple(posts), tuple(refused)


def in_words(error: Exception) -> str:
    """What is wrong with an item that a parser could not read, for somebody who does not know the parser."""
    if isinstance(error, KeyError):
        return f"no field {error.args[0]!r}" if error.args else "a field is missing"
    if isinstance(error, ValueError) and str(error):
        return str(error).replace("Invalid isoformat string:", "no date that can be read:")
    return f"not of the usual form ({type(error).__name__}: {error})"


def _name(item: Any, name: Callable[[Any], str], number: int) -> str:
    try:
        return str(name(item))[:300]
    except (LookupError, TypeError, ValueError, AttributeError):
        return f"item {number}"


class Source(Protocol):
    """What discovery finds in `extractors/sources/<name>.py`.

    Three more functions are optional. `observe(query, known) -> list[Request]` asks for posts of earlier nights again,
    to see edits, deletions and engagement, one or many a request; their answers go through `parse`, with a window that
    reaches back far enough, and only the posts that were asked for are kept. A 404 or 410 says that a post is gone
    where the request is about one post alone (what `observe(query, [post])` gives); for many, `parse` says `deleted`.
    A source with secrets has `credentials(query, secrets, answer) -> Credentials`, and
    `login(query, secrets) -> Login` when it takes a session first (`answer` is then that request's response, else None;
    without any secret there is no login). Hosts of `Credentials` are host[:port], as `instance_of` gives them.
    """

    SOURCE: SourceType

    def seed(self, query: Query, window: Window) -> list[Request]:
        """What to ask first."""

    def parse(self, request: Request, response: Response, window: Window) -> Page:
        """The posts of one answer, and what to ask next. Raises DriftError."""


@cache
def source_module(name: str) -> Source:
    """The source of that type. Raises LookupError naming those that exist."""
    if name not in source_types():
        raise LookupError(f"source type {name!r} is unknown; known: {', '.join(sorted(source_types()))}")
    return cast(Source, importlib.import_module(f"extractors.sources.{name}"))


def query_of(config: SourceConfig, text: str) -> Query:
    """What brands.yml says of a source, as its two functions take it."""
    return Query(
        source_id=config.id,
        url=(config.url or source_module(config.type).SOURCE.default_url).rstrip("/"),
        text=text,
        languages=tuple(config.languages),
        options=config.options,
        columns=config.columns,
    )


def window_of(brands: Brands, source_id: str, day: date) -> Window:
    """The window of a source's job: option `lookback_days` of brands.yml, else what the type declares."""
    config = brands.source(source_id)
    declared = source_module(config.type).SOURCE
    if "lookback_days" not in declared.known_options:
        return Window(day, declared.lookback_days)
    return Window(day, int(declared.option(query_of(config, ""), "lookback_days")))


def option_problems(config: SourceConfig) -> list[str]:
    """What is wrong with a source's options in brands.yml: unknown, of another kind, or a value that cannot serve."""
    declared, query = source_module(config.type).SOURCE, query_of(config, "")
    known, problems = declared.known_options, []
    for name in config.options:
        if name not in known:
            problems.append(f"option {name!r} is unknown; known: {', '.join(sorted(known))}")
            continue
        try:
            value = query.option(name, known[name])
        except ValueError as error:
            problems.append(str(error))
            continue
        if remedy := declared.remedy(name, value):
            problems.append(f"option {name} is {config.options[name]!r}; write {remedy} in brands.yml")
    return problems
