"""Cues: every evidence span that is not an act, as the rules say; weak signals are only counted.

Reasons are left to `reasons.py`: they are found once the acts are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from spacy.tokens import Doc

from nlp.reading import FoundCue, FoundMention, PostReading
from nlp.rules import Grammar, Match
from ouidire.records import RULE_CUES

SURE: Final = 0.6
"""Confidence from which a cue is evidence by itself."""

WEAK: Final = 0.5
"""Confidence under which influence needs a purchase beside it."""

PURCHASES: Final = ("purchase", "intent")
PAID_ADDRESS: Final = "cue.affiliate_url"
"""The rule of an address that names who is paid for the click."""

_PAID: Final = re.compile(r"[?&](?:tag|aff|affid|aff_id|affiliate|ref)=(?!main|master|head)\w")
"""What shops put into an address to know whom to pay."""

DEEDS: Final = (*PURCHASES, "experience")

WEIGHED: Final = ("comparison", "switch")
"""Kinds that set one product against another: their brand and product are those of the one chosen."""

PART_WORDS: Final = 4
"""Within how many words a sentence must begin with the part that the last one said was bought."""

_KINDS: Final = tuple(kind for kind in RULE_CUES if kind != "reason")

NAMES: Final = 10
"""How many names a comparison is looked through for."""

ABOUT: Final = frozenset({"scene", "own"})
"""Signals that only a post about a thing of one's own, or its parts, gives off."""

LIVED_SCENES: Final = 2
"""From how many words of a scene ("legroom", "the lounge") a post is about something its author went through."""


def find_cues(doc: Doc) -> Doc:
    """Within one kind the longest of overlapping cues stays; kinds may overlap."""
    reading: PostReading = doc._.reading
    if reading.grammar is None:
        return doc
    for sentence_matches in reading.matches:
        for match in longest(m for m in sentence_matches if m.rule.emits == "signal"):
            name = match.rule.value or match.rule.id
            reading.signals[name] = reading.signals.get(name, 0) + 1
        kinds = {match.rule.emits for match in sentence_matches}
        for kind in kinds.intersection(_KINDS):
            reading.cues += [cue_of(reading, match) for match in found(sentence_matches, kind)]
    reading.cues += _paid_addresses(reading)
    missing = {need for need, is_met in (("thing", has_thing), ("lived", is_lived)) if not is_met(reading)}
    reading.cues = [cue for cue in reading.cues if _need(reading.grammar, cue) not in missing]
    _drop_idle_thanks(reading)
    _drop_parts(reading)
    reading.cues.sort(key=lambda cue: (cue.start, cue.end, cue.rule_id))
    return doc


def has_thing(reading: PostReading) -> bool:
    """Whether the post is about something to use or buy: its title or thread, a name, a purchase, words of a review."""
    grammar = reading.grammar
    assert grammar is not None
    return (
        _is_topic_known(reading)
        or not ABOUT.isdisjoint(reading.signals)
        or any(cue.kind in PURCHASES for cue in reading.cues)
        or any(grammar.holds("goods", sentence.line) for sentence in reading.sentences)
    )


def is_lived(reading: PostReading) -> bool:
    """Whether the post is about something its author went through: what it is about is known, or it says so.

    Without that, blame is of teachers, news and hair: in comments and tweets most of it is.
    """
    return (
        _is_topic_known(reading)
        or "own" in reading.signals
        or reading.signals.get("scene", 0) >= LIVED_SCENES
        or any(cue.kind in ("purchase", "experience") for cue in reading.cues)
    )


def _is_topic_known(reading: PostReading) -> bool:
    """Whether a title, a thread or a name of the catalogue tells what the post is about."""
    context = reading.context
    return bool(context.title or context.thread_title or context.product_id or reading.mentions)


def _need(grammar: Grammar, cue: FoundCue) -> str | None:
    """What the rule of a cue needs of the post."""
    rule = grammar.rules.get(cue.rule_id)
    return rule.needs if rule else None


def _paid_addresses(reading: PostReading) -> list[FoundCue]:
    """Addresses that name who is paid for the click."""
    return [
        FoundCue(
            start=sentence.begins[i], end=sentence.ends[i], text=reading.text[sentence.begins[i] : sentence.ends[i]],
            rule_id=PAID_ADDRESS, confidence=0.8, kind="affiliate_link",
        )
        for sentence in reading.sentences
        for i in sentence.addresses
        if _PAID.search(sentence.words[i])
    ]  # fmt: skip


def _second_person(reading: PostReading) -> frozenset[str]:
    return reading.grammar.words("second_person") if reading.grammar else frozenset()


