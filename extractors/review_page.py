"""The reviews of a page: by schema.org, or by CSS selectors (options of brands.yml, review_widgets.yml)."""

from __future__ import annotations

import hashlib
import re
from datetime import tzinfo
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml
from lxml.html import HtmlElement

from extractors import dates
from extractors.address import instance_of, joined, without_session
from extractors.selectors import find, find_all
from extractors.source import AuthorDraft, PostDraft, Response
from extractors.structured import Thing
from extractors.text import element_text

Widget = dict[str, str]

REVIEW_TYPES: Final = ("Review", "UserReview", "EmployerReview")
FIELDS: Final = ("post", "author", "date", "text", "rating", "title", "permalink", "drop", "id", "product")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_OF: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|sur|von|of|de|su|van|out)\s*(\d+)(?!\d)", re.IGNORECASE)
_STARS: Final = re.compile(r"(?:stars?|rating|note|bubble|etoiles?|rate|s)[-_]?(\d)(?:[-_.,]?([05]))?$", re.IGNORECASE)
_ID: Final = re.compile(r"\d{2,}|[0-9a-f]{8,}", re.IGNORECASE)


@cache
def widgets() -> tuple[Widget, ...]:
    """Review widgets by their markup, every field of FIELDS present."""
    path = Path(__file__).with_name("sources") / "review_widgets.yml"
    return tuple({**dict.fromkeys(FIELDS, ""), **stated} for stated in yaml.safe_load(path.read_text(encoding="utf-8")))


class ReviewPage:
    """One page of a shop or review site."""

    def __init__(self, root: HtmlElement, response: Response, zone: tzinfo, languages: tuple[str, ...]) -> None:
        self.root, self.response, self.zone, self.languages = root, response, zone, languages
        self.instance = instance_of(response.url)
        self.page_url = without_session(response.url).partition("#")[0]
        self.order: dates.Order | None = None

    # schema.org

    def from_thing(self, thing: Thing) -> PostDraft | None:
        """A review by schema.org; None for stars without words. Raises ValueError when it has no date."""
        title = thing.line("name", "headline")
        text = thing.text("reviewBody", "description", "text") or title
        if not text:
            return None
        printed = thing.line("datePublished", "dateCreated")
        product = next((name for holder in (thing.holder, *thing.things("itemReviewed"))
                        if holder and (name := holder.line("name"))), thing.line("itemReviewed"))  # fmt: skip
        writers = thing.things("author")
        link = writers[0].link("url") if writers else ""
        author = self._author(thing.line("author", "creator"), joined(self.page_url, link) if link else None)
        name = next((name for name in self._names(thing) if _ID.search(name)), "")
        return self._draft(
            text=text, title=title if title != text else "", printed=printed, author=author, name=name,
            rating=rating_of(thing), product=product, element=thing.element,
        )  # fmt: skip

    def _names(self, thing: Thing) -> list[str]:
        """What may hold a review's number: its @id, the ids of its element, its own address."""
        names = [thing.line("@id")]
        if thing.element is not None:
            names += [str(thing.element.get(name) or "") for name in ("itemid", "id", "data-review-id", "data-id")]
        url = thing.link("url")
        is_own = url and (joined(self.page_url, url) or "").partition("#")[0] != self.page_url
        return [*names, url.rpartition("/")[2] if is_own or "#" in url else ""]

    # selectors

    def from_element(self, element: HtmlElement, widget: Widget) -> PostDraft | None:
        """A review by selectors; None without words. Raises ValueError when it has no date."""
        body = find(element, widget["text"])
        for dropped in find_all(body, widget["drop"]) if body is not None else []:
            if dropped is not body:
                dropped.drop_tree()
        title = _words(find(element, widget["title"]))
        text = element_text(body) if body is not None else ""
        if not text and not title:
            return None
        writer, product = find(element, widget["author"]), find(self.root, widget["product"])
        name = _attribute(element, widget["id"]) if widget["id"] else ""
        given = [str(element.get(name) or "") for name in ("data-review-id", "data-id", "id")]
        return self._draft(
            text=text or title, title=title if text else "", printed=self._printed(element, widget["date"]),
            author=self._author(_words(writer), self._link(writer)), name=name or next(filter(_ID.search, given), ""),
            rating=_stars(find(element, widget["rating"])), product=_words(product) or _heading(self.root),
            element=element, url=self._link(find(element, widget["permalink"])),
        )  # fmt: skip

    def _printed(self, element: HtmlElement, selectors: str) -> str:
        for found in find_all(element, selectors):
            for told in (found.get("datetime"), found.get("content"), found.get("title"), _words(found)):
                if told and self._when(told):
                    return str(told)
        return _words(find(element, selectors))

    def _link(self, element: HtmlElement | None) -> str | None:
        href = str(element.get("href") or "") if element is not None else ""
        return joined(self.page_url, href) if href and not href.startswith(("#", "javascript:")) else None

    # both

    def _author(self, name: str, url: str | None) -> AuthorDraft | None:
        return AuthorDraft(handle=name[:120], name=name[:120], profile_url=url) if name else None

    def _when(self, printed: str) -> dates.When | None:
        now, order = self.response.fetched_at, self.order
        return dates.read(printed, now=now, zone=self.zone, languages=self.languages, order=order)

    def _draft(
        self, *, text: str, title: str, printed: str, author: AuthorDraft | None, name: str, rating: float | None,
        product: str, element: HtmlElement | None, url: str | None = None,
    ) -> PostDraft:  # fmt: skip
        when = self._when(printed) if printed else None
        if when is None:
            raise ValueError(f"no date that can be read: {printed[:80] or 'none given'}")
        anchor = str(element.get("id") or "") if element is not None else ""
        words = f"{product or urlsplit(self.page_url).path}\n{author.handle if author else ''}\n"
        made_up = hashlib.sha256(f"{words}{when.at:%Y-%m-%d}\n{text[:80]}".encode()).hexdigest()[:16]
        return PostDraft(
            native_id=f"r{name}" if name else f"h{made_up}", instance=self.instance, kind="review", text=text,
            title=title or None, thread_title=product or None, author=author, created_at=when.at,
            created_precision=when.precision, rating=rating,
            url=url or (f"{self.page_url}#{anchor}" if anchor else self.page_url),
        )  # fmt: skip


