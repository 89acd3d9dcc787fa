"""Times: the words that tell when something was bought or taken up, as cues of kind `when`.

They stand in the clause of a purchase or a switch: between stops, commas or dashes, with no word between that opens
another clause ("because", "and it"; before the purchase, any "and"). Between commas by themselves ("Yesterday, I bought
it") they go with the clause beside them. What they say is in `nlp/times.py`. Only sentences with such a cue are looked
at, so the time stays linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import Final

from spacy.tokens import Doc

from nlp.components.cues import found
from nlp.reading import FoundCue, PostReading
from nlp.rules import Grammar, Match
from nlp.times import time_value
from nlp.tokens import Sentence

DATED: Final = frozenset({"purchase", "switch"})
"""Kinds of cue that have a time."""

_STOP: Final = re.compile(r"[!?…;\n]|[.,:](?!\d)|(?<=\s)[-–—]{1,2}(?=\s)")
"""Where a clause ends, as `core_told_days` sees it too; a mark before a digit belongs to a number."""

_OPENERS: Final = ("clause_stop", "and_so")
"""Classes of words that open another clause: between a purchase and the words after it the first, else both."""


def find_times(doc: Doc) -> Doc:
    """Component, after the cues."""
    reading: PostReading = doc._.reading
    grammar = reading.grammar
    if grammar is None:
        return doc
    deeds: defaultdict[int, list[FoundCue]] = defaultdict(list)
    for cue in reading.cues:
        if cue.kind in DATED:
            deeds[reading.sentence_at(cue.start)].append(cue)
    for number, cues in deeds.items():
        sentence = reading.sentences[number]
        late = list(grammar.late_matches(sentence, "purchase"))
        reading.matches[number] += late
        clauses = _Clauses(reading.text, sentence, cues)
        times = (when for when in found(late, "when") if clauses.is_beside(when, grammar))
        reading.cues += [_cue(reading.text, when, grammar) for when in times]
    if deeds:
        reading.cues.sort(key=lambda cue: (cue.start, cue.end, cue.rule_id))
    return doc


class _Clauses:
    """Where the clauses of a sentence end, and which of them hold its purchases and switches."""

    def __init__(self, text: str, sentence: Sentence, deeds: list[FoundCue]) -> None:
        self.text = text
        self.sentence = sentence
        self.stops = [sentence.start + stop.start() for stop in _STOP.finditer(text[sentence.start : sentence.end])]
        self.deeds = [(self._of(deed.start, deed.end), deed) for deed in deeds]

    def is_beside(self, when: Match, grammar: Grammar) -> bool:
        """Whether a purchase or switch stands in the clause of the words, or next to words that are a clause alone."""
        start, end = self.sentence.span(*when.span)
        first, last = self._reach(start, end)
        near = [deed for (opens, closes), deed in self.deeds if opens <= last and first <= closes]
        if not near:
            return False
        deed = min(near, key=lambda deed: max(deed.start - end, start - deed.end))
        words, is_after = self._between(when, deed)
        return not any(grammar.holds(name, words) for name in (_OPENERS[:1] if is_after else _OPENERS))

    def _of(self, start: int, end: int) -> tuple[int, int]:
        """Numbers of the first and the last clause that a stretch of the text touches."""
        return bisect_left(self.stops, start), bisect_left(self.stops, end)

    def _reach(self, start: int, end: int) -> tuple[int, int]:
        """The clauses that the words may belong to: their own, and those beside the commas that set them apart."""
        first, last = self._of(start, end)
        opens = self.stops[first - 1] + 1 if first else self.sentence.start
        closes = self.stops[last] if last < len(self.stops) else self.sentence.end
        if self.text[opens:start].strip() or self.text[end:closes].strip():
            return first, last
        return first - (first > 0 and self.text[opens - 1] == ","), last + (self.text[closes : closes + 1] == ",")

    def _between(self, when: Match, deed: FoundCue) -> tuple[str, bool]:
        """The words between both, as the rules see them, and whether the words of time come last."""
        sentence = self.sentence
        first, last = sentence.index(when.span[0]), sentence.index(when.span[1] - 1) + 1
        is_after = sentence.begins[first] >= deed.end
        if is_after:
            words = sentence.words_line(bisect_left(sentence.begins, deed.end), first)
        else:
            words = sentence.words_line(
                last, bisect_left(sentence.begins, deed.start) + 1
            )  # "and bought" begins with it
        return words, is_after


def _cue(text: str, when: Match, grammar: Grammar) -> FoundCue:
    start, end = when.sentence.span(*when.span)
    said = {name: grammar.times[name][word] for name, word in when.slots}
    return FoundCue(
        start=start, end=end, text=text[start:end], rule_id=when.rule.id, confidence=when.rule.confidence,
        kind="when", value=time_value(when.rule.value, said),
    )  # fmt: skip
