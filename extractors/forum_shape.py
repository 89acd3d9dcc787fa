"""Messages of a forum whose engine no profile knows, by the structure of its page alone.

A thread is a run of alike parts that each have a date, a name and words (forum_parts.py); dates of one make cut the
page into them (forum_marks.py). Parts that each lead to a page of another title are no messages: rows of a listing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lxml.html import HtmlElement

from extractors import dates
from extractors.forum_fields import PROFILE_LINK, fill, is_other_date
from extractors.forum_marks import Mark, blocks_of, families, marks_of, segments_of
from extractors.forum_message import give_numbers
from extractors.forum_page import ForumPage
from extractors.forum_parts import Node, Part, part_of
from extractors.forum_text import words_of
from extractors.forum_titles import subject_of, titles_of
from extractors.paging import address, series_of

_MESSAGE_HINT: Final = re.compile(
    r"post|message|msg|comment|reply|reponse|answer|question|topic|discussion|thread", re.IGNORECASE
)
_LEAST_LETTERS: Final = 12
_PLENTY: Final = 40
_TITLE: Final = 10
"""Letters of a link that says where it leads, not what it does."""
_MOST_STEPS: Final = 8
_LARGEST: Final = 1_500
_MOST_NODES: Final = 40_000
_MOST_PARTS: Final = 3_000
_MOST_FAMILIES: Final = 60


@dataclass(frozen=True)
class Row:
    """A row of a listing: where it leads, its title, its earliest and latest date."""

    url: str
    title: str
    first: dates.When
    last: dates.When


class Shape:
    """The structure of a page."""

    def __init__(self, page: ForumPage) -> None:
        self.page = page
        self._patience = _MOST_NODES
        """Elements that may yet be looked at in search of a message that stands alone."""

    @cached_property
    def marks(self) -> list[Mark]:
        """Its dates."""
        return marks_of(self.page.dated_lines, self.page.mark)

    @cached_property
    def _by_element(self) -> dict[HtmlElement, Mark]:
        return {mark.element: mark for mark in self.marks}

    @cached_property
    def _runs(self) -> list[list[Part]]:
        """Runs of alike parts that each have a date, those with most parts first."""
        found = sorted(families([mark for mark in self.marks if not is_other_date(mark)]), key=len, reverse=True)[
            :_MOST_FAMILIES
        ]
        runs: dict[tuple[tuple[HtmlElement, ...], ...], list[Part]] = {}
        for family in found:
            blocks = list(dict.fromkeys(blocks_of([mark.element for mark in family])))[:_MOST_PARTS]
            for cut in ([(block,) for block in blocks], segments_of(blocks)):
                if len(cut) > 1 and tuple(cut) not in runs:
                    runs[tuple(cut)] = self._read(cut)
        return list(runs.values())

    def _read(self, cut: Iterable[tuple[HtmlElement, ...]]) -> list[Part]:
        return fill([part_of(elements, self._by_element) for elements in cut])

    # messages

    @cached_property
    def messages(self) -> list[Part]:
        """Parts that are messages, in the page's order; [] for a listing or a page of another kind."""
        threads = sorted((run for run in self._runs if _is_thread(run)), key=_weight, reverse=True)
        talks = [run for run in threads if not titles_of(run, self.page)]
        if not talks and any(len(titles_of(run, self.page)) > 2 for run in self._runs):
            return []
        main = [part for part in (talks[0] if talks else ()) if part.is_whole]
        found = self._united([self._alone(main), main], talks[1:])
        give_numbers(found)
        return sorted(found, key=lambda part: self._places[part.elements[0]])

    @cached_property
    def rows(self) -> list[Row]:
        """Rows of a listing, each with a title that leads somewhere and a date; [] on a page of another kind."""
        listed = [(run, titles) for run in self._runs if (titles := titles_of(run, self.page))]
        run, titles = max(listed, key=lambda pair: len(pair[1]), default=([], {}))
        return [row for number, node in sorted(titles.items()) if (row := self._row(run[number], node))]

    def _row(self, part: Part, node: Node) -> Row | None:
        times = sorted((mark.when for mark in part.marks.values()), key=lambda when: when.at)
        url = address(node.element, self.page.response.url)
        return Row(url, words_of(node.element), times[0], times[-1]) if url and times else None

    def _united(self, chosen: list[list[Part]], talks: list[list[Part]]) -> list[Part]:
        """The messages chosen, and the runs that stand among them: answers and the remarks below them."""
        first = [part for run in chosen for part in run]
        region, said = _region(first), {element for part in first for element in _extent(part)}
        dated = {part.date.element for part in first if part.date}
        for run in talks:
            more = [
                part for part in run
                if part.is_whole and region in _around(part) and part.date and part.date.element not in dated
                and not said & _extent(part)
            ]  # fmt: skip
            chosen.append(more)
            said |= {element for part in more for element in _extent(part)}
            dated |= {part.date.element for part in more if part.date}
        inner = {element for run in chosen for part in run for element in part.elements}
        return [part for run in chosen for part in self._without(run, inner)]

    def _without(self, run: list[Part], inner: set[HtmlElement]) -> list[Part]:
        """The parts of a run, read without the messages that lie in them."""
        if not any(node.element in inner for part in run for node in part.nodes if node.element not in part.elements):
            return run
        again = fill([part_of(part.elements, self._by_element, inner) for part in run])
        return [new if new.is_whole else old for new, old in zip(again, run, strict=True)]

    @cached_property
    def _places(self) -> dict[HtmlElement, int]:
        return {element: place for place, element in enumerate(self.page.root.iter())}

    def _alone(self, found: list[Part]) -> list[Part]:
        """The message that opens a thread in a dress of its own; on a page without any, the only one."""
        first = min((self._places[part.date.element] for part in found if part.date), default=None)
        for mark in self.marks:
            if first is not None and self._places[mark.element] >= first:
                return []
            part = self._around(mark, found)
            is_told_again = part and any(
                part.name == other.name and mark.when == (other.date or mark).when for other in found
            )
            if part and not is_told_again and not (first is None and not _MESSAGE_HINT.search(_dress(part))):
                return [part]
        return []

    def _around(self, mark: Mark, found: list[Part]) -> Part | None:
        """The smallest element around a date that has a name and words; a larger one where those words are few."""
        taken = {element for part in found for element in part.elements}
        taken |= {place for element in taken for place in element.iterancestors()}
        best, steps = None, 0
        for place in (mark.element, *mark.element.iterancestors()):
            if place in taken or place.tag in ("body", "html") or steps > _MOST_STEPS:
                break
            part = part_of((place,), self._by_element)
            self._patience -= len(part.nodes)
            if self._patience < 0 or len(part.nodes) > _LARGEST:
                break
            fill([part])
            steps += best is not None
            if self._is_alone(part, mark) and (best is None or part.letters >= 3 * best.letters):
                best = part
            if best and best.letters >= _PLENTY:
                break
        return best

    def _is_alone(self, part: Part, mark: Mark) -> bool:
        """Whether a part is a message by itself: words apart from name and date, no link to a title."""
        if not part.is_whole or part.date is not mark or not part.body or part.letters < _LEAST_LETTERS:
            return False
        if any(part.body.holds(node) for node in (part.dated, part.named) if node):
            return False
        here, about = series_of(self.page.response.url), subject_of(self.page.root.find(".//title"))
        links = [node for node in part.nodes if node.element.tag == "a" and not part.body.holds(node)]
        for node in links:
            url = address(node.element, self.page.response.url)
            is_name = node is part.named or (url is not None and PROFILE_LINK.search(url) is not None)
            is_elsewhere = url is not None and series_of(url) != here and subject_of(node.element) not in about
            if is_elsewhere and not is_name and sum(map(str.isalpha, words_of(node.element))) >= _TITLE:
                return False
        return True


