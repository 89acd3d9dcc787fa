"""Cues: every evidence span that is not an act, as the rules say; weak signals are only counted."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from nlp.reading import FoundCue, PostReading
from nlp.rules import CUE_KINDS, Match


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
        for kind in kinds.intersection(CUE_KINDS):
            reading.cues += [_cue(reading.text, match) for match in found(sentence_matches, kind)]
    reading.cues.sort(key=lambda cue: (cue.start, cue.end, cue.rule_id))
    return doc


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


def _cue(text: str, match: Match) -> FoundCue:
    start, end = match.sentence.span(*match.span)
    value = match.rule.value
    if match.value is not None and match.value[1] > match.value[0]:
        first, last = match.sentence.span(*match.value)
        value = text[first:last]
    return FoundCue(
        start=start, end=end, text=text[start:end], rule_id=match.rule.id, confidence=match.rule.confidence,
        kind=match.rule.emits, value=value,
    )  # fmt: skip
