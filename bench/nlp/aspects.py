"""Opinion on price, food and service of French restaurants: our reasons and words around an aspect, in a linear model.

The model is trained here, in cross-validation, and ships nowhere: the reviews may only be measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier

from bench.nlp.data import Numbers, plain_model, read, readings
from bench.nlp.table import Row
from nlp.advocacy import load_valence, marked
from nlp.reading import PostReading

OURS: Final = {"prix": "price", "cuisine": "taste", "service": "service"}
"""The set's aspects in the words of `lang/fr/aspects.yml`."""


def run(data: Path) -> list[Row]:
    """One row: macro-F1 over the three aspects, four answers each."""
    rows = read(data, "ftdataset_fr")
    found = readings(rows)
    texts = [row["text"] for row in rows]
    plain, ours = [], []
    for name, aspect in OURS.items():
        answers = np.array([row["aspects"][name] for row in rows])
        plain.append(_figures(answers, _plain(texts, answers)))
        ours.append(_figures(answers, _ours(found, texts, answers, aspect)))
    return [
        Row(
            "aspects as reasons", "ftdataset_fr dev, 5 folds", f"tf-idf: {_mean(plain)}", "macro-F1 .604 (CamemBERT)",
            "macro-F1 .60", "macro-F1 .65", _mean(ours),
        )
    ]  # fmt: skip


def _plain(texts: Sequence[str], answers: Numbers) -> Numbers:
    guesses = np.empty_like(answers)
    for train, test in KFold(5, shuffle=True, random_state=0).split(texts):
        guesses[test] = plain_model().fit([texts[i] for i in train], answers[train]).predict([texts[i] for i in test])
    return guesses


def _ours(found: list[PostReading], texts: Sequence[str], answers: Numbers, aspect: str) -> Numbers:
    guesses = np.empty_like(answers)
    numbers = csr_matrix(np.array([_around(reading, aspect) for reading in found]))
    words = [_words(reading, None) for reading in found]
    near = [_words(reading, aspect) for reading in found]
    for train, test in KFold(5, shuffle=True, random_state=0).split(texts):
        parts: list[tuple[Any, Any]] = [(numbers[train], numbers[test])]
        for column, weight in ((words, 1.0), (near, 1.0)):
            vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+")  # noqa: S106
            known = vectors.fit_transform([column[i] for i in train])
            parts.append((known * weight, vectors.transform([column[i] for i in test]) * weight))
        model = OneVsRestClassifier(LogisticRegression(C=3, class_weight="balanced", solver="liblinear"))
        model.fit(hstack([part for part, _ in parts]).tocsr(), answers[train])
        guesses[test] = model.predict(hstack([part for _, part in parts]).tocsr())
    return guesses


def _words(reading: PostReading, aspect: str | None) -> str:
    """The text, or only its sentences that name the aspect; "!" before the words under a negation."""
    valence = load_valence("fr")
    kept = [s for s in reading.sentences if aspect is None or aspect in _named(reading, s.words)]
    return " ".join(f"!{word}" if turned else word for s in kept for word, turned in marked(s.words, valence))


def _around(reading: PostReading, aspect: str) -> list[float]:
    """Whether the aspect is named, the good and bad words of its sentences and of the rest, and its reasons."""
    valence = load_valence("fr")
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for sentence in reading.sentences:
        is_near = aspect in _named(reading, sentence.words)
        for word, turned in marked(sentence.words, valence):
            value = valence.words.get(word, 0.0) * (-0.7 if turned else 1.0)
            sums[is_near][value < 0] += abs(value)
    reasons = sum(cue.value == aspect for cue in reading.of_kind("reason"))
    near, far = sums[True], sums[False]
    return [
        float(any(near)), *np.tanh(np.array([*near, *far, reasons]) / 3), (near[0] - near[1]) / (sum(near) + 1),
        (far[0] - far[1]) / (sum(far) + 1),
    ]  # fmt: skip


def _named(reading: PostReading, words: Sequence[str]) -> set[str]:
    assert reading.grammar is not None
    return {reading.grammar.aspects[word] for word in words if word in reading.grammar.aspects}


def _figures(answers: Numbers, guesses: Numbers) -> tuple[float, float]:
    return f1_score(answers, guesses, average="macro"), accuracy_score(answers, guesses)


def _mean(figures: list[tuple[float, float]]) -> str:
    macro, accuracy = np.mean(figures, axis=0)
    return f"macro-F1 {macro:.3f}, accuracy {accuracy:.3f}"
