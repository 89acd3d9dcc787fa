"""Train the small models and write them where they ship, bit for bit the same each time.

    python -m nlp.train advocacy [--data ../shared]

Reads `DATA/bench/{skytrax,womens}` (CC0) and our own labels in `nlp/lang/*/`; writes `nlp/models/advocacy/<code>.json`
for every language that has a `valence.yml`, and prints what cross-validation gives. English gets words and evidence;
the others get the evidence only, learnt from the English reviews and from the language's own labels. Needs scikit-learn
(`make .venv/.dev`); the models do not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sklearn.metrics import roc_auc_score

from nlp.advocacy import MODELS
from nlp.evaluate import SHARED, read_gold
from nlp.fitting import Examples, calibrated, fit, held_out_scores, reliability
from nlp.pipeline import Reader
from nlp.reading import Context
from nlp.rules import LANG

REVIEWS: Final = {"en": ("skytrax", "womens")}
"""Sets whose licence (CC0) lets their weights ship, by language."""


def reviews(data: Path, name: str) -> Examples:
    """The reviews of a set of DATA/bench whose authors ticked whether they recommend."""
    reader, found = Reader(None), Examples()
    for row in rows(data, name):
        group = row.get("brand") or row.get("product") or row["id"]
        reading = reader.read(row["text"], row["lang"], Context())
        found.add(reading, int(row["label"]), f"{name} {group}", row["source"], row.get("rating"))
    return found


def rows(data: Path, name: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a set of DATA/bench. Raises FileNotFoundError."""
    with gzip.open(data / "bench" / name / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def own_labels(code: str, *, with_words: bool) -> Examples:
    """Our own labelled posts that take a side; once as they are and once without their acts; none that is held out.

    Where words are learnt, only the pairs, whose texts are our own.
    """
    reader, found = Reader(None), Examples()
    sets = read_gold([LANG / code])
    kept = [name for name in sets if name.endswith("pairs") or not (with_words or name.endswith("held out"))]
    for name, posts in ((name, sets[name]) for name in kept):
        for row in posts:
            if row.get("stance") in ("for", "against"):
                reading = reader.read(row["text"], code, Context())
                for with_acts in (True, False):
                    answer, group = int(row["stance"] == "for"), f"{name} {row['id']}"
                    found.add(reading, answer, group, name, with_acts=with_acts)
    return found


def train_advocacy(data: Path) -> None:
    """Write the model of every language that has a valence.yml; print the figures of its README."""
    trained = {code: [reviews(data, name) for name in names] for code, names in REVIEWS.items()}
    everything = sum((part for parts in trained.values() for part in parts), start=Examples())
    MODELS.mkdir(parents=True, exist_ok=True)
    for code in sorted(path.parent.name for path in LANG.glob("*/valence.yml")):
        with_words = code in REVIEWS
        own = own_labels(code, with_words=with_words)
        examples = everything + own if not with_words else sum(trained[code], start=Examples()) + own
        model = fit(examples, with_words=with_words)
        path = MODELS / f"{code}.json"
        content = {"intercept": model.intercept, "evidence": model.evidence, "ngrams": model.ngrams}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        held_out = held_out_scores(examples, with_words=with_words)
        auc = roc_auc_score(examples.answers, held_out)
        print(f"{code}: {len(examples.answers)} examples, {math.ceil(path.stat().st_size / 1000)} kB, AUC {auc:.3f}")
        slope, shift = calibrated(held_out, examples)
        print(*reliability(held_out * slope + shift, examples), sep="\n")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the small models that ship.")
    parser.add_argument("model", choices=["advocacy"])
    parser.add_argument("--data", type=Path, default=SHARED)
    train_advocacy(parser.parse_args().data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
