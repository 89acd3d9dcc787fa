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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack  # type: ignore[import-untyped]
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from nlp.advocacy import MODELS, Model, evidence, ngrams
from nlp.evaluate import SHARED, read_gold
from nlp.pipeline import Reader
from nlp.reading import Context, PostReading
from nlp.rules import LANG

REVIEWS: Final = {"en": ("skytrax", "womens")}
"""Sets whose licence (CC0) lets their weights ship, by language."""

KEPT: Final = 20_000
"""N-grams kept in a file, by weight: it stays under half a megabyte."""

EVIDENCE_SCALE: Final = 0.3
NGRAM_SCALE: Final = 4.0
"""How freely the two kinds of weights may grow; chosen by grouped cross-validation on skytrax."""


@dataclass(slots=True)
class Examples:
    """Readings with their answer (1: recommends), and the group that must stay on one side of a split."""

    evidence: list[dict[str, float]] = field(default_factory=list)
    ngrams: list[dict[str, float]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(self, reading: PostReading, answer: int, group: str, *, with_acts: bool = True) -> None:
        """One reading; without its acts, the words around them have to speak for themselves."""
        found = evidence(reading)
        self.evidence.append(found if with_acts else found | {"acts for": 0.0, "acts against": 0.0})
        self.ngrams.append(ngrams(reading))
        self.answers.append(answer)
        self.groups.append(group)

    def take(self, places: Sequence[int]) -> Examples:
        """Those at the places."""
        return Examples(
            [self.evidence[i] for i in places], [self.ngrams[i] for i in places], [self.answers[i] for i in places],
            [self.groups[i] for i in places],
        )  # fmt: skip

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.evidence + other.evidence, self.ngrams + other.ngrams, self.answers + other.answers,
            self.groups + other.groups,
        )  # fmt: skip


def reviews(data: Path, name: str) -> Examples:
    """The reviews of a set of DATA/bench whose authors ticked whether they recommend."""
    reader, found = Reader(None), Examples()
    for row in rows(data, name):
        group = row.get("brand") or row.get("product") or row["id"]
        found.add(reader.read(row["text"], row["lang"], Context()), int(row["label"]), f"{name} {group}")
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
                    found.add(reading, int(row["stance"] == "for"), f"{name} {row['id']}", with_acts=with_acts)
    return found


def fit(examples: Examples, *, with_words: bool) -> Model:
    """Weights whose scores are calibrated log-odds when as many authors recommend as do not."""
    raw = _fit(examples, with_words=with_words)
    scores = held_out_scores(examples, with_words=with_words)
    platt = LogisticRegression(C=1e6, class_weight="balanced").fit(scores.reshape(-1, 1), examples.answers)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    strongest = sorted(raw.ngrams.items(), key=lambda item: (-abs(item[1]), item[0]))[:KEPT]
    return Model(
        round(shift + slope * raw.intercept, 4),
        {name: round(slope * weight, 4) for name, weight in raw.evidence.items()},
        {gram: round(slope * weight, 2) for gram, weight in sorted(strongest)},
    )


def held_out_scores(examples: Examples, *, with_words: bool) -> np.ndarray[Any, Any]:
    """Log-odds of each example by a model that has not seen its group (five folds)."""
    found = np.zeros(len(examples.answers))
    for train, test in GroupKFold(5).split(found, groups=examples.groups):
        model = _fit(examples.take(train), with_words=with_words)
        found[test] = scores(model, examples.take(test))
    return found


def scores(model: Model, examples: Examples) -> np.ndarray[Any, Any]:
    """Log-odds by a model, one an example."""
    return np.array(
        [
            model.intercept
            + sum(value * model.evidence[name] for name, value in found.items())
            + sum(value * model.ngrams.get(gram, 0.0) for gram, value in grams.items())
            for found, grams in zip(examples.evidence, examples.ngrams, strict=True)
        ]
    )


def _fit(examples: Examples, *, with_words: bool) -> Model:
    """Logistic regression; an n-gram is the freer, the rarer and the more one-sided (naive Bayes ratio) it is."""
    answers = np.array(examples.answers)
    names = list(examples.evidence[0])
    found = np.array([list(row.values()) for row in examples.evidence])
    spread = found.std(axis=0) + 1e-9
    columns = [csr_matrix(found / spread * EVIDENCE_SCALE)]
    vocabulary: list[str] = []
    freedom = np.zeros(0)
    if with_words:
        vectorizer = DictVectorizer()
        grams = vectorizer.fit_transform(examples.ngrams)
        counts = np.asarray((grams > 0).sum(axis=0)).ravel()
        kept = counts >= 2
        grams, counts = grams[:, kept], counts[kept]
        vocabulary = list(vectorizer.get_feature_names_out()[kept])
        freedom = NGRAM_SCALE / 3 * np.log((1 + len(answers)) / (1 + counts)) * np.sqrt(_one_sided(grams, answers))
        columns.append(grams @ diags(freedom))
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000).fit(hstack(columns).tocsr(), answers)
    weights = model.coef_[0]
    by_evidence = weights[: len(names)] / spread * EVIDENCE_SCALE
    by_word = weights[len(names) :] * freedom
    return Model(
        float(model.intercept_[0]),
        dict(zip(names, map(float, by_evidence), strict=True)),
        dict(zip(vocabulary, map(float, by_word), strict=True)),
    )


def _one_sided(grams: Any, answers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How unevenly each n-gram falls on the two answers: the absolute log of the naive Bayes ratio."""
    seen = grams > 0
    yes = 1 + np.asarray(seen[answers == 1].sum(axis=0)).ravel()
    no = 1 + np.asarray(seen[answers == 0].sum(axis=0)).ravel()
    ratio: np.ndarray[Any, Any] = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return ratio


def calibration(scored: np.ndarray[Any, Any], answers: Sequence[int]) -> Iterator[str]:
    """Lines of the reliability table: how many recommend, among those that the score puts in each fifth."""
    chance = 1 / (1 + np.exp(-scored))
    truth = np.array(answers)
    weight = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (chance >= low) & ((chance < low + 0.2) | (low == 0.8))
        said = np.average(chance[here], weights=weight[here])
        yield f"  said {said:.2f}, did {np.average(truth[here], weights=weight[here]):.2f} ({here.sum()} posts)"


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
        slope = _slope(held_out, examples.answers)
        print(*calibration(held_out * slope[0] + slope[1], examples.answers), sep="\n")


def _slope(scored: np.ndarray[Any, Any], answers: Sequence[int]) -> tuple[float, float]:
    platt = LogisticRegression(C=1e6, class_weight="balanced").fit(scored.reshape(-1, 1), answers)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the small models that ship.")
    parser.add_argument("model", choices=["advocacy"])
    parser.add_argument("--data", type=Path, default=SHARED)
    train_advocacy(parser.parse_args().data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
