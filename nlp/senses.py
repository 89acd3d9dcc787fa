"""Which sense of a name is meant, learned from the few sentences a sense that brands.yml gives (`senses:`).

Kernel ridge regression, in closed form: two sentences are alike when they speak of like things (word vectors), share
words, and have the same words beside the name. Learned when the catalogue is folded, in milliseconds; nothing random.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nlp.vectors import Vectors

REACH: Final = 60
"""Words on each side of the name that are read."""

HALF: Final = 12
"""Distance, in words, at which a word weighs half as much as the one beside the name."""

SHARED: Final = 1.5
"""Weight of shared words beside that of like topics (1)."""

BESIDE: Final = 0.1
"""Weight of the two words on each side of the name."""

BIAS: Final = 0.3
"""What any two sentences have in common."""

RIDGE: Final = 0.5
"""How far single examples are distrusted."""

SLOPE: Final = 9.0
PRIOR: Final = -0.4
"""Margin to log-odds: fitted over held-out sentences of four names together."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a name: topic, words and neighbours, each of length 1 or 0."""

    topic: Any
    words: Mapping[str, float]
    beside: Mapping[str, float]


Example = tuple[Sequence[str], int, int]
"""A sentence in canonical words, the first word of the name in it, and the word after its last."""


class SenseModel:
    """Tells one sense of a name from the others."""

    def __init__(self, meant: Iterable[Example], other: Iterable[Example], vectors: Vectors) -> None:
        """Learn from sentences that mean the brand and from `other` ones; there must be one of each at least."""
        self.vectors = vectors
        ours, theirs = ([_context(example, vectors) for example in side] for side in (meant, other))
        self.known = [*ours, *theirs]
        sides = np.array([1.0] * len(ours) + [-1.0] * len(theirs))
        doubt = np.array([float(len(ours))] * len(ours) + [float(len(theirs))] * len(theirs)) / len(self.known) * 2
        alike = np.array([[_likeness(a, b) for b in self.known] for a in self.known])
        self.shares = np.linalg.solve(alike + RIDGE * np.diag(doubt), sides)

    def log_odds(self, example: Example) -> float:
        """Log-odds, to base e, that the name means the brand where it stands; above 0: rather yes."""
        around = _context(example, self.vectors)
        return PRIOR + SLOPE * sum(
            float(share) * _likeness(around, known) for share, known in zip(self.shares, self.known, strict=True)
        )


def probability(log_odds: float) -> float:
    """Log-odds to a probability, 0 to 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _likeness(a: Context, b: Context) -> float:
    return float(a.topic @ b.topic) + SHARED * _dot(a.words, b.words) + BESIDE * _dot(a.beside, b.beside) + BIAS


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return sum(weight * b[word] for word, weight in a.items() if word in b)


def _context(example: Example, vectors: Vectors) -> Context:
    words, first, last = example
    name = set(words[first:last])
    sides = [words[max(0, first - REACH) : first][::-1], words[last : last + REACH]]
    weighted = [
        (word, vectors.weight(word) * HALF / (HALF + distance))
        for side in sides
        for distance, word in enumerate(side)
        if word[0].isalnum() and word not in name
    ]
    counted: dict[str, float] = defaultdict(float)
    for word, weight in weighted:
        counted[word] += weight
    length = math.sqrt(sum(weight * weight for weight in counted.values())) or 1.0
    shared = {word: weight / length for word, weight in counted.items()}
    beside = {
        f"{side} {distance} {words_of_side[distance] if distance < len(words_of_side) else ''}": 1 / (1 + distance)
        for side, words_of_side in enumerate(sides)
        for distance in range(2)
    }
    return Context(vectors.mean(weighted), shared, beside)
