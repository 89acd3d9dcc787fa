"""Targets: what an act is about: its own words, a name of the catalogue around it, or the thing under discussion."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from nlp.catalogue import Name
from nlp.components.mentions import discussed
from nlp.reading import FoundMention, PostReading
from nlp.rules import Grammar, Match
from nlp.tokens import Sentence

FOLLOWS = 3
"""Within how many words what an act names must follow it."""

REACH = 10
"""How many mentions of a stretch of the text are looked at."""

_STOPS = frozenset('.!?…,;:()"-¤')
_STRONG = frozenset(".!?…;:")
_START = attrgetter("start")


class Around:
    """The mentions of a post, to find the one that an act is about; looked up by place, so that time stays linear."""

    def __init__(self, reading: PostReading, grammar: Grammar) -> None:
        self.reading = reading
        self.grammar = grammar
        self.discussed = discussed(reading)
        self._aimed = [m for m in reading.mentions if not self._is_of_fans(m)]
        lesser = grammar.words("lesser")
        compared = {id(m) for m in self._aimed if not lesser.isdisjoint(self._words_before(m))}
        self.main = [m for m in self._aimed if id(m) not in compared] or self._aimed
        self._products: dict[str | None, list[FoundMention]] = defaultdict(list)
        for mention in reading.mentions:
            if mention.product_id:
                self._products[mention.brand_id].append(mention)

    def inside(self, start: int, end: int) -> FoundMention | None:
        """The mention within a phrase, a product rather than a brand."""
        found = _products_first(_between(self._aimed, start, end))
        return self._as_product(found[0]) if found else None

    def names_fans(self, start: int, end: int) -> bool:
        """Whether a phrase names a thing for those who like it: "any Bivouac fan"."""
        return any(map(self._is_of_fans, _between(self.reading.mentions, start, end)))

    def near(self, match: Match) -> FoundMention | None:
        """The mention that an act without an object is about; one that only compares comes last.

        One in its own words or at most 3 words after them; else the first, products before brands, of the stretch of
        the sentence between strong stops ("not Kopp; Bivouac is a must"); else the last before; else the next.
        """
        start, end = match.sentence.span(*match.span)
        before = bisect_left(self.main, start, key=_START)
        ordered = (
            self._named_by(match, start, end)
            or _products_first(_between(self.main, *_stretch(match)))
            or self.main[max(0, before - 1) : max(1, before)]
        )
        return self._as_product(ordered[0]) if ordered else None

    def _named_by(self, match: Match, start: int, end: int) -> list[FoundMention]:
        """The mentions in the act's own words, else, unless these end with "it", the one that follows."""
        inside = _between(self.main, start, end)
        if inside:
            return _products_first(inside)
        sentence = match.sentence
        after = bisect_left(sentence.begins, end)
        if after and sentence.words[after - 1] in self.grammar.words("it"):
            return []
        reach = sentence.words[after : after + FOLLOWS]
        stop = next((i for i, word in enumerate(reach) if word in _STOPS), len(reach))
        return _between(self.main, end, sentence.ends[after + stop - 1])[:1] if stop else []

    def _words_before(self, mention: FoundMention) -> list[str]:
        sentence = self.reading.sentences[self.reading.sentence_at(mention.start)]
        first = bisect_left(sentence.begins, mention.start)
        return sentence.words[max(0, first - 2) : first]

    def _is_of_fans(self, mention: FoundMention) -> bool:
        sentence = self.reading.sentences[self.reading.sentence_at(mention.start)]
        after = bisect_left(sentence.begins, mention.end)
        beside = {*self._words_before(mention), *sentence.words[after : after + 1]}
        return not beside.isdisjoint(self.grammar.words("fans"))

    def _as_product(self, mention: FoundMention) -> FoundMention:
        """A brand stands for the product of it that the post names last before, else first, if it names one."""
        products = self._products[mention.brand_id]
        if mention.product_id or not products:
            return mention
        return products[max(0, bisect_right(products, mention.start, key=_START) - 1)]


