"""What the benchmarks share: rows, readings, the plain baseline and how figures are printed."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from nlp.pipeline import Reader
from nlp.reading import Context, PostReading

Numbers = np.ndarray[Any, Any]


def read(data: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a set of DATA/bench. Raises FileNotFoundError."""
    with gzip.open(data / "bench" / name / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return list(map(json.loads, lines))


@functools.cache
def reader() -> Reader:
    """Without a catalogue, as `ouidire understand` without brands."""
    return Reader(None)


def readings(rows: Sequence[dict[str, Any]]) -> list[PostReading]:
    """What we understand of each row's text alone."""
    return [reader().read(row["text"], row["lang"], Context()) for row in rows]


def plain_model() -> Pipeline:
    """The baseline: tf-idf of words and pairs of words, logistic regression."""
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    one = LogisticRegression(C=10, class_weight="balanced", solver="liblinear")
    return make_pipeline(vectors, OneVsRestClassifier(one))


def plain_scores(texts: Sequence[str], answers: Numbers, groups: Sequence[str]) -> Numbers:
    """Probability of each text by the baseline, which has not seen its group (five folds)."""
    found = np.zeros(len(texts))
    for train, test in GroupKFold(5).split(found, groups=groups):
        model = plain_model().fit([texts[i] for i in train], answers[train])
        found[test] = model.predict_proba([texts[i] for i in test])[:, 1]
    return found


def prf(answers: Numbers, found: Numbers) -> str:
    """F1 with precision and recall of the positive answer."""
    right = int((answers & found).sum())
    precision, recall = right / max(1, int(found.sum())), right / max(1, int(answers.sum()))
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return f"F1 {f1:.3f} (P {precision:.2f}, R {recall:.2f})"
