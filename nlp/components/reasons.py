"""Reasons: what an author says for a product or against it, as the rules say.

"Because" gives one anywhere in a post with an act of the author's own. What only describes ("leaks", "tastes of
plastic") is a reason beside such an act: in its sentence or the next to it, when it speaks the same way as the act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from spacy.tokens import Doc

from nlp.components.cues import cue_of, found
from nlp.reading import FoundAct, FoundCue, PostReading
from nlp.rules import Grammar, Match


def find_reasons(doc: Doc) -> Doc:
    """Component, after the acts. What speaks the other way than every own act gives no reason; nor does a question."""
    reading: PostReading = doc._.reading
    if reading.grammar is not None and (reasons := list(_reasons(reading, reading.grammar))):
        reading.cues += reasons
        reading.cues.sort(key=lambda cue: (cue.start, cue.end, cue.rule_id))
    return doc


def _reasons(reading: PostReading, grammar: Grammar) -> Iterator[FoundCue]:
    own = [act for act in reading.acts if act.is_own]
    ways = {act.polarity for act in own}
    beside = _beside(reading, own)
    for number, matches in enumerate(reading.matches):
        sentence = reading.sentences[number]
        if sentence.words[-1] == "?":
            continue
        if own:
            matches.extend(grammar.late_matches(sentence, "act"))
        if number in beside:
            matches.extend(grammar.late_matches(sentence, "act_beside"))
        elif not any(match.rule.emits == "reason" for match in matches):
            continue
        for match in found(matches, "reason"):
            if _agrees(match, beside[number] if match.rule.needs == "act_beside" else ways, grammar):
                yield cue_of(reading, match)


def _beside(reading: PostReading, own: list[FoundAct]) -> dict[int, set[str]]:
    """Number of a sentence -> polarities of the own acts in it and in its neighbours."""
    polarities: defaultdict[int, set[str]] = defaultdict(set)
    for act in own:
        place = reading.sentence_at(act.start)
        for number in range(max(0, place - 1), min(len(reading.sentences), place + 2)):
            polarities[number].add(act.polarity)
    return polarities


def _agrees(match: Match, ways: set[str], grammar: Grammar) -> bool:
    """Whether it can be a reason of one of the acts; without any act nothing speaks against it.

    A rule of polarity `both` suits any act; one of polarity `said` is against when its words hold one of blame.
    """
    polarity = match.rule.polarity
    if polarity == "said":
        polarity = "against" if grammar.holds("blame", match.sentence.line[slice(*match.span)]) else "for"
    return not ways or polarity == "both" or polarity in ways
