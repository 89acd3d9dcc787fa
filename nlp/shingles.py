"""Near-copies: a MinHash of a post's word pairs, cut into bands, by which SQL finds posts that share most words.

Two posts whose sets of word pairs overlap by s (Jaccard) agree in a band with probability s³. `core_posts` calls the
later of two a copy when they agree in 8 of 20 bands, which stands for s of about 0.74: 5 % of the words changed, a line
added, a paragraph reflowed. docs/decisions/0008 has the measurement.
"""

from __future__ import annotations

import functools
import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datasketch import MinHash

BANDS: Final = 20
ROWS: Final = 3
LEAST_WORDS: Final = 24
"""Two people may write the same shorter text, but for a name, without having copied."""

_WORDS: Final = re.compile(r"\w+")


def bands(text: str) -> str | None:
    """Band hashes of a text, eight hexadecimal digits each, in order, with blanks between.

    None for a text of fewer than 24 words. Quoted lines must be blanked before, as `understand` does.
    """
    words = _WORDS.findall(text.casefold())
    if len(words) < LEAST_WORDS:
        return None
    sketch = _empty().copy()
    sketch.update_batch([f"{one} {other}".encode() for one, other in set(pairwise(words))])
    values = sketch.hashvalues.astype("<u4").reshape(BANDS, ROWS)
    return " ".join(f"{zlib.crc32(row.tobytes(), place):08x}" for place, row in enumerate(values))


@functools.cache
def _empty() -> MinHash:
    """Copied for every text: making the permutations costs more than using them."""
    from datasketch import MinHash  # noqa: PLC0415 - a third of a second, which reading alone need not pay

    return MinHash(num_perm=BANDS * ROWS, hashfunc=zlib.crc32, scheme="legacy")
