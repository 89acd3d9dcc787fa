"""One page of a forum, read with the profile of its engine (sources/forum_engines.yml): messages, dates, addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml
from lxml.html import HtmlElement

from extractors import dates
from extractors.address import instance_of, without_session
from extractors.forum_fields import PROFILE_LINK
from extractors.forum_marks import dated_lines
from extractors.forum_text import QUOTED_LINK, mark_quotes, own_words, quoted_number, text_of, words_of
from extractors.paging import Pages, address, pages_of
from extractors.selectors import find, find_all
from extractors.source import AuthorDraft, Response
from extractors.zones import zone_of

Profile = dict[str, str]

_NUMBER: Final = re.compile(r"(?:post|msg|comment|entry|reply|answer|message)[-_]{0,2}(\d+)", re.IGNORECASE)
_OPENING: Final = re.compile(r"discussion|node|topic", re.IGNORECASE)
_EDIT: Final = re.compile(
    r"\b(?:last edit|edit(?:ed)? (?:by|on|at)|edited|modified|[ée]dit[ée]e?|derni[èe]re (?:[ée]dition|modification)|"
    r"modifi[ée]e?|bearbeitet|ge[äa]ndert|editado|modificato)\b|编辑|編輯",
    re.IGNORECASE,
)  # fmt: skip
_EDIT_LINE: Final = re.compile(
    r"[\[(«*]*\s*(?:last (?:edit|edited|modified)\b|edited (?:by|on)\b|"
    r"(?:message |post )?(?:[ée]dit[ée]|modifi[ée]) (?:par|le)\b|"
    r"derni[èe]re (?:[ée]dition|modification)\b|zuletzt (?:ge[äa]ndert|bearbeitet)\b)",
    re.IGNORECASE,
)
_MACHINE_DATES: Final = ("datetime", "data-time", "data-timestamp", "data-unixtime", "content", "title")
_LONGEST_NAME, _LONGEST_DATE = 60, 60
_EPOCHS: Final = range(100_000_000, 5_000_000_000)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as its page gives it."""

    native_id: str
    text: str
    when: dates.When
    author: AuthorDraft | None
    url: str | None
    kind: str = ""
    """'' = the first of a thread is its topic, the others are replies."""
    parent: str | None = None
    quoted_url: str | None = None
    edited_at: datetime | None = None
    like_count: int | None = None


@cache
def profiles() -> tuple[Profile, ...]:
    """Every engine, the generic one last; what one does not state is that of the generic one, or nothing."""
    path = Path(__file__).with_name("sources") / "forum_engines.yml"
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    generic = stated[-1]
    shared = {name: generic[name] for name in ("drop", "quote", "edited", "next", "pages", "title", "parent", "kinds")}
    return tuple({**dict.fromkeys(generic, ""), **shared, **profile} for profile in stated)


def fitting(root: HtmlElement) -> Iterator[Profile]:
    """Profiles whose marks are on the page, in the file's order; the generic one is always among them."""
    return (profile for profile in profiles() if not profile["match"] or find(root, profile["match"]) is not None)


def scope_of(url: str) -> str:
    """Folder of a forum on its host, with a slash at its end; '' for one that has the host to itself."""
    path = urlsplit(url).path.strip("/")
    return f"{path}/" if path and "." not in path.rpartition("/")[2] else ""