def _drop_idle_thanks(reading: PostReading) -> None:
    """Weak influence ("thanks @x") only counts within a sentence of a purchase, a plan or use; never that of a brand.

    What need not be a person ("thanks to the lid", rules `.weak`) needs them in its own sentence. The weakest
    ("thanks Jo"), which staff get too, only counts beside a purchase or a plan.
    """
    places = [(cue, reading.sentence_at(cue.start)) for cue in reading.cues]
    deeds = {place for cue, place in places if cue.kind in DEEDS}
    purchases = {place for cue, place in places if cue.kind in PURCHASES}
    brands = {mention.text.lstrip("@") for mention in reading.mentions}

    def counts(cue: FoundCue, place: int) -> bool:
        needed = purchases if cue.confidence < WEAK else deeds
        reach = 0 if cue.rule_id.endswith(".weak") else 1
        is_near = not needed.isdisjoint(range(place - reach, place + reach + 1))
        return (cue.confidence >= SURE or is_near) and (cue.value or "").lstrip("@") not in brands

    reading.cues = [cue for cue, place in places if cue.kind != "influence" or counts(cue, place)]


def _drop_parts(reading: PostReading) -> None:
    """A purchase said bare before its object ("Received! New lid") is none when the object is a spare part."""
    grammar, sentences = reading.grammar, reading.sentences
    assert grammar is not None
    parts, before = grammar.words("spare_part"), grammar.words("before_part")

    def is_part(cue: FoundCue) -> bool:
        after = reading.sentence_at(cue.start) + 1
        if after >= len(sentences) or any(c.isalnum() for c in reading.text[cue.end : sentences[after].start]):
            return False
        words = sentences[after].words
        first = next((word for word in words[:PART_WORDS] if word not in before), "")
        return first in parts

    if parts:
        reading.cues = [cue for cue in reading.cues if cue.kind != "purchase" or not is_part(cue)]


def found(matches: Iterable[Match], kind: str) -> list[Match]:
    """The matches of one kind ("act" or a kind of cue) that no longer one of the kind, or trap for it, overlaps."""
    rivals = (m for m in matches if m.rule.emits == kind or (m.rule.emits == "trap" and m.rule.value == kind))
    return [match for match in longest(rivals) if match.rule.emits == kind]


def longest(matches: Iterable[Match]) -> list[Match]:
    """Matches whose spans do not overlap, the longest first chosen (a trap before an act), in the order of the text."""
    chosen: list[Match] = []
    for match in sorted(matches, key=_rank):
        if all(match.span[1] <= other.span[0] or match.span[0] >= other.span[1] for other in chosen):
            chosen.append(match)
    return sorted(chosen, key=lambda m: m.span)


def _rank(match: Match) -> tuple[int, bool, bool, int, str]:
    """Longer spans first; at equal length traps, then what is against, then a fixed order."""
    start, end = match.span
    return start - end, match.rule.emits != "trap", match.rule.polarity != "against", start, match.rule.id


def cue_of(reading: PostReading, match: Match) -> FoundCue:
    """The cue of a match; the value of a reason is its aspect.

    Led by "your review" is led by "your": the person spoken to is found by who is answered.
    """
    text = reading.text
    start, end = match.sentence.span(*match.span)
    value = match.rule.value
    if match.value is not None and match.value[1] > match.value[0]:
        first, last = match.sentence.span(*match.value)
        value = text[first:last]
        word = match.sentence.index(match.value[0])
        if match.rule.emits == "influence" and match.sentence.words[word] in _second_person(reading):
            value = text[slice(match.sentence.begins[word], match.sentence.ends[word])]
    name = _name_of(reading, match) if match.rule.emits in WEIGHED else None
    if match.rule.emits == "reason" and reading.grammar:
        value = reading.grammar.aspect_of(match.sentence.line[slice(*match.span)])
    return FoundCue(
        start=start, end=end, text=text[start:end], rule_id=match.rule.id, confidence=match.rule.confidence,
        kind=match.rule.emits, value=value,
        brand_id=name.brand_id if name else None,
        product_id=name.product_id if name else None,
    )  # fmt: skip


def _name_of(reading: PostReading, match: Match) -> FoundMention | None:
    """The catalogue's name for what wins: the better one of a comparison, what a switch takes up (not what it left)."""
    start, end = match.sentence.span(*match.span)
    first, last = match.sentence.span(*match.value) if match.value else (end, end)
    is_value = match.rule.emits == "comparison"
    at = bisect_left(reading.mentions, start, key=lambda mention: mention.start)
    for mention in reading.mentions[at : at + NAMES]:
        if mention.start < end and (first <= mention.start < last) == is_value:
            return mention
    return None
