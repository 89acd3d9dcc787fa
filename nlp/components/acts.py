"""Acts: the phrases by which someone tells a reader what to do about a product (gold/GUIDE.md).

Rules say which words perform an act and with which polarity; a longer rule beats a shorter one on the same words, so a
negation or a false friend is simply a longer rule. The sentence around then decides the modality.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc

from nlp.components.cues import found, has_thing
from nlp.components.targets import Around, target_of
from nlp.reading import FoundAct, FoundSpan, PostReading
from nlp.rules import Grammar, Match

SURE = 0.6
"""Confidence from which an act stands by itself beside others."""

QUESTION_WORDS = 14
"""An act is a question when the mark follows within so many words: a later one asks something else."""

_OPPOSITE = {"for": "against", "against": "for"}


def find_acts(doc: Doc) -> Doc:
    """One act a phrase, in the order of the text."""
    reading: PostReading = doc._.reading
    grammar = reading.grammar
    if grammar is None:
        return doc
    around = Around(reading, grammar)
    is_about = has_thing(reading)
    before: set[str | None] = set()
    for matches in reading.matches:
        said = {match.rule.value for match in matches if match.rule.emits == "signal"}
        is_ironic = bool({"irony", "sarcasm"} & said) or "sarcasm" in before
        before = said
        apt = (match for match in matches if is_about or match.rule.needs is None)
        reading.acts += [_act(match, around, is_ironic=is_ironic) for match in found(apt, "act")]
    reading.acts = list(_merged(reading.acts, reading.text))
    sure = {act.polarity for act in reading.acts if act.confidence >= SURE and act.is_own}
    reading.acts = [act for act in reading.acts if act.confidence >= SURE or act.polarity not in sure]
    reading.candidates += list(_candidates(reading))
    return doc


def _merged(acts: list[FoundAct], text: str) -> Iterator[FoundAct]:
    """An act that is only said again ("foncez, foncez !") is one act."""
    last: FoundAct | None = None
    for act in acts:
        if last and _is_repeat(last, act, text):
            last = replace(last, end=act.end, text=text[last.start : act.end])
            continue
        if last:
            yield last
        last = act
    if last:
        yield last


def _is_repeat(before: FoundAct, act: FoundAct, text: str) -> bool:
    same = (before.rule_id, before.polarity, before.modality) == (act.rule_id, act.polarity, act.modality)
    return same and not any(c.isalnum() for c in text[before.end : act.start]) and act.target in (None, before.target)


def _candidates(reading: PostReading) -> Iterator[FoundSpan]:
    """Recommended things with a capital inside that the catalogue does not know: names worth adding to brands.yml."""
    for act in reading.acts:
        target = act.target or ""
        name = target.partition(" ")[2] if target[:1].islower() or " " in target else target
        if act.brand_id is None and name[:1].isupper():
            start = reading.text.find(name)
            yield FoundSpan(
                start=start, end=start + len(name), text=name, rule_id="candidate.target", confidence=0.5,
            )  # fmt: skip


def _act(match: Match, around: Around, *, is_ironic: bool) -> FoundAct:
    reading, grammar = around.reading, around.grammar
    sentence, rule = match.sentence, match.rule
    start, end = sentence.span(*match.span)
    target, name = target_of(match, around)
    is_ironic = is_ironic and rule.polarity == "for"
    return FoundAct(
        start=start, end=end, text=reading.text[start:end], rule_id=rule.id, confidence=rule.confidence,
        polarity=_OPPOSITE[rule.polarity] if is_ironic else rule.polarity,
        modality=rule.modality or _modality(match, reading, grammar),
        target=target,
        addressee="seeker" if _is_to_seeker(match, grammar, reading) else "public",
        strength=min(1.0, rule.strength + 0.2 * grammar.holds("strong", sentence.line[match.first : match.last])),
        brand_id=name.brand_id if name else None,
        product_id=name.product_id if name else None,
    )  # fmt: skip


def _modality(match: Match, reading: PostReading, grammar: Grammar) -> str:
    """Asked, reported, conditional or asserted, from the words around the act in its sentence."""
    line = match.sentence.line
    before, after = line[: match.first], line[match.last :]
    if "?" in after.split(None, QUESTION_WORDS)[:QUESTION_WORDS]:
        return "asked"
    if grammar.holds("reporting", before) or reading.is_quoted(*match.sentence.span(*match.span)):
        return "reported"
    around = (before, line[match.first :])  # the act's own words may open the condition: "don't buy it if"
    if any(grammar.holds("condition", _granted(part, grammar)) for part in around):
        return "conditional"
    return "asserted"


def _granted(line: str, grammar: Grammar) -> str:
    """The words around an act without what only concedes: "even if it leaks" sets no condition."""
    return grammar.without("concession", line)


def _is_to_seeker(match: Match, grammar: Grammar, reading: PostReading) -> bool:
    """Spoken to one person who asked: a handle opens the post, or the act says "tu"."""
    first = reading.sentences[0].words[0]
    return first.startswith("@") or grammar.holds("thou", match.sentence.line)
