"""Which names of the catalogue a post means: "Bivouac" may be a mug, or a night in the open.

A name that is also an ordinary word counts when it is written with its capital away from the start of a sentence, or
as a hashtag or handle. Else it needs company: a name of its brand that is no ordinary word, or its capital elsewhere,
in the post or the title; a word of its category in the sentence or the next; a rival beside it. A plural in small
letters after an article ("the bivouacs") is the word: there only its brand, or a name beside it, is company.

Where brands.yml gives examples of its senses, they decide instead (`senses.py`), with the same signs as evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.catalogue import Catalogue, Hit, Name
from nlp.senses import probability
from nlp.tokens import Sentence

SUPPORTED = 0.75
"""How sure a name is that only its company tells from the word."""

EVEN = 0.5
"""From this probability on, a name with examples is meant."""

CAPITAL, SMALL, COMPANY, HOUSED, ONE_OF_MANY = 2.0, 1.0, 2.0, 2.0, 0.7
"""Log-odds that a capital where none is due, other names of the brand and "chez" add to what examples say; that small
letters in a text with capitals, and "an" before them, take away."""

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
        one: frozenset[str] = frozenset(),
        article: frozenset[str] = frozenset(),
    ) -> None:
        """Words around a name: `bought` after a thing ("Bivouac ordered"), `house` before a company ("chez").

        `one` stands before a thing of which there are many ("an apple"), `article` before any noun.
        """
        self.bought, self.house, self.one, self.article = bought, house, one, article
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
        found = [self._found(text, sentence) for sentence in sentences]
        if not any(hit.name.is_common for hits in found for hit in hits):
            self.known |= {hit.name.brand_id for hits in found for hit in hits}
            return found
        under = {word for sentence in below for word in sentence.words}
        pairs = list(zip(sentences, found, strict=True))
        written = [[_is_written_as_name(text, line, hit) for hit in hits] for line, hits in pairs]
        for hits, marks in zip(found, written, strict=True):
            sure = zip(hits, marks, strict=True)
            self.known |= {hit.name.brand_id for hit, is_sure in sure if is_sure and not hit.name.sense}
        is_cased = any(c.isupper() for c in text) and not text.isupper()
        meant: list[list[Hit]] = []
        for i, (hits, marks) in enumerate(zip(found, written, strict=True)):
            near = {word for sentence in sentences[max(0, i - 1) : i + 2] for word in sentence.words} if hits else set()
            kept: list[Hit] = []
            for hit, is_sure in zip(hits, marks, strict=True):
                if hit.name.sense:
                    confidence = self._sensed(text, sentences, i, hit, is_sure=is_sure, is_cased=is_cased)
                    if confidence >= EVEN:
                        kept.append(hit._replace(confidence=round(confidence, 2), rule_id="mention.sense"))
                elif is_sure:
                    kept.append(hit)
                elif self._is_plain_plural(text, sentences[i], hit):
                    if self._has_company(hit.name, hits, set()):
                        kept.append(hit._replace(confidence=SUPPORTED))
                elif (
                    self._has_company(hit.name, hits, near)
                    or self._has_company(hit.name, [], under)
                    or self._is_bought(text, sentences[i], hit)
                    or self._is_housed(sentences[i], hit)
                ):
                    kept.append(hit._replace(confidence=min(hit.confidence, SUPPORTED)))
            meant.append(kept)
        return meant

    def _found(self, text: str, sentence: Sentence) -> list[Hit]:
        """Every name in a sentence, joined to other words in a hashtag too."""
        hits = list(self.catalogue.in_words(sentence.words))
        for i, word in enumerate(sentence.words if "#" in sentence.line else ()):
            if word[0] == "#" and not any(hit.first == i for hit in hits):
                joined = self.catalogue.in_hashtag(word, text[sentence.begins[i] : sentence.ends[i]], i)
                hits += [joined] if joined else []
        return sorted(hits, key=lambda hit: hit.first)

    def _sensed(
        self, text: str, sentences: list[Sentence], i: int, hit: Hit, *, is_sure: bool, is_cased: bool
    ) -> float:
        """How sure it is that a name with examples is meant, 0 to 1."""
        sentence = sentences[i]
        before = sentences[i - 1].words if i else []
        after = sentences[i + 1].words if i + 1 < len(sentences) else []
        example = ([*before, *sentence.words, *after], len(before) + hit.first, len(before) + hit.last)
        log_odds = hit.name.sense.log_odds(example) if hit.name.sense else 0.0
        word = text[sentence.begins[hit.first] : sentence.ends[hit.last - 1]]
        log_odds += CAPITAL * is_sure - SMALL * (is_cased and word.islower() and word[0] not in "#@")
        log_odds += COMPANY * (hit.name.brand_id in self.known) + HOUSED * self._is_housed(sentence, hit)
        is_one_of_many = word.islower() and not self.one.isdisjoint(sentence.words[max(0, hit.first - 1) : hit.first])
        return probability(log_odds - ONE_OF_MANY * is_one_of_many)

    def _is_plain_plural(self, text: str, sentence: Sentence, hit: Hit) -> bool:
        """Whether it is written as the ordinary word in the plural: small letters, an ending, an article before it."""
        is_small = text[sentence.begins[hit.first]].islower()
        has_article = not self.article.isdisjoint(sentence.words[max(0, hit.first - 1) : hit.first])
        return hit.rule_id == "mention.inflected" and is_small and has_article

    def _is_housed(self, sentence: Sentence, hit: Hit) -> bool:
        return not self.house.isdisjoint(sentence.words[max(0, hit.first - 1) : hit.first])

    def _is_bought(self, text: str, sentence: Sentence, hit: Hit) -> bool:
        starts_high = text[sentence.begins[hit.first]].isupper()
        return starts_high and not self.bought.isdisjoint(sentence.words[hit.last : hit.last + 1])

    def _has_company(self, name: Name, beside: list[Hit], near: set[str]) -> bool:
        if name.brand_id in self.known or any(not hit.name.is_common for hit in beside):
            return True
        called = self.catalogue.category_words.get(name.product_id or name.brand_id, set())
        return any(word in near or word + "s" in near for word in called)


def _is_written_as_name(text: str, sentence: Sentence, hit: Hit) -> bool:
    """Whether its spelling says that it is the name."""
    if not hit.name.is_common:
        return True
    word = text[sentence.begins[hit.first] : sentence.ends[hit.last - 1]]
    if word[0] in "#@":
        return True
    if not word[0].isupper() or (len(word) > 1 and word.isupper()):
        return False
    before = [w for w in sentence.words[: hit.first] if w[0].isalnum()]
    return bool(before) and not _is_headline(text, sentence, hit.first)


def _is_headline(text: str, sentence: Sentence, place: int) -> bool:
    """Whether the other long words have capitals too."""
    others = [
        text[start]
        for i, start in enumerate(sentence.begins)
        if i != place and text[start].isalpha() and sentence.ends[i] - start > HEADLINE_WORDS
    ]
    return len(others) >= HEADLINE_WORDS and 2 * sum(map(str.isupper, others)) > len(others)
