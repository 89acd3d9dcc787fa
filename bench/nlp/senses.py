"""Senses of a brand's name, learned from as many examples a sense as brands.yml would hold.

python -m bench.nlp.senses --data ../shared
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from bench.nlp.table import Row
from nlp.pipeline import Reader
from nlp.reading import Context
from ouidire.brands import Brands

BRAND_LABELS: Final = (
    "apple_apple_inc.", "java_java_(programming_language)", "square_square_(company)", "arm_arm_architecture",
)  # fmt: skip
EXAMPLES: Final = (5, 10, 20)
SEEDS: Final = 5
ASKED: Final = 150
"""Sentences of each side that are asked about, a name and seed; accuracy is weighted by how common the sides are."""

Text = tuple[str, int, int]
"""A sentence and the half-open offsets of the name in it."""
Sides = tuple[list[Text], list[Text]]
"""Sentences that mean the brand, and the others."""


def run(data: Path) -> list[Row]:
    """One row for each number of examples a sense: accuracy over the four names, mean of the seeds."""
    names = read(data / "bench" / "coarsewsd_brand" / "coarsewsd_brand.jsonl.gz")
    rows = []
    for count in EXAMPLES:
        ours, plain = zip(*(_accuracy(name, sides, count) for name, sides in names.items()), strict=True)
        each = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, ours, strict=True))
        rows.append(
            Row(
                task=f"brand senses, {count} examples a sense, accuracy",
                data="coarsewsd_brand dev",
                baseline=f"tf-idf, same examples {_mean(plain):.3f}",
                published=".96 to .996 (BERT-large, all examples)",
                goal=".90",
                aim=".96",
                ours=f"{_mean(ours):.3f} ({each})",
            )
        )
    return rows


def read(path: Path) -> dict[str, Sides]:
    """Sentences by name."""
    found: dict[str, Sides] = defaultdict(lambda: ([], []))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            side = found[row["target"]][row["label"] not in BRAND_LABELS]
            side.append((row["text"], row["target_start"], row["target_end"]))
    return dict(found)


def _accuracy(name: str, sides: Sides, count: int) -> tuple[float, float]:
    """Ours and that of tf-idf on the same sentences, mean of the seeds."""
    both = [(_ours(name, *parts), _plain(*parts)) for parts in _parts(sides, count)]
    return _mean([ours for ours, _ in both]), _mean([plain for _, plain in both])


def _parts(sides: Sides, count: int) -> Iterator[tuple[Sides, Sides, tuple[int, int]]]:
    """Examples, sentences to ask about, and how many there are of each side; one a seed."""
    for seed in range(SEEDS):
        meant, other = (random.Random(seed).sample(side, len(side)) for side in sides)  # noqa: S311
        known = meant[:count], other[:count]
        asked = meant[count : count + ASKED], other[count : count + ASKED]
        yield known, asked, (len(meant), len(other))


def _ours(name: str, known: Sides, asked: Sides, sizes: tuple[int, int]) -> float:
    senses = {"examples": [text for text, *_ in known[0]], "other": [text for text, *_ in known[1]]}
    brands = Brands.model_validate({"brands": [{"id": name, "name": name, "senses": senses}]})
    reader = Reader(brands)

    def is_meant(text: Text) -> bool:
        mentions = reader.read(text[0], "en", Context()).mentions
        return any(mention.start < text[2] and text[1] < mention.end for mention in mentions)

    return _weighted([is_meant(text) for text in asked[0]], [not is_meant(text) for text in asked[1]], sizes)


def _plain(known: Sides, asked: Sides, sizes: tuple[int, int]) -> float:
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10))
    model.fit([text for side in known for text, *_ in side], [number for number in (0, 1) for _ in known[number]])
    right = [[bool(side == guess) for guess in model.predict([t for t, *_ in asked[side]])] for side in (0, 1)]
    return _weighted(right[0], right[1], sizes)


def _weighted(meant: Sequence[bool], other: Sequence[bool], sizes: tuple[int, int]) -> float:
    return (_mean(meant) * sizes[0] + _mean(other) * sizes[1]) / sum(sizes)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    for row in run(parser.parse_args().data):
        print(row)


if __name__ == "__main__":
    main()
