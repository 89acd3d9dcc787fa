"""The stretch of a text around the words that somebody looked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ouidire.brands import fold


class Excerpt(NamedTuple):
    """Words found and those around them, line breaks and runs of spaces as one space."""

    before: str
    found: str
    after: str


def excerpt(text: str, words: str, width: int = 70) -> Excerpt | None:
    """The place of the words, with so many characters on each side; None in a text without them."""
    found = place(text, words)
    if found is None:
        return None
    start, end = found
    first, last = max(0, start - width), min(len(text), end + width)
    return Excerpt(*(_one_line(part) for part in (text[first:start], text[start:end], text[end:last])))


def place(text: str, words: str) -> tuple[int, int] | None:
    """Half-open offsets of the first place that holds the letters of `words`; None in a text without them.

    Case, accents and separators apart, as `fold` compares names; a place at the start of a word wins over one within.
    """
    places = list(_places(text, fold(words)))
    at_word = (one for one in places if one[0] == 0 or not text[one[0] - 1].isalnum())
    return next(at_word, places[0]) if places else None


def _places(text: str, letters: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of every stretch of `text` that folds to `letters`."""
    folded = [(letter, at) for at, character in enumerate(text) for letter in fold(character)]
    whole = "".join(letter for letter, _ in folded)
    found = whole.find(letters) if letters else -1
    while found >= 0:
        yield folded[found][1], folded[found + len(letters) - 1][1] + 1
        found = whole.find(letters, found + 1)


def _one_line(text: str) -> str:
    """Line breaks and runs of spaces as one space, also at the ends: they part the words from their surroundings."""
    inner = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{inner}{' ' * text[-1:].isspace()}" if inner else " " * bool(text)
