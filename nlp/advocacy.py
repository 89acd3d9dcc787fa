"""Advocacy: would this author recommend it? A small linear model over the words and the evidence of a reading.

The score is 2p - 1, p the probability that the author ticks "I recommend it" when as many do as do not
(`nlp/fitting.py` balances both). Every part of it is a sum over words and named features, so `explain` can show which
of them decided. A decision of the rules wins over the model: a positive UMOT or stance never gets a score below its own
acts, and so on for a negative one. Numbers are read from `nlp/models/advocacy/<code>.json`; linear time, no library.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from nlp.reading import PostReading
from nlp.rules import LANG, read_yaml

MODELS: Final = Path(__file__).parent / "models" / "advocacy"
SCOPE: Final = 4
"""How many words a negation reaches, up to a mark."""
VALUES: Final = {"excellent": 2.0, "good": 1.0, "poor": -1.0, "terrible": -2.0}
DECIDED: Final = 0.25
"""Least score, in absolute value, that goes with a UMOT; half of it with a stance alone."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one language: log-odds a feature adds; those of n-grams are divided by the root of their number."""

    intercept: float
    evidence: Mapping[str, float]
    ngrams: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Valence:
    """The hand-written values of words, -2 to 2, and the words that turn them around."""

    negation: frozenset[str]
    words: Mapping[str, float]
    seconds: frozenset[str]
    """Last words of those that are two."""


Lines = Sequence[Sequence[tuple[str, bool]]]
"""Sentence by sentence, each word and whether a negation reaches it."""


def advocacy(reading: PostReading) -> float | None:
    """-1 to 1; None when the language has no model (the caller keeps the words of its lexicon)."""
    model = load_model(reading.grammar.code) if reading.grammar else None
    if model is None:
        return None
    return _agreeing(reading, math.tanh(_log_odds(reading, model) / 2))


def explain(reading: PostReading, most: int = 10) -> list[tuple[str, float]]:
    """The words and features that weigh most in a reading's score, strongest first, in log-odds; [] without a model."""
    model = load_model(reading.grammar.code) if reading.grammar else None
    parts = _parts(reading, model) if model else {}
    return sorted(((name, round(w, 3)) for name, w in parts.items() if w), key=lambda p: (-abs(p[1]), p[0]))[:most]


@functools.cache
def load_model(code: str) -> Model | None:
    """The weights of a language; None when none were trained. Raises ValueError for a broken file."""
    path = MODELS / f"{code}.json"
    return Model(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


@functools.cache
def load_valence(code: str) -> Valence:
    """`lang/<code>/valence.yml`. Raises OSError when a language with a model has none."""
    raw = read_yaml(LANG / code / "valence.yml")
    words = {word.replace("_", " "): value for name, value in VALUES.items() for word in raw[name].split()}
    seconds = frozenset(word.split()[-1] for word in words if " " in word)
    return Valence(frozenset(raw["negation"].split()), words, seconds)


def evidence(reading: PostReading) -> dict[str, float]:
    """The named features, alike in every language: valence of the text and of its sentences, the own acts."""
    assert reading.grammar is not None
    valence = load_valence(reading.grammar.code)
    return _evidence(reading, _lines(reading, valence), valence)


def _evidence(reading: PostReading, lines: Lines, valence: Valence) -> dict[str, float]:
    sums = [_valence_of(line, valence) for line in lines]
    good, bad = sum(s[0] for s in sums), sum(s[1] for s in sums)
    root = math.sqrt(1 + sum(len(sentence.words) for sentence in reading.sentences))
    balances = [_balance(one) for one in sums] or [0.0]
    own = [act for act in reading.acts if act.is_own]
    return {
        "words for": good / root,
        "words against": bad / root,
        "balance": _balance((good, bad)),
        "first sentence": balances[0],
        "last sentence": balances[-1],
        "worst sentence": min(balances),
        "best sentence": max(balances),
        "mean sentence": sum(balances) / len(balances),
        "acts for": min(2.0, sum(act.strength for act in own if act.polarity == "for")),
        "acts against": min(2.0, sum(act.strength for act in own if act.polarity == "against")),
    }


def ngrams(reading: PostReading) -> dict[str, float]:
    """Words and pairs of words, "!" before those under a negation; all values equal, their squares sum to 1."""
    assert reading.grammar is not None
    found = _ngrams(_lines(reading, load_valence(reading.grammar.code)))
    return dict.fromkeys(sorted(found), 1 / math.sqrt(len(found) or 1))


def _ngrams(lines: Lines) -> set[str]:
    found: set[str] = set()
    for line in lines:
        words = [f"!{word}" if turned else word for word, turned in line]
        found.update(words)
        found.update(map(" ".join, pairwise(words)))
    return found


def _lines(reading: PostReading, valence: Valence) -> Lines:
    return [list(marked(sentence.words, valence)) for sentence in reading.sentences]


def marked(words: Sequence[str], valence: Valence) -> Iterator[tuple[str, bool]]:
    """Each word, and whether a negation before it in its clause reaches it."""
    if valence.negation.isdisjoint(words):
        yield from ((word, False) for word in words)
        return
    left = 0
    for word in words:
        is_word = word[0].isalnum()
        yield word, left > 0 and is_word
        left = SCOPE if word in valence.negation else max(0, left - 1) if is_word else 0


def _valence_of(words: Iterable[tuple[str, bool]], valence: Valence) -> tuple[float, float]:
    """Sums of what is good and of what is bad, both positive; a pair of words counts instead of its second word."""
    good = bad = 0.0
    before = ""
    for word, turned in words:
        value = valence.words.get(f"{before} {word}") if word in valence.seconds else None
        if value is None:
            value = valence.words.get(word, 0.0) * (-0.7 if turned else 1.0)
        good, bad = good + max(value, 0.0), bad - min(value, 0.0)
        before = word
    return good, bad


def _balance(sums: tuple[float, float]) -> float:
    good, bad = sums
    return (good - bad) / (good + bad + 2)


def _log_odds(reading: PostReading, model: Model) -> float:
    """The sum of the parts; exact (fsum), so that no order of a set shows in it."""
    found, grams = _found(reading, model)
    known = grams & model.ngrams.keys()
    by_evidence = math.fsum(value * model.evidence.get(name, 0.0) for name, value in found.items())
    return model.intercept + by_evidence + math.fsum(model.ngrams[gram] for gram in known) / math.sqrt(len(grams) or 1)


def _parts(reading: PostReading, model: Model) -> dict[str, float]:
    found, grams = _found(reading, model)
    parts = {f"({name})": value * model.evidence.get(name, 0.0) for name, value in found.items()}
    root = math.sqrt(len(grams) or 1)
    return parts | {gram: model.ngrams[gram] / root for gram in sorted(grams & model.ngrams.keys())}


def _found(reading: PostReading, model: Model) -> tuple[dict[str, float], set[str]]:
    """The evidence, and the n-grams of a model that knows any."""
    assert reading.grammar is not None
    valence = load_valence(reading.grammar.code)
    lines = _lines(reading, valence)
    return _evidence(reading, lines, valence), _ngrams(lines) if model.ngrams else set()


def _agreeing(reading: PostReading, score: float) -> float:
    """The score, held on the side of what was decided from the author's own acts."""
    least = DECIDED if reading.umot != "none" else DECIDED / 2
    side = {"positive": 1, "negative": -1}.get(reading.umot) or {"for": 1, "against": -1}.get(reading.stance, 0)
    held = max(least, score * side) * side if side else score
    return round(held, 4)
