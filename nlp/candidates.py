"""Candidates: products and companies that the catalogue does not name, by shape and context.

Runs of words that look like names are found by their spelling; a small logistic regression on what is true in every
language (shape, rarity, the classes of the words beside, which topics the words are near) says which of them are
products or companies. Words are in `lang/<code>/lexicon.yml` and `gazetteer.yml`, weights in `models/candidates/`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from spacy.tokens import Doc

from nlp.reading import FoundCue, FoundSpan, PostReading
from nlp.rules import Grammar, load_grammar, read_yaml
from nlp.senses import probability
from nlp.tokens import Sentence, fold
from nlp.vectors import Vectors, load_vectors

HERE: Final = Path(__file__).parent
WEIGHTS: Final = HERE / "models" / "candidates" / "weights.json"

ORDINARY: Final = 0.997
"""Weight (`vectors.py`) under which a word alone at the start of a sentence is taken for an ordinary one."""

FUNCTION: Final = 0.75
"""Weight under which a word is no first word of a name: "The", "My"."""

RULE: Final = "candidate.name"

MAX_WORDS: Final = 5
"""Longest name."""

NEAR: Final = 6
"""Words on each side whose topics count."""

BEFORE: Final = (
    "cand_buy", "cand_at", "cand_in", "cand_on", "cand_by", "cand_mine", "cand_a", "cand_the", "cand_title",
    "cand_work", "cand_like",
)  # fmt: skip
AFTER: Final = ("cand_says", "cand_goods", "cand_firm", "cand_work_noun", "cand_place_noun", "cand_does")
TOPICS: Final = ("device", "software", "food", "money", "person", "place", "work", "sport", "politics", "feeling")
KNOWN: Final = ("companies", "products", "people", "places", "other")

LIKE: Final = [f"like.{name}" for name in (*KNOWN, *TOPICS)]
NEXT_TO: Final = [f"near.{name}" for name in TOPICS]

_SIGN = re.compile(r"[A-ZÀ-ÖØ-Þ]|(?<![\w.,])\d+[a-z]|[a-z]\d")
_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z][a-z]+[A-Z]")
_MODEL = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z\d][A-Za-z\d\-]*$")
_NUMBER = re.compile(r"\d{1,4}[A-Za-z]?$|[IVX]{1,4}$|[A-Z]\d*$")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a sentence that look like a name: numbers of the first and of the word after the last."""

    first: int
    last: int
    is_initial: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product or company, half-open offsets into the text, and how sure that is (0 to 1)."""

    start: int
    end: int
    confidence: float


def find_candidates(doc: Doc) -> Doc:
    """Component. Names beside those of the catalogue; each is a cue as well, so that rising ones can be counted."""
    reading: PostReading = doc._.reading
    if reading.grammar is None:
        return doc
    taken = [(mention.start, mention.end) for mention in reading.mentions if not mention.is_linked]
    for found in finder(reading.grammar.code).find(reading.text, reading.sentences):
        if any(start < found.end and found.start < end for start, end in taken):
            continue
        text = reading.text[found.start : found.end]
        place: dict[str, Any] = {
            "start": found.start,
            "end": found.end,
            "text": text,
            "rule_id": RULE,
            "confidence": found.confidence,
        }
        reading.candidates.append(FoundSpan(**place))
        reading.cues.append(FoundCue(**place, kind="candidate", value=plain_name(text)))
    return doc


def plain_name(text: str) -> str:
    """A name without case, accents and possessive: what is counted together."""
    return " ".join(_bare(fold(word)) for word in text.split())


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


@functools.cache
def finder(code: str) -> Finder:
    """The finder of a language that has rules; loaded on first use."""
    return Finder(load_grammar(code), code, weights())


class Finder:
    """Finds candidates in the sentences of one language."""

    def __init__(self, grammar: Grammar, code: str, learned: Mapping[str, Any]) -> None:
        """`learned` is what `weights()` gives."""
        self.threshold: float = learned["threshold"]
        self.learned: dict[str, float] = learned["weights"]
        self.vectors: Vectors = load_vectors(code)
        self.before = {name: grammar.words(name) for name in BEFORE}
        self.after = {name: grammar.words(name) for name in AFTER}
        self.stop = grammar.words("cand_stop")
        seeds = [*(gazetteer()[name] for name in KNOWN), *(grammar.words(f"topic_{name}") for name in TOPICS)]
        self.centers = np.array([self.vectors.mean((word, 1.0) for word in words) for words in seeds])
        self.known = gazetteer()["companies_and_products"]
        self.listed = gazetteer()["companies"] | gazetteer()["products"]

    def find(self, text: str, sentences: Sequence[Sentence]) -> Iterator[Candidate]:
        """Every candidate of a text, in order."""
        for sentence in sentences:
            for run in self.runs(text, sentence) if self._is_promising(text, sentence) else ():
                features = self.features(text, sentence, run)
                sure = probability(sum(value * self.learned.get(name, 0.0) for name, value in features.items()))
                if sure >= self.threshold:
                    yield Candidate(sentence.begins[run.first], sentence.ends[run.last - 1], round(sure, 2))

    def _is_promising(self, text: str, sentence: Sentence) -> bool:
        """Whether a sentence may hold a name at all: a quick look that spares the slow one."""
        signs = _SIGN.finditer(text, sentence.start, sentence.end)
        sign = next(signs, None)
        if sign and sign.start() == sentence.start and self._is_ordinary(sentence.words[0]):
            sign = next(signs, None)
        return sign is not None or not self.known.isdisjoint(sentence.keys)

    def runs(self, text: str, sentence: Sentence) -> Iterator[Run]:
        """Runs of words that look like a name, whatever they name."""
        begins, ends, words = sentence.begins, sentence.ends, sentence.words
        i, count = 0, len(words)
        while i < count:
            if words[i] not in self.known:
                raw = text[begins[i] : ends[i]]
                if (raw.islower() and raw.isalpha()) or not self._begins(text, words, begins, ends, i):
                    i += 1
                    continue
            first = i
            i += 1
            while i < count and i - first < MAX_WORDS and self._goes_on(text, words, begins, ends, i):
                i += 1
            last = i
            while first < last and (self._is_plain(words[first]) or words[first].isdigit()):
                first += 1
            if first < last and not (last - first == 1 and words[first] in self.stop):
                is_initial = not any(word[0].isalnum() for word in words[:first])
                if not (is_initial and last - first == 1 and self._is_ordinary(words[first])):
                    yield Run(first, last, is_initial)

    def _begins(self, text: str, words: list[str], begins: list[int], ends: list[int], i: int) -> bool:
        begin = begins[i]
        if i and begins[i - 1] == begin:
            return False
        first = text[begin]
        if first.isupper():
            following = text[begins[i + 1]] if i + 1 < len(words) else ""
            return ends[i] - begin > 1 or following.isupper() or (following.isdigit() and words[i] not in self.stop)
        if not first.isalnum():
            return False
        raw = text[begin : ends[i]]
        return (not raw.islower() and bool(_CAMEL.search(raw))) or (first.isalpha() and bool(_MODEL.match(raw)))

    def _goes_on(self, text: str, words: list[str], begins: list[int], ends: list[int], i: int) -> bool:
        begin, gap = begins[i], begins[i] - ends[i - 1]
        if gap > 1 or begin == begins[i - 1]:
            return False
        first = text[begin]
        if first.isupper() or first.isdigit():
            raw = text[begin : ends[i]]
            return first.isupper() or bool(_NUMBER.match(raw) or _MODEL.match(raw))
        return first == "&" and i + 1 < len(words) and text[begins[i + 1]].isupper()

    def _is_plain(self, word: str) -> bool:
        return word in self.stop or self.vectors.weight(word) < FUNCTION

    def _is_ordinary(self, word: str) -> bool:
        return self.vectors.weight(word) < ORDINARY and word not in self.listed

    def features(self, text: str, sentence: Sentence, run: Run) -> dict[str, float]:
        """What is true of a run, by name."""
        words = sentence.words[run.first : run.last]
        raw = [text[sentence.begins[i] : sentence.ends[i]] for i in range(run.first, run.last)]
        found = dict(_shape(raw, run))
        found["shout"] = _capital_share(text, sentence)
        weights_of = [self.vectors.weight(_bare(word)) for word in words]
        found["rare"] = sum(_bare(word) not in self.vectors.weights for word in words) / len(words)
        found["common"] = 10 * (1 - max(0.9, min(weights_of)))
        found["common.head"] = 10 * (1 - max(0.9, weights_of[-1]))
        found |= self._beside(sentence.words, run)
        found |= {f"is.{name}": 1.0 for name in _known(words)}
        plain = [_bare(word) for word in words]
        span = self.vectors.mean((word, self.vectors.weight(word)) for word in plain)
        found |= zip(LIKE, np.maximum(self.centers @ span, 0).tolist(), strict=True)
        around = [*sentence.words[max(0, run.first - NEAR) : run.first], *sentence.words[run.last : run.last + NEAR]]
        context = self.vectors.mean((word, self.vectors.weight(word)) for word in around)
        return found | dict(zip(NEXT_TO, (self.centers[len(KNOWN) :] @ context).tolist(), strict=True))

    def _beside(self, words: list[str], run: Run) -> Iterator[tuple[str, float]]:
        before = words[run.first - 1] if run.first else ""
        second = words[run.first - 2] if run.first > 1 else ""
        after = words[run.last] if run.last < len(words) else ""
        for name, members in self.before.items():
            if before in members:
                yield f"before.{name}", 1.0
            if second in members:
                yield f"before2.{name}", 1.0
        for name, members in self.after.items():
            if after in members:
                yield f"after.{name}", 1.0
            if words[run.last - 1] in members:
                yield f"last.{name}", 1.0
        if after == "'s" or words[run.last - 1].endswith("'s"):
            yield "after.possessive", 1.0
        if not after or not after[0].isalnum():
            yield "after.end", 1.0
        if before and not before[0].isalnum():
            yield f"before.mark {before if before in '@#(-:' else ''}", 1.0


def _shape(raw: Sequence[str], run: Run) -> Iterator[tuple[str, float]]:
    whole = "".join(raw)
    yield "bias", 1.0
    yield f"words {min(len(raw), 3)}", 1.0
    yield "initial", float(run.is_initial)
    yield "camel", float(any(_CAMEL.search(word) for word in raw))
    yield "capitals", float(whole.isupper() and len(whole) > 1)
    yield "small", float(whole.islower())
    yield "digit", float(any(c.isdigit() for c in whole))
    yield "model", float(any(_MODEL.match(word) for word in raw))
    yield "number.last", float(len(raw) > 1 and raw[-1].isdigit())
    yield "ampersand", float("&" in raw)
    yield f"length {min(len(raw[-1]), 9) // 3}", 1.0


def _capital_share(text: str, sentence: Sentence) -> float:
    """Share of the longer words of a sentence that have a capital."""
    firsts = [text[b] for b, e in zip(sentence.begins, sentence.ends, strict=True) if e - b > 2 and text[b].isalpha()]
    return sum(map(str.isupper, firsts)) / len(firsts) if len(firsts) > 3 else 0.3


def _known(words: Sequence[str]) -> Iterator[str]:
    known = gazetteer()
    plain = [_bare(word) for word in words]
    whole = " ".join(plain)
    for name in KNOWN:
        if whole in known[name]:
            yield f"{name}.whole"
        if plain[0] in known[name]:
            yield f"{name}.first"
        if plain[-1] in known[name]:
            yield f"{name}.last"


@functools.cache
def gazetteer() -> Mapping[str, frozenset[str]]:
    """Well-known names by sort, folded, from gazetteer.yml: they say what sort of name others like them are."""
    lists = read_yaml(HERE / "gazetteer.yml")
    known = {name: frozenset(word.replace("_", " ") for word in words.split()) for name, words in lists.items()}
    return {**known, "companies_and_products": (known["companies"] | known["products"]) - known["ambiguous"]}


@functools.cache
def weights() -> Mapping[str, Any]:
    """Weights by feature and the threshold, as trained."""
    return dict(json.loads(WEIGHTS.read_text(encoding="utf-8")))
