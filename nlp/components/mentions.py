"""Mentions: brands and products of the catalogue, in the text or under discussion around it.

Names are found whatever their case, accents, hyphens and plural, inside hashtags, handles and addresses, and with one
letter wrong when they are long. A product beats its brand where they overlap; the longest name wins.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from spacy.tokens import Doc

from nlp.catalogue import Catalogue, Hit, Name
from nlp.reading import FoundMention, PostReading
from nlp.rules import Grammar, load_grammar
from nlp.tokens import Sentence


def find_mentions(doc: Doc) -> Doc:
    """Component. Named mentions first, then the product under discussion where the text only points at it."""
    reading: PostReading = doc._.reading
    if reading.names:
        for sentence, hits in zip(reading.sentences, reading.names.sentences, strict=True):
            reading.mentions += _named(reading.text, sentence, hits, reading.catalogue)
        reading.mentions += list(_pointed(reading.text, reading))
        reading.mentions.sort(key=lambda mention: mention.start)
    return doc


def discussed(reading: PostReading) -> Name | None:
    """The product, else the brand, that the page, the title or the thread is about, when they name one."""
    context, catalogue = reading.context, reading.catalogue
    if context.product_id is not None and context.product_id in catalogue.brand_of:
        return Name((), catalogue.brand_of[context.product_id], context.product_id)
    for hits in reading.names.titles if reading.names else ():
        names = {(hit.name.brand_id, hit.name.product_id) for hit in hits}
        products = {name for name in names if name[1]} or names
        if len(products) == 1:
            return Name((), *products.pop())
    return None


def _named(text: str, sentence: Sentence, hits: list[Hit], catalogue: Catalogue) -> Iterator[FoundMention]:
    for hit in hits:
        start, end = sentence.begins[hit.first], sentence.ends[hit.last - 1]
        yield _mention(text, start, end, hit.name, hit.rule_id, confidence=hit.confidence)
    for i in sentence.addresses:
        if found := catalogue.addresses.owner(sentence.words[i]):
            (brand_id, product_id), rule_id = found
            name = Name((), brand_id, product_id)
            yield _mention(text, sentence.begins[i], sentence.ends[i], name, rule_id, confidence=0.95)


def _pointed(text: str, reading: PostReading) -> Iterator[FoundMention]:
    """Words that point: "ce mug", "the game", "it"; to what was last named alone, else what the thread is about."""
    if reading.grammar is None:
        return
    pointers = _pointers(reading.grammar.code)
    if all(pointers.is_idle(sentence) for sentence in reading.sentences):
        return
    around = discussed(reading)
    named = _Named(reading)
    if around is None and not named.there:
        return
    for number, sentence in enumerate(reading.sentences):
        for first, last, called, rule_id in pointers.found(sentence):
            if called and not named.is_noun(called):
                continue
            target = named.last(number, sentence.begins[first], called) or around
            if target is None or target is TWO:
                continue
            start, end = sentence.begins[first], sentence.ends[last - 1]
            if called and not (reading.catalogue.is_called(called, target) and named.allows(sentence, last, target)):
                continue
            confidence = 0.7 if rule_id == "mention.this" else 0.6
            yield _mention(text, start, end, target, rule_id, confidence=confidence, is_linked=True)


TWO: Final = Name((), "", None)
"""Stands for several names that a word may point to."""

_MARKS: Final = frozenset(".!?…,;:()-¤")
"""No quotation mark: in 'recommande le "Bolt"' the word before it is an article."""

FAR: Final = 3
"""How many sentences back "it" may point."""


class _Pointers:
    """What may point to a product in a language."""

    def __init__(self, grammar: Grammar) -> None:
        self.this, self.definite = grammar.words("this"), grammar.words("definite")
        self.subject, self.does = grammar.words("it_subject"), grammar.words("it_does")
        self.object, self.done, self.have = (grammar.words(name) for name in ("it_object", "it_done", "it_have"))
        self.then = grammar.words("it_then")
        self.all = self.this | self.definite | self.subject | self.object

    def is_idle(self, sentence: Sentence) -> bool:
        return self.all.isdisjoint(sentence.keys)

    def found(self, sentence: Sentence) -> Iterator[tuple[int, int, str, str]]:
        """First word, word after the last, the noun ("" for a pronoun) and the rule."""
        words = sentence.words
        for i, word in enumerate(words if not self.is_idle(sentence) else ()):
            after = words[i + 1] if i + 1 < len(words) else ""
            if word in self.this and after:
                yield i, i + 2, after, "mention.this"
            elif (word in self.subject and after in self.does) or (word in self.object and self._is_object(words, i)):
                yield i, i + 1, "", "mention.it"
            elif word in self.definite and after:
                yield i, i + 2, after, "mention.the"

    def _is_object(self, words: list[str], i: int) -> bool:
        """Whether something is done to it: "bought it", "l'ai acheté"."""
        if i and words[i - 1] in self.done:
            return words[i] not in self.definite or self._is_last(words, i)
        after = next((word for word in words[i + 1 : i + 4] if word not in self.have), "")
        return after in self.done

    def _is_last(self, words: list[str], i: int) -> bool:
        """Whether no noun can follow: "recommande-le !", "achète-la vite"; else the word is an article."""
        after = words[i + 1] if i + 1 < len(words) else "."
        return after in _MARKS or after in self.then


@functools.cache
def _pointers(code: str) -> _Pointers:
    return _Pointers(load_grammar(code))


class _Named:
    """What was named last before a place; looked up by sentence, so that time stays linear."""

    def __init__(self, reading: PostReading) -> None:
        self.catalogue = reading.catalogue
        self.nouns = frozenset().union(*self.catalogue.category_words.values())
        self.starts = {mention.start: mention for mention in reading.mentions}
        self.there: dict[int, list[FoundMention]] = defaultdict(list)
        for mention in reading.mentions:
            if mention.brand_id:
                self.there[reading.sentence_at(mention.start)].append(mention)
        self._known: dict[str, tuple[int, Name | None]] = {}
        """Noun -> how many sentences were looked through for it, and what it stood for last."""

    def is_noun(self, called: str) -> bool:
        """Whether anything in the catalogue is called so."""
        return called in self.nouns or called.removesuffix("s") in self.nouns

    def allows(self, sentence: Sentence, word: int, target: Name) -> bool:
        """Whether the noun before a word may point to a target: not when a name there says which one it calls.

        "The mug Bivouac" points nowhere, and "this mug Tisonne" to nothing that another brand makes.
        """
        name = self.starts.get(sentence.begins[word]) if word < len(sentence.begins) else None
        return name is None or (name.product_id is None and name.brand_id == target.brand_id)

    def last(self, number: int, place: int, called: str) -> Name | None:
        """The one thing in the nearest sentence, from `number` back, that names any; TWO when it names several.

        `place` is the offset before which it must be named. Without a noun, only the last FAR sentences count.
        """
        here = self._one([m for m in self.there.get(number, ()) if m.end <= place], called)
        since, earlier = self._known.get(called, (0, None)) if called else (max(0, number - FAR + 1), None)
        for i in range(number - 1, since - 1, -1):
            found = self._one(self.there.get(i, ()), called)
            if found:
                earlier = found
                break
        if called:
            self._known[called] = number, earlier
        return here or earlier

    def _one(self, there: Sequence[FoundMention], called: str) -> Name | None:
        names = {(m.brand_id or "", m.product_id) for m in there}
        things = {Name((), *name) for name in names if name[1]} or {Name((), *name) for name in names}
        fitting = {thing for thing in things if not called or self.catalogue.is_called(called, thing)}
        if len(fitting) == 1 and (called or len(things) == 1):
            return fitting.pop()
        return TWO if fitting or (things and not called) else None


def _mention(
    text: str, start: int, end: int, name: Name, rule_id: str, *, confidence: float, is_linked: bool = False
) -> FoundMention:
    return FoundMention(
        start=start, end=end, text=text[start:end], rule_id=rule_id, confidence=confidence, brand_id=name.brand_id,
        product_id=name.product_id, is_linked=is_linked,
    )  # fmt: skip