def _dress(part: Part) -> str:
    places = [part.elements[0], *([part.body.element] if part.body else [])]
    return " ".join(str(place.get(name) or "") for place in places for name in ("class", "id", "itemtype"))


def _around(part: Part) -> set[HtmlElement]:
    return {part.elements[0], *part.elements[0].iterancestors()}


def _region(found: list[Part]) -> HtmlElement | None:
    """The smallest element around all of the parts."""
    if not found:
        return None
    common = set.intersection(*(_around(part) for part in found))
    return next((place for place in found[0].elements[0].iterancestors() if place in common), None)


def _extent(part: Part) -> set[HtmlElement]:
    """The text's element and those in it."""
    return set(part.body.element.iter()) if part.body else set()


def _is_thread(run: list[Part]) -> bool:
    """Whether most parts are whole, and say different things."""
    whole = [part for part in run if part.is_whole]
    if len(whole) < 2 or len(whole) < len(run) / 2:
        return False
    letters = sorted(part.letters for part in whole if part.body)
    said = {re.sub(r"[\d\W]+", " ", words_of(part.body.element))[:200] for part in whole if part.body}
    return letters[len(letters) // 2] >= _LEAST_LETTERS / 3 and len(said) >= 0.6 * len(whole)


def _weight(run: list[Part]) -> int:
    return sum(min(part.letters, 400) + 10 for part in run if part.is_whole and part.body)
