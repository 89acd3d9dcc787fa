"""What is found in one post, before it becomes rows: spans with the words as evidence, and the reading of the whole."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from nlp.catalogue import Catalogue
from nlp.names import Names
from nlp.rules import Grammar, Match
from nlp.tokens import Sentence

QUOTE_CHARS = 300
"""How far a quotation is followed: linear time, whatever the post."""

NEAR_CHARS = 120
"""How far before the words it may have opened: longer ones are whole posts between marks."""


def _opens(before: str) -> bool:
    """Whether the last straight quotation mark opens: a word follows it, and no word stands right before it."""
    place = before.rindex('"')
    previous, following = before[max(0, place - 1) : place], before[place + 1 : place + 2]
    return not previous.strip(" ([-–—,:\t") and not following.isspace()


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a post: nothing is understood from the text alone."""

    title: str | None = None
    thread_title: str | None = None
    product_id: str | None = None
    """The product that the place is about, when it is about one."""
    is_owned: bool = False
    """Whether a brand of the catalogue wrote the post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSpan:
    """A stretch of the text: half-open character offsets, the rule that saw it, and how sure it is (0 to 1)."""

    start: int
    end: int
    text: str
    rule_id: str
    confidence: float
    brand_id: str | None = None
    product_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMention(FoundSpan):
    """A brand or product; linked when no name stands in the text ("ce mug")."""

    is_linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAct(FoundSpan):
    """A phrase that tells a reader what to do about a product."""

    polarity: str
    modality: str
    target: str | None
    addressee: str
    strength: float

    @property
    def is_own(self) -> bool:
        """Whether the author recommends or advises against in their own name."""
        return self.modality in ("asserted", "conditional")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCue(FoundSpan):
    """Any other evidence."""

    kind: str
    value: str | None = None


@dataclass(slots=True)
class PostReading:
    """Everything understood of one post; components fill it in turn. `grammar` is None for a language without rules."""

    text: str
    grammar: Grammar | None
    catalogue: Catalogue
    context: Context = field(default_factory=Context)
    sentences: list[Sentence] = field(default_factory=list)
    names: Names | None = None
    """Which names of the catalogue are meant; None when it has none."""
    matches: list[list[Match]] = field(default_factory=list)
    """Every rule that matches, a list a sentence."""
    mentions: list[FoundMention] = field(default_factory=list)
    acts: list[FoundAct] = field(default_factory=list)
    cues: list[FoundCue] = field(default_factory=list)
    signals: dict[str, int] = field(default_factory=dict)
    """How often each weak signal of the lexicon occurs: praise, blame, own, scene."""
    candidates: list[FoundSpan] = field(default_factory=list)
    stance: str = "none"
    experience: str = "none"
    purchase: str = "none"
    seeks_advice: bool = False
    influenced_by: str | None = None
    commercial: list[str] = field(default_factory=list)
    umot: str = "none"
    advocacy: float | None = None

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that a character of the text stands in; -1 before the first one."""
        return bisect_right(self.sentences, place, key=lambda sentence: sentence.start) - 1

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether the words stand between quotation marks that open and close in their paragraph."""
        before = self.text[max(0, start - QUOTE_CHARS) : start].rpartition("\n")[2]
        after = self.text[end : end + QUOTE_CHARS].partition("\n")[0]
        opened = sum(map(before.count, '«"“')) - sum(map(before.count, "»”"))
        if '"' in before:
            opened = int(_opens(before))
        is_near = any(mark in before[-NEAR_CHARS:] for mark in '"«“')
        return opened > 0 and is_near and any(mark in after for mark in '"”»')

    def of_kind(self, kind: str) -> list[FoundCue]:
        """The cues of one kind, in the order of the text."""
        return [cue for cue in self.cues if cue.kind == kind]
