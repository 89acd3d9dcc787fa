"""Messages of a forum page by schema.org: DiscussionForumPosting, Question and Answer, Comment."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

from extractors import dates
from extractors.address import joined, without_session
from extractors.forum_page import ForumPage, Message
from extractors.source import AuthorDraft
from extractors.structured import Thing

_STARTS: Final = ("DiscussionForumPosting", "Question")
_ANSWERS: Final = ("Comment", "Answer", "UserComments")
_KINDS: Final = {"Question": "question", "Answer": "answer"}
_HELD_BY: Final = ("comment", "suggestedAnswer", "acceptedAnswer", "answer", "mainEntity", "hasPart", "", "@graph")
_NAMED: Final = re.compile(r"(?:post|comment|answer|reply|msg|entry|p)[-_=/]{0,2}(\d+)", re.IGNORECASE)


def messages_of(things: list[Thing]) -> list[Thing]:
    """Items that are messages with words of their own, in the page's order, each once."""
    found: dict[str, Thing] = {}
    for thing in things:
        if thing.is_a(*_STARTS, *_ANSWERS) and thing.role in _HELD_BY and _text(thing):
            found.setdefault(f"{thing.line('author')}\n{thing.line('datePublished', 'dateCreated', 'commentTime')}\n"
                             f"{' '.join(_text(thing).split())[:80]}", thing)  # fmt: skip
    return list(found.values())


def read(thing: Thing, page: ForumPage) -> Message:
    """A message. Raises ValueError when it has no date that can be read."""
    printed = thing.line("datePublished", "dateCreated", "commentTime", "dateModified")
    when = _when(printed, page)
    if when is None:
        raise ValueError(f"no date that can be read: {printed[:80] or 'none given'}")
    text = _text(thing)
    edited = _when(thing.line("dateModified"), page)
    author = _author(thing, page)
    kind = next((_KINDS[name] for name in thing.types if name in _KINDS), "")
    parents = [holder for holder in (thing.holder, *thing.things("parentItem")) if holder and holder.is_a(*_ANSWERS)]
    return Message(
        native_id=native_id(thing, page) or page.made_up(author, when, text), text=text, when=when, author=author,
        url=_url(thing, page),
        kind="comment" if kind == "" and parents and parents[0].is_a("Answer") else kind,
        parent=native_id(parents[0], page) or None if parents else None,
        edited_at=edited.at if edited and edited.at > when.at else None, like_count=_likes(thing),
    )  # fmt: skip


def native_id(thing: Thing, page: ForumPage) -> str:
    """Its number: in its @id or address, else in the id of its element. '' without one."""
    element = thing.element
    names = [thing.line("@id"), thing.link("url")]
    names += (
        [str(element.get(name) or "") for name in ("itemid", "id", "data-post-id", "data-id")]
        if element is not None
        else []
    )
    for name in names:
        if found := _NAMED.search(name.rpartition("/")[2]) or _NAMED.search(name):
            return f"{page.scope}p{found[1]}"
    digits = [numbers[-1] for name in names if (numbers := re.findall(r"\d+", name))]
    return f"{page.scope}p{digits[0]}" if digits else ""


def _text(thing: Thing) -> str:
    return thing.text("text", "articleBody", "commentText", "description")


def _author(thing: Thing, page: ForumPage) -> AuthorDraft | None:
    name = thing.line("author", "creator")[:120]
    holders = thing.things("author", "creator")
    link = holders[0].link("url", "sameAs") if holders else ""
    return page.named(name, joined(page.response.url, link) if link else None) if name else None


def _url(thing: Thing, page: ForumPage) -> str:
    link = thing.link("url", "@id")
    url = joined(page.response.url, link) if link else None
    plain = without_session(page.response.url).partition("#")[0]
    name = str(thing.element.get("id") or "") if isinstance(thing.element, HtmlElement) else ""
    return without_session(url) if url else f"{plain}#{name}" if name else plain


def _when(printed: str, page: ForumPage) -> dates.When | None:
    return page.spoken(printed) if printed else None


def _likes(thing: Thing) -> int | None:
    stated = thing.line("upvoteCount")
    for counter in thing.things("interactionStatistic"):
        about = f"{counter.line('interactionType')} {counter.link('interactionType')}"
        if "LikeAction" in about or "VoteAction" in about:
            stated = stated or counter.line("userInteractionCount")
    return int(stated) if stated.isdecimal() and len(stated) < 10 else None
