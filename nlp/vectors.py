"""What words are about: small word vectors of a language, read from `models/words/<code>.npz`.

Words that occur in like places have like vectors, so three sentences about phones tell what a fourth one is about.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

WORDS: Final = Path(__file__).parent / "models" / "words"

FREQUENCY_STEPS: Final = 25
"""Steps in which a Zipf frequency (0 to 9) is kept."""

PLAIN: Final = 1e-3
"""Share of all words from which a word says little: its weight is PLAIN ÷ (PLAIN + share) (Arora et al. 2017)."""

RARE: Final = 1.0
"""Weight of a word that the file does not hold."""


class Vectors:
    """The vectors of a language; `Vectors()` knows no word, and callers then go by the words alone."""

    def __init__(self, path: Path | None = None) -> None:
        self.places: dict[str, int] = {}
        self.weights: dict[str, float] = {}
        self.rows: Any = np.zeros((1, 1), dtype=np.float32)
        if path is not None:
            self._load(path)

    def _load(self, path: Path) -> None:
        with np.load(path) as data:
            words = data["words"].tobytes().decode().split("\n")
            self.rows = data["rows"].astype(np.float32) / 127
            self.places = dict(zip(words, data["places"].tolist(), strict=True))
            shares = 10.0 ** (data["frequencies"] / FREQUENCY_STEPS - 9)
            self.weights = dict(zip(words, (PLAIN / (PLAIN + shares)).tolist(), strict=True))

    def weight(self, word: str) -> float:
        """How much a word says, 0 to 1: "the" next to nothing, "orchard" nearly all."""
        return self.weights.get(word, RARE)

    def mean(self, words: Iterable[tuple[str, float]]) -> Any:
        """The direction of weighted words: an array of length 1, or of zeros when none is known."""
        known = [(self.places[word], weight) for word, weight in words if word in self.places]
        if not known:
            return np.zeros(self.rows.shape[1], dtype=np.float32)
        places, weights = zip(*known, strict=True)
        total = np.array(weights, dtype=np.float32) @ self.rows[list(places)]
        return total / (float(np.linalg.norm(total)) or 1.0)


@functools.cache
def load_vectors(code: str | None) -> Vectors:
    """The vectors of a language; empty ones where none are shipped."""
    path = WORDS / f"{code}.npz"
    return Vectors(path if path.exists() else None)
