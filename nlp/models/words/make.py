"""The word vectors of a spaCy package -> `<code>.npz` beside this file, small enough to ship.

    python -m nlp.models.words.make en PATH/TO/MODEL/vocab

Needs spaCy and wordfreq only. See README.md here for where the vectors come from and their licence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from spacy.vocab import Vocab
from wordfreq import top_n_list, zipf_frequency

from nlp.tokens import fold
from nlp.vectors import FREQUENCY_STEPS, WORDS

WORD_COUNT: Final = 40_000
"""The commonest words that have a vector: rarer ones are names more often than topics."""

DIMENSIONS: Final = 48
"""Kept of 300: on the senses of a brand's name, 48 do as well as 300."""


def make(code: str, vocab: Path) -> Path:
    """Write the file of one language and return its path."""
    found = dict(_vectors(code, Vocab().from_disk(vocab)))
    names = sorted(found)
    full = np.array([found[name] for name in names], dtype=np.float32)
    full /= np.linalg.norm(full, axis=1, keepdims=True) + 1e-9
    full -= full.mean(axis=0)
    _, _, axes = np.linalg.svd(full, full_matrices=False)
    small = full @ axes[:DIMENSIONS].T
    small /= np.linalg.norm(small, axis=1, keepdims=True) + 1e-9
    rows, places = np.unique(np.round(small * 127).astype(np.int8), axis=0, return_inverse=True)
    frequencies = [round(zipf_frequency(name, code) * FREQUENCY_STEPS) for name in names]
    path = WORDS / f"{code}.npz"
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        places=places.reshape(-1).astype(np.uint16),
        rows=rows,
        frequencies=np.array(frequencies, dtype=np.uint8),
    )
    return path


def _vectors(code: str, vocab: Any) -> Iterator[tuple[str, Any]]:
    """Folded words and their vectors, the commonest spelling first."""
    seen: set[str] = set()
    for word in top_n_list(code, 2 * WORD_COUNT):
        name = fold(word)
        if name in seen or not name.isalpha():
            continue
        spelling = next((form for form in (word, word.capitalize(), word.upper()) if vocab.has_vector(form)), None)
        if spelling is not None:
            seen.add(name)
            yield name, vocab.get_vector(spelling)
        if len(seen) >= WORD_COUNT:
            return


def main(arguments: Sequence[str]) -> int:
    """Returns 2 on bad usage."""
    if len(arguments) != 2:
        print("usage: python -m nlp.models.words.make CODE PATH_TO_VOCAB", file=sys.stderr)
        return 2
    print(make(arguments[0], Path(arguments[1])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
