"""Mentions: brands and products of the catalogue, in the text or under discussion around it.

Names are found whatever their case, accents, hyphens and plural, inside hashtags, handles and addresses, and with one
letter wrong when they are long. A product beats its brand where they overlap; the longest name wins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from spacy.tokens import Doc

from nlp.catalogue import Catalogue, Hit, Name
from nlp.reading import FoundMention, PostReading
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
        names = {(n.brand_id, n.product_id) for n, *_ in hits}
        products = {name for name in names if name[1]} or names
        if len(products) == 1:
            return Name((), *products.pop())
    return None


def _named(text: str, sentence: Sentence, hits: list[Hit], catalogue: Catalogue) -> Iterator[FoundMention]:
    for name, first, last, confidence in hits:
        yield _mention(
            text, sentence.begins[first], sentence.ends[last - 1], name, "mention.name", confidence=confidence
        )
    for i, word in enumerate(sentence.words):
        if word.startswith(("http", "www.")) and (owner := catalogue.by_url(word)):
            yield _mention(text, sentence.begins[i], sentence.ends[i], owner, "mention.url", confidence=0.95)


def _pointed(text: str, reading: PostReading) -> Iterator[FoundMention]:
    """A word that points ("ce mug"): the last product named before, else that of the title or the thread."""
    this = reading.grammar.words("this") if reading.grammar else frozenset()
    around = discussed(reading)
    named = [mention for mention in reading.mentions if mention.product_id]
    starts = [mention.start for mention in named]
    for sentence in reading.sentences:
        for i, (word, called) in enumerate(pairwise(sentence.words)):
            if word not in this:
                continue
            before = bisect_left(starts, sentence.begins[i])
            target = Name((), named[before - 1].brand_id or "", named[before - 1].product_id) if before else around
            if target and reading.catalogue.is_called(called, target):
                start, end = sentence.begins[i], sentence.ends[i + 1]
                yield _mention(text, start, end, target, "mention.this", confidence=0.7, is_linked=True)


def _mention(
    text: str, start: int, end: int, name: Name, rule_id: str, *, confidence: float, is_linked: bool = False
) -> FoundMention:
    return FoundMention(
        start=start, end=end, text=text[start:end], rule_id=rule_id, confidence=confidence, brand_id=name.brand_id,
        product_id=name.product_id, is_linked=is_linked,
    )  # fmt: skip
