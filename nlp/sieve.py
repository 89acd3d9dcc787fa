"""Which patterns a sentence may match, before any of them is tried.

A set of patterns is one integer, a bit each, so that a handful of operations sifts thousands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

MESHES: Final = 3
"""How many of the sets of words that a pattern needs are looked at. On 3,000 posts a language one left 68 patterns an
English sentence and 29 a French one, two 16 and 8, three 10 and 7, all 9 and 6: the rest costs more than it spares."""


class Sieve:
    """Patterns by the words that a sentence must hold for them to match."""

    def __init__(self) -> None:
        self._numbers = 0
        self._by_key: list[defaultdict[str, int]] = [defaultdict(int) for _ in range(MESHES)]
        """For the first set that a pattern needs, the second, ...: key -> the patterns in whose set it is."""
        self._needing = [0] * MESHES
        """The patterns that need so many sets."""

    def add(self, number: int, needs: Sequence[frozenset[str]]) -> None:
        """Take in the pattern of that number; it needs one key of each set. The rarest come first."""
        bit = 1 << number
        self._numbers |= bit
        for mesh, keys in enumerate(needs[:MESHES]):
            self._needing[mesh] |= bit
            for key in keys:
                self._by_key[mesh][key] |= bit

    def passed(self, keys: frozenset[str]) -> Iterator[int]:
        """Numbers of the patterns that a sentence with these keys may match, in order."""
        left = self._numbers
        for by_key, needing in zip(self._by_key, self._needing, strict=True):
            held = 0
            for key in keys & by_key.keys():
                held |= by_key[key]
            left &= held | ~needing
            if not left:
                return
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1
            left ^= lowest