def rating_of(review: Thing) -> float | None:
    """Stars of a review, 0 to 1, between its worst (1 unless stated) and best (5 unless stated); None without any."""
    for stars in (*review.things("reviewRating"), review):
        value = _decimal(stars.line("ratingValue") or ("" if stars is review else stars.line("value")))
        if value is None:
            continue
        scales = [stars, *(review.holder.things("aggregateRating") if review.holder else [])]
        ends = [(_decimal(scale.line("bestRating")), _decimal(scale.line("worstRating"))) for scale in scales]
        best, worst = next((found for found in ends if found != (None, None)), (None, None))
        return scaled(value, 5.0 if best is None else best, (0.0 if value < 1 else 1.0) if worst is None else worst)
    return _stars_in_words(review.line("reviewRating"))


def scaled(value: float, best: float, worst: float) -> float | None:
    """A rating between 0 and 1; None when it does not lie on its scale."""
    if not worst < best or not worst <= value <= best:
        return None
    return round((value - worst) / (best - worst), 4)


def _stars(element: HtmlElement | None) -> float | None:
    if element is None:
        return None
    told = [
        str(element.get(name) or "") for name in ("data-rating", "data-score", "content", "title", "alt", "aria-label")
    ]
    told += [
        _words(element),
        *(str(part.get("alt") or part.get("title") or "") for part in element.iter("img", "span", "meta")),
    ]
    for words in told:
        if (found := _stars_in_words(words)) is not None:
            return found
    for part in element.iter():
        for name in str(part.get("class") or "").split():
            if found_stars := _STARS.search(name):
                return scaled(float(f"{found_stars[1]}.{found_stars[2] or 0}"), 5, 1)
    return None


def _stars_in_words(words: str) -> float | None:
    """'4.0 out of 5 stars', '8/10', '4'; '★★★☆☆' too."""
    if of := _OF.search(words):
        value, best = _decimal(of[1]), _decimal(of[2])
        return scaled(value, best, 1.0 if best == 5 else 0.0) if value is not None and best else None
    if "★" in words:
        return scaled(float(words.count("★")), 5, 1)
    number = _decimal(words) if len(words) < 12 else None
    return scaled(number, 5, 1) if number is not None else None


def _decimal(words: str) -> float | None:
    found = _NUMBER.search(words[:20])
    return float(found[0].replace(",", ".")) if found else None


def _words(element: HtmlElement | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _heading(root: HtmlElement) -> str:
    return _words(find(root, "h1"))


def _attribute(element: HtmlElement, choice: str) -> str:
    selector, _, name = choice.rpartition("@")
    found = find(element, selector) if selector else element
    return str(found.get(name) or "") if found is not None else ""
