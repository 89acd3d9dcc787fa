"""Targets: what an act is about: its own words, a name of the catalogue around it, or the thing under discussion."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
        lesser = grammar.words("lesser")
        compared = {id(m) for m in reading.mentions if not lesser.isdisjoint(self._words_before(m))}
        self.main = [m for m in reading.mentions if id(m) not in compared] or reading.mentions
        self._fans = {id(m): self._is_called(m) for m in reading.mentions if self._is_of_fans(m)}
        """The mentions that stand beside a word for fans, and whether the words there say that a reader is meant."""
        self._products: dict[str | None, list[FoundMention]] = defaultdict(list)
        for mention in reading.mentions:
            if mention.product_id:
                self._products[mention.brand_id].append(mention)

    def inside(self, start: int, end: int, match: Match) -> FoundMention | None:
        """The mention within a phrase, a product rather than a brand."""
        found = _products_first(self._aimed(_between(self.reading.mentions, start, end), match))
        return self._as_product(found[0]) if found else None

    def names_fans(self, start: int, end: int, match: Match) -> bool:
        """Whether a phrase names a thing for those who like it: "any Bivouac fan"."""
        named = _between(self.reading.mentions, start, end)
        return len(self._aimed(named, match)) < len(named)

    def near(self, match: Match) -> FoundMention | None:
        """The mention that an act without an object is about; one that only compares comes last.

        One in its own words or at most 3 words after them; else the first, products before brands, of the stretch of
        the sentence between strong stops ("not Kopp; Bivouac is a must"); else the last before; else the next. Words
        that end with "it" look back only: "avoid this, Bivouac is better", unless nothing is known to be discussed.
        """
        ordered = self._near(match, self.main) or self._near(match, self.reading.mentions)
        return self._as_product(ordered[0]) if ordered else None

    def _near(self, match: Match, mentions: Sequence[FoundMention]) -> list[FoundMention]:
        start, end = match.sentence.span(*match.span)
        before = bisect_left(mentions, start, key=_START)
        first, last = _stretch(match)
        is_back = self._ends_with_it(match)
        next_one = 0 if is_back and self.discussed else 1
        return (
            self._named_by(match, mentions, start, end)
            or _products_first(self._aimed(_between(mentions, first, start if is_back else last), match))
            or self._aimed(mentions[max(0, before - REACH) : max(next_one, before)], match)[-1:]
        )

    def _ends_with_it(self, match: Match) -> bool:
        """Whether "it" is the act's last word, or stands alone between it and a mark."""
        words, last = match.sentence.words, match.sentence.index(match.span[1] - 1)
        following = words[last + 1 : last + 3]
        is_alone = _STOPS.issuperset(following[1:])
        return not self.grammar.words("it").isdisjoint([words[last], *(following[:1] if is_alone else ())])

    def _named_by(self, match: Match, mentions: Sequence[FoundMention], start: int, end: int) -> list[FoundMention]:
        """The mentions in the act's own words, else, unless these end with "it", the one that follows."""
        inside = self._aimed(_between(mentions, start, end), match)
        if inside:
            return _products_first(inside)
        sentence = match.sentence
        after = bisect_left(sentence.begins, end)
        if self._ends_with_it(match):
            return []
        reach = sentence.words[after : after + FOLLOWS]
        stop = next((i for i, word in enumerate(reach) if word in _STOPS), len(reach))
        return self._aimed(_between(mentions, end, sentence.ends[after + stop - 1])[:1], match) if stop else []

    def _aimed(self, mentions: Iterable[FoundMention], match: Match) -> list[FoundMention]:
        """The mentions without those whose fans the act speaks to: what its author likes may well be its target."""
        act, _ = match.sentence.span(*match.span)

        def is_spoken_to(mention: FoundMention) -> bool:
            is_beside = match.sentence.start <= mention.start < match.sentence.end
            return id(mention) in self._fans and is_beside and (mention.start >= act or self._fans[id(mention)])

        return [mention for mention in mentions if not is_spoken_to(mention)]

    def _words_before(self, mention: FoundMention) -> list[str]:
        sentence = self.reading.sentences[self.reading.sentence_at(mention.start)]
        first = bisect_left(sentence.begins, mention.start)
        return sentence.words[max(0, first - 2) : first]

    def _is_of_fans(self, mention: FoundMention) -> bool:
        sentence = self.reading.sentences[self.reading.sentence_at(mention.start)]
        after = bisect_left(sentence.begins, mention.end)
        beside = {*self._words_before(mention), *sentence.words[after : after + 1]}
        return not beside.isdisjoint(self.grammar.words("fans"))

    def _is_called(self, mention: FoundMention) -> bool:
        """Whether the words up to a mention and the one after are for readers ("Kopp fans, ..."), not of the author."""
        sentence = self.reading.sentences[self.reading.sentence_at(mention.start)]
        after = bisect_left(sentence.begins, mention.end)
        line = sentence.words_line(0, after + 1)
        return self.grammar.holds("fans_called", line) and not self.grammar.holds("author", line)

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
    if phrase is None or around.names_fans(*phrase, match):
        return (near.text if near else None), near or around.discussed
    first_word = match.sentence.words[bisect_left(match.sentence.begins, phrase[0])]
    pointed = (near or around.discussed) if first_word in grammar.words("this") else None
    return text[slice(*phrase)], around.inside(*phrase, match) or pointed


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
