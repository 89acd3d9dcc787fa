"""Which of two named things is better: what a small linear model makes of the words around them (low priority)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold

from bench.nlp.data import plain_model, read, readings
from bench.nlp.table import Row


def run(data: Path) -> list[Row]:
    """One row: accuracy over BETTER, WORSE and NONE, and how often our comparison cue stands by a verdict."""
    rows = read(data, "compsent19")
    answers = np.array([row["label"] for row in rows])
    masked = [_masked(row["text"], row["object_a"], row["object_b"]) for row in rows]
    guesses = {"plain": np.empty_like(answers), "masked": np.empty_like(answers)}
    for name, texts in (("plain", [row["text"] for row in rows]), ("masked", masked)):
        for train, test in KFold(5, shuffle=True, random_state=0).split(texts):
            model = plain_model().fit([texts[i] for i in train], answers[train])
            guesses[name][test] = model.predict([texts[i] for i in test])
    cue = np.array([bool(reading.of_kind("comparison")) for reading in readings(rows)])
    is_verdict = answers != "NONE"
    return [
        Row(
            "which is better", "compsent19 dev, 5 folds",
            f"tf-idf: accuracy {accuracy_score(answers, guesses['plain']):.3f}",
            "micro-F1 .885", "-", "-",
            f"names masked: accuracy {accuracy_score(answers, guesses['masked']):.3f};"
            f" comparison cue: on {cue[is_verdict].mean():.2f} of verdicts, {cue[~is_verdict].mean():.2f} of others",
        )
    ]  # fmt: skip


def _masked(text: str, first: str, second: str) -> str:
    """The words before, between and after the two names, told apart by a mark."""
    text = re.sub(re.escape(first), " firstname ", text, flags=re.IGNORECASE)
    text = re.sub(re.escape(second), " secondname ", text, flags=re.IGNORECASE)
    between = re.search(r"(firstname|secondname)(.*?)(firstname|secondname)", text)
    return text + (" " + " ".join(f"between_{word}" for word in between[2].split()) if between else "")
