"""Which names of the catalogue a post means: "Bivouac" may be a mug, or a night in the open.

A name that is also an ordinary word counts when it is written with its capital away from the start of a sentence, or
as a hashtag or handle. Else it needs company: a name of its brand that is no ordinary word, or its capital elsewhere,
in the post or the title; a word of its category in the sentence or the next; a rival beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.catalogue import Catalogue, Hit, Name
from nlp.tokens import Sentence

SUPPORTED = 0.75
"""How sure a name is that only its company tells from the word."""

HEADLINE_WORDS = 3
"""From so many other words on, a sentence may be all capitals, where a capital says nothing."""


class Names:
    """The names meant in a post, sentence by sentence, and in the titles above it."""

    def __init__(
        self,
        text: str,
        sentences: list[Sentence],
        titles: Iterable[str | None],
        catalogue: Catalogue,
        *,
        product_id: str | None = None,
        bought: frozenset[str] = frozenset(),
        house: frozenset[str] = frozenset(),
    ) -> None:
        """Words around a name: `bought` after a thing ("Bivouac ordered"), `house` before a company ("chez")."""
        self.bought, self.house = bought, house
        self.catalogue = catalogue
        page = catalogue.brand_of.get(product_id or "")
        self.known: set[str] = {page} if page else set()
        """Brands that a name which is no ordinary word, or its capital, says are spoken of."""
        self.titles: list[list[Hit]] = []
        for title in titles:
            lines = catalogue.lines(title)
            meant = self._meant(title or "", lines, sentences)
            self.titles.append([hit for hits in meant for hit in hits])
        self.sentences = self._meant(text, sentences)

    def _meant(self, text: str, sentences: list[Sentence], below: Sequence[Sentence] = ()) -> list[list[Hit]]:
        """The names meant in each sentence; `below` is the post under a title, which tells what the title is about."""
        found = [list(self.catalogue.in_words(sentence.words)) for sentence in sentences]
        if not any(name.is_common for hits in found for name, *_ in hits):
            self.known |= {name.brand_id for hits in found for name, *_ in hits}
            return found
        under = {word for sentence in below for word in sentence.words}
        pairs = list(zip(sentences, found, strict=True))
        written = [[_is_written_as_name(text, line, hit) for hit in hits] for line, hits in pairs]
        for hits, marks in zip(found, written, strict=True):
            self.known |= {hit[0].brand_id for hit, is_sure in zip(hits, marks, strict=True) if is_sure}
        meant: list[list[Hit]] = []
        for i, (hits, marks) in enumerate(zip(found, written, strict=True)):
            near = {word for sentence in sentences[max(0, i - 1) : i + 2] for word in sentence.words} if hits else set()
            kept: list[Hit] = []
            for hit, is_sure in zip(hits, marks, strict=True):
                name, first, last, confidence = hit
                if is_sure:
                    kept.append(hit)
                elif (
                    self._has_company(name, hits, near)
                    or self._has_company(name, [], under)
                    or self._is_bought(text, sentences[i], hit)
                    or not self.house.isdisjoint(sentences[i].words[max(0, first - 1) : first])
                ):
                    kept.append((name, first, last, min(confidence, SUPPORTED)))
            meant.append(kept)
        return meant

    def _is_bought(self, text: str, sentence: Sentence, hit: Hit) -> bool:
        _, first, last, _ = hit
        return text[sentence.begins[first]].isupper() and not self.bought.isdisjoint(sentence.words[last : last + 1])

    def _has_company(self, name: Name, beside: list[Hit], near: set[str]) -> bool:
        if name.brand_id in self.known or any(not other.is_common for other, *_ in beside):
            return True
        called = self.catalogue.category_words.get(name.product_id or name.brand_id, set())
        return any(word in near or word + "s" in near for word in called)


def _is_written_as_name(text: str, sentence: Sentence, hit: Hit) -> bool:
    """Whether its spelling says that it is the name."""
    name, first, last, _ = hit
    if not name.is_common:
        return True
    word = text[sentence.begins[first] : sentence.ends[last - 1]]
    if word[0] in "#@":
        return True
    if not word[0].isupper() or (len(word) > 1 and word.isupper()):
        return False
    before = [w for w in sentence.words[:first] if w[0].isalnum()]
    return bool(before) and not _is_headline(text, sentence, first)


def _is_headline(text: str, sentence: Sentence, place: int) -> bool:
    """Whether the other long words have capitals too."""
    others = [
        text[start]
        for i, start in enumerate(sentence.begins)
        if i != place and text[start].isalpha() and sentence.ends[i] - start > HEADLINE_WORDS
    ]
    return len(others) >= HEADLINE_WORDS and 2 * sum(map(str.isupper, others)) > len(others)