class ForumPage:
    """A page and the profile to read it with."""

    def __init__(
        self, root: HtmlElement, profile: Profile, response: Response, languages: tuple[str, ...], order: str = ""
    ) -> None:
        """`order` is what an earlier page betrayed of the order of day and month: DMY or MDY."""
        self.root, self.profile, self.response, self.languages = root, profile, response, languages
        self.earlier = order
        self.instance = instance_of(response.query.url)
        self.scope = scope_of(response.query.url)

    def all(self, part: HtmlElement, name: str) -> list[HtmlElement]:
        """Elements of a part that a selector of the profile names."""
        return find_all(part, self.profile[name])

    def one(self, part: HtmlElement, name: str) -> HtmlElement | None:
        """The most trusted of them."""
        return find(part, self.profile[name])

    @cached_property
    def messages(self) -> list[HtmlElement]:
        """Elements of messages; of those with one number, the first and outermost."""
        kept: dict[str, HtmlElement] = {}
        held: set[HtmlElement] = set()
        for place, post in enumerate(self.all(self.root, "post")):
            number = self.native_id(post)
            if not number and any(above in held for above in post.iterancestors()):
                continue  # no message of its own, but an inner part of one
            held.add(post)
            kept.setdefault(number or f" {place}", post)
        return list(kept.values())

    @cached_property
    def pages(self) -> Pages:
        """The pages of this topic or listing."""
        return pages_of(
            self.root, self.response.url, next_selector=self.profile["next"], pages_selector=self.profile["pages"]
        )

    @cached_property
    def title(self) -> str:
        """The topic's title, '' without one."""
        return next((words for found in self.all(self.root, "title") if (words := words_of(found))), "")

    @cached_property
    def zone(self) -> tzinfo:
        """Zone of printed dates: option `timezone`, else what the page says, else UTC."""
        stated = str(self.response.query.option("timezone", ""))
        return zone_of(stated, self.one(self.root, "zone"), self.root) or UTC

    @cached_property
    def betrayed(self) -> dates.Order | None:
        """Day or month first, where the dates of this page or of an earlier one betray it."""
        printed = [own_words(found) for post in self.messages for found in self.all(post, "date")]
        if not self.profile["match"]:
            printed += [words for _, words in self.dated_lines]
        for row in self.all(self.root, "topics"):
            printed += [own_words(found) for name in ("active", "started") for found in self.all(row, name)]
        found = dates.order_of(printed, self.response.fetched_at)
        return found or ("DMY" if self.earlier == "DMY" else "MDY" if self.earlier == "MDY" else None)

    @cached_property
    def dated_lines(self) -> list[tuple[HtmlElement, str]]:
        """Elements with words that look like dates: how the structure of a page of an unknown engine is found."""
        return dated_lines(self.root)

    @cached_property
    def order(self) -> dates.Order | None:
        """Day or month first, as dates betray it; else as the page's language has it."""
        lang = str(self.root.get("lang") or "").lower()
        return self.betrayed or ("MDY" if lang == "en-us" and self.languages[0] != "fr" else None)

    def read(self, post: HtmlElement) -> Message:
        """One message. Raises ValueError when it has no date, text or id that can be read."""
        body = self.one(post, "text")
        if body is None:
            raise ValueError("no text found in the message")
        when = self.date(post, "date") or self._stray_date(post, body)
        if when is None:
            place = self.one(post, "date")
            raise ValueError(f"no date that can be read: {words_of(place)[:80] if place is not None else 'none given'}")
        author = self._author(post) or self._stray_author(post, body)
        is_comment = find(post, self.profile["comment"]) is post
        edited_at = self._edited(post)
        quote = mark_quotes(body, self.profile)
        quoted = quoted_number(quote) if quote is not None else None
        quoted_link = self._link_in(quote) if quote is not None and quoted else None
        text, edited_at = self._without_edit(text_of(body, self.profile), edited_at)
        native_id = self.native_id(post) or self.made_up(author, when, text)
        parent = f"{self.scope}{self._local}p{quoted}" if quoted else self._stated_parent(post) or self._enclosing(post)
        return Message(
            native_id=native_id, text=text, when=when, author=author, url=self._permalink(post), edited_at=edited_at,
            kind="comment" if is_comment else "", parent=parent if parent != native_id else None,
            quoted_url=quoted_link,
        )  # fmt: skip

    def _link_in(self, quote: HtmlElement) -> str | None:
        return next((address(link, self.response.url) for link in quote.xpath(".//a[@href]")), None)

    def native_id(self, post: HtmlElement) -> str:
        """The message's number on the forum, written as phpBB writes it: p123. '' when it has none."""
        for choice in self.profile["id"].split(","):
            given = self._attribute(post, choice)
            digits = re.findall(r"\d+", given)
            if digits:
                number = _NUMBER.search(given)
                is_opening = _OPENING.match(given) or "history-node" in choice
                is_comment = find(post, self.profile["comment"]) is post
                mark = "d" if is_opening else "c" if is_comment else "p"
                return f"{self.scope}{self._local}{mark}{number[1] if number else digits[-1]}"
        permalink = self._permalink(post)
        found = QUOTED_LINK.search(permalink or "") or re.search(r"(\d+)\D*$", permalink or "")
        if found and permalink != self._page_url(post):
            return f"{self.scope}{self._local}p{found[1]}"
        name = str(post.get("id") or "")
        return f"{self.scope}{self._local}{name}" if name else ""

    @cached_property
    def _local(self) -> str:
        """What tells a number from the same one of another topic, where an engine counts within the topic."""
        digits = re.findall(r"\d+", urlsplit(self.response.url).path + urlsplit(self.response.url).query)
        return f"t{digits[0]}" if self.profile["local"] and digits else ""

    def _attribute(self, post: HtmlElement, choice: str) -> str:
        selector, _, name = choice.strip().rpartition("@")
        for part in self._parts(post):
            found = part if not selector else find(part, selector)
            if found is not None and found.get(name):
                return str(found.get(name))
        return ""

    def _parts(self, post: HtmlElement) -> list[HtmlElement]:
        """The message, and the element before it that some engines put its date into."""
        before = post.getprevious()
        has_head = self.profile["head"] and before is not None and find(before, self.profile["head"]) is before
        return [post, before] if has_head and before is not None else [post]

    def made_up(self, author: AuthorDraft | None, when: dates.When, text: str) -> str:
        """An id for a message without one: who wrote it in this thread, when, and how it begins."""
        thread = re.sub(r"[?&](?:page|start|p)=\d+", "", without_session(self.response.url))
        words = f"{thread}\n{author.handle if author else ''}\n{when.at:%Y-%m-%dT%H:%M}\n{text[:60]}"
        return f"{self.scope}h{hashlib.sha256(words.encode()).hexdigest()[:16]}"

    def _page_url(self, post: HtmlElement) -> str:
        name = str(post.get("id") or "")
        plain = without_session(self.response.url).partition("#")[0]
        return f"{plain}#{name}" if name else plain

    def _permalink(self, post: HtmlElement) -> str:
        for part in self._parts(post):
            for link in self.all(part, "permalink"):
                is_quoted = any(place.tag == "blockquote" for place in link.iterancestors())
                if (url := address(link, self.response.url)) and not is_quoted:
                    return url
        return self._page_url(post)

    def _stated_parent(self, post: HtmlElement) -> str | None:
        for choice in self.profile["parent"].split(","):
            digits = re.findall(r"\d+", self._attribute(post, choice)) if choice else []
            if digits and int(digits[-1]):
                return f"{self.scope}{self._local}p{digits[-1]}"
        return None

    def _enclosing(self, post: HtmlElement) -> str | None:
        """The message in whose element this one lies: remarks below an answer, threaded comments."""
        above = next((place for place in post.iterancestors() if place in self._places), None)
        return self.native_id(above) or None if above is not None else None

    @cached_property
    def _places(self) -> frozenset[HtmlElement]:
        return frozenset(self.messages)

    def _edited(self, post: HtmlElement) -> datetime | None:
        """When the message was last edited; the notice that says so is taken out of the page."""
        found_at = None
        for notice in self.all(post, "edited"):
            words = words_of(notice)
            if notice is post or len(words) > 300 or not (_EDIT.search(words[:80]) or _is_machine_date(notice)):
                continue
            when = next((found for part in notice.iter() if (found := self.instant(part))), None)
            if when is None and not _EDIT.search(f"{notice.get('class')} {notice.get('id')}".replace("_", " ")):
                continue
            found_at = when.at if when else found_at
            if notice.getparent() is not None:
                notice.drop_tree()
        return found_at

    def _without_edit(self, text: str, edited_at: datetime | None) -> tuple[str, datetime | None]:
        """The text without a last line that tells when it was edited."""
        rest, _, last = text.rpartition("\n")
        if not rest.strip() or not _EDIT_LINE.match(last.strip()):
            return text, edited_at
        when = self.spoken(last)
        return (rest.strip(), edited_at or when.at) if when else (text, edited_at)

    def _author(self, post: HtmlElement) -> AuthorDraft | None:
        for part in self._parts(post):
            for found in (find(part, choice) for choice in re.split(r",(?![^(\[]*[)\]])", self.profile["author"])):
                name = words_of(found)[:120] if found is not None else ""
                if found is not None and name:
                    return self.named(name, address(found, self.response.url))
        name = str(post.get("data-author") or post.get("data-username") or "")
        return self.named(name, None) if name else None

    def _stray_author(self, post: HtmlElement, body: HtmlElement) -> AuthorDraft | None:
        """The first link to a profile outside the text: skins rename classes, addresses stay."""
        inside = set(body.iter())
        for link in post.iter("a"):
            if link not in inside and PROFILE_LINK.search(str(link.get("href") or "")):
                name = words_of(link)
                if name and len(name) <= _LONGEST_NAME and not re.fullmatch(r"\W+|\d+", name):
                    return self.named(name, address(link, self.response.url))
        return None

    def named(self, name: str, url: str | None) -> AuthorDraft:
        """An author of this forum."""
        host = f"{self.instance}/{self.scope}".rstrip("/")
        return AuthorDraft(handle=name, name=name, instance=host, profile_url=url)

    # dates

    def date(self, part: HtmlElement, name: str) -> dates.When | None:
        """The first date that can be read among the elements of a selector, in order of trust."""
        for place in self._parts(part):
            for choice in re.split(r",(?![^(\[]*[)\]])", self.profile[name]):
                for found in find_all(place, choice):
                    if when := self.instant(found):
                        return when
        return None

    def _stray_date(self, post: HtmlElement, body: HtmlElement) -> dates.When | None:
        """The first full date with a clock outside the text, where a skin moved it; a day of joining has no clock."""
        inside = set(body.iter())
        for part in post.iter():
            if part in inside or not isinstance(part.tag, str) or part.tag in ("script", "style"):
                continue
            words = " ".join((part.text or "").split())
            if 8 <= len(words) <= _LONGEST_DATE and re.search(r"\d[:h]\d\d", words) and (when := self.spoken(words)):
                return when
        return None

    def instant(self, found: HtmlElement) -> dates.When | None:
        """What an element tells machines, else its words; the better known of the two."""
        for name in _MACHINE_DATES:
            told = str(found.get(name) or "")
            if told.isdecimal() and int(told[:10]) in _EPOCHS and len(told) in (9, 10, 13):
                return dates.When(datetime.fromtimestamp(int(told[:10]), UTC), "second", dates.EXACT)
            if told and (when := self.spoken(told)):
                return when
        for inner in found.iter("time", "abbr", "span"):
            told = str(inner.get("datetime") or inner.get("title") or "")
            if inner is not found and re.search(r"\d", told) and (when := self.spoken(told)):
                said = self.spoken(own_words(found))
                return said if said and said.precision != "day" and when.precision == "day" else when
        return self.spoken(own_words(found))

    def mark(self, element: HtmlElement, words: str) -> dates.When | None:
        """The instant of a line that looks like a date: what it says plainly, made better by its markup."""
        order = self.order or ("MDY" if self.languages[0] == "en" else "DMY")
        said = dates.printed(words, now=self.response.fetched_at, zone=self.zone, order=order)
        return (self.instant(element) or said) if said or words.isdecimal() else None

    def spoken(self, words: str) -> dates.When | None:
        """A printed date, in the zone and order of the page."""
        if not words:
            return None
        return dates.read(
            words, now=self.response.fetched_at, zone=self.zone, languages=self.languages, order=self.order
        )


def _is_machine_date(notice: HtmlElement) -> bool:
    return any(notice.get(name) for name in ("datetime", "data-time", "content"))
