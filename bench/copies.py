"""Near-copies: what paragraphs and band hashes each find, on the sample's own posts with synthetic edits.

python -m bench.copies
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Final

from nlp.shingles import LEAST_WORDS, bands
from ouidire import sampleweb
from ouidire.records import content_hash
from ouidire.settings import ROOT

SHARED_BANDS: Final = 8
"""As in sql/core/core_posts.sql."""


def paragraph_copy(one: str, other: str) -> bool:
    """As core_posts: paragraphs of over 60 characters with 80 % of the characters stand in the earlier post."""
    earlier = {content_hash(part) for part in re.split(r"\n+", one)}
    parts = [part for part in re.split(r"\n+", other) if part.strip()]
    known = sum(len(part) for part in parts if len(part) > 60 and content_hash(part) in earlier)
    return known >= 0.8 * sum(map(len, parts))


def band_copy(one: str, other: str) -> bool:
    """Eight of twenty bands in common."""
    pairs = zip((bands(one) or "").split(), (bands(other) or "").split(), strict=False)
    return sum(a == b for a, b in pairs) >= SHARED_BANDS


def changed(share: float) -> Callable[[str, random.Random], str]:
    """An edit that puts another word in the place of that share of the words."""

    def edit(text: str, chance: random.Random) -> str:
        return re.sub(r"\w+", lambda word: f"mot{chance.randrange(9999)}" if chance.random() < share else word[0], text)

    return edit


EDITS: Final[dict[str, Callable[[str, random.Random], str]]] = {
    "exact": lambda text, _: text,
    "a signature line added": lambda text, _: f"{text}\n\nÉcrit depuis le train, entre deux gares.",
    "a header added": lambda text, _: f"Repris chez nos voisins, avec leur accord et nos remerciements.\n\n{text}",
    "one paragraph of all": lambda text, _: " ".join(text.split()),
    "2 % of the words changed": changed(0.02),
    "5 % of the words changed": changed(0.05),
    "10 % of the words changed": changed(0.1),
    "its first half only": lambda text, _: text[: len(text) // 2],
}


def main() -> None:
    """Print the share of posts whose edited self each rule calls a copy, and false alarms among different posts."""
    chance = random.Random(1)  # noqa: S311 (edits for a measurement)
    told = sampleweb.told(sampleweb.load(ROOT / "sample"))
    texts = list(dict.fromkeys(post.text for post in told if bands(post.text)))
    print(f"{len(texts)} posts of at least {LEAST_WORDS} words")
    print(f"{'edit':30}{'paragraphs':>12}{'bands':>8}{'either':>8}")
    for name, edit in EDITS.items():
        found = [(paragraph_copy(t, e), band_copy(t, e)) for t in texts for e in [edit(t, chance)]]
        shares = [sum(column) / len(found) for column in zip(*((*f, any(f)) for f in found), strict=True)]
        print(f"{name:30}{shares[0]:12.2f}{shares[1]:8.2f}{shares[2]:8.2f}")
    alarms = [sum(rule(a, b) for i, a in enumerate(texts) for b in texts[:i]) for rule in (paragraph_copy, band_copy)]
    print(f"{'pairs of different posts':30}{alarms[0]:12}{alarms[1]:8}")
    start = time.process_time()
    for text in texts:
        bands(text)
    print(f"{(time.process_time() - start) / len(texts) * 1e6:.0f} microseconds a post for the bands")


if __name__ == "__main__":
    main()