def target_of(match: Match, around: Around) -> tuple[str | None, FoundMention | Name | None]:
    """What is recommended, as named in the text, and the catalogue's name for it.

    The object of the act when it has one; else a name of the catalogue around it; else what the title or the thread is
    about.
    """
    grammar, text = around.grammar, around.reading.text
    phrase = _named(match) or _phrase_after(match, grammar) or _phrase_before(match, grammar)
    near = around.near(match)
    if phrase is None or around.names_fans(*phrase):
        return (near.text if near else None), near or around.discussed
    first_word = match.sentence.words[bisect_left(match.sentence.begins, phrase[0])]
    pointed = (near or around.discussed) if first_word in grammar.words("this") else None
    return text[slice(*phrase)], around.inside(*phrase) or pointed


def _named(match: Match) -> tuple[int, int] | None:
    """What the rule itself says is the target."""
    return match.sentence.span(*match.value) if match.value and match.value[0] < match.value[1] else None


def _phrase_after(match: Match, grammar: Grammar) -> tuple[int, int] | None:
    """The object that follows: a determiner or a name and the words up to a stop."""
    sentence = match.sentence
    after = match.span[1]
    first = sentence.index(after) if after < len(sentence.line) else len(sentence.words)
    if sentence.words[first - 1] in grammar.words("to_people"):  # "recommend it to all" + "the early birds"
        return None
    if sentence.words[first - 1] in grammar.words("determiner"):  # "don't buy this" + "mug"
        first -= 1
    skip, determiners = grammar.words("object_opener"), grammar.words("determiner")
    while first < len(sentence.words) and sentence.words[first] in skip:
        first += 1
    if first >= len(sentence.words) or sentence.words[first] not in determiners:
        return None
    if first + 1 < len(sentence.words) and sentence.words[first + 1] in grammar.words("people"):  # "run, you guys"
        return None
    return _extent(sentence, first, grammar)


def _phrase_before(match: Match, grammar: Grammar) -> tuple[int, int] | None:
    """The noun that a relative clause or a participle hangs on: "un resto que je recommande", "adresse à retenir"."""
    sentence = match.sentence
    last = sentence.index(match.first) - 1
    if last >= 0 and sentence.words[last] in grammar.words("relative"):
        last -= 1
    elif not grammar.holds("hanging", sentence.line[match.first : match.last]):
        return None
    first = last
    determiners = grammar.words("determiner")
    while first >= 0 and last - first < 6 and sentence.words[first] not in _STOPS:
        if sentence.words[first] in determiners:
            break
        first -= 1
    if first < 0 or sentence.words[first] not in determiners:
        return None
    return (sentence.begins[first], sentence.ends[last]) if first < last else None


def _extent(sentence: Sentence, first: int, grammar: Grammar) -> tuple[int, int] | None:
    """From a determiner to the last word before a stop word or a mark."""
    stop = grammar.words("np_stop") - grammar.words("determiner")
    last = first + 1
    while last < len(sentence.words) and last - first < 8:
        word = sentence.words[last]
        if word in _STOPS or word in stop:
            break
        last += 1
    return (sentence.begins[first], sentence.ends[last - 1]) if last > first + 1 else None


def _between(mentions: Sequence[FoundMention], start: int, end: int) -> list[FoundMention]:
    """The first mentions, in the order of the text, that begin in a stretch of it."""
    first, last = bisect_left(mentions, start, key=_START), bisect_left(mentions, end, key=_START)
    return list(mentions[first : min(last, first + REACH)])


def _products_first(mentions: Sequence[FoundMention]) -> list[FoundMention]:
    return sorted(mentions, key=lambda mention: not mention.product_id)


def _stretch(match: Match) -> tuple[int, int]:
    """The part of the sentence between strong stops that an act stands in: offsets into the text."""
    sentence = match.sentence
    first = last = sentence.index(match.first)
    while first and sentence.words[first - 1] not in _STRONG:
        first -= 1
    while last + 1 < len(sentence.words) and sentence.words[last + 1] not in _STRONG:
        last += 1
    return sentence.begins[first], sentence.ends[last]
