"""Weights of `nlp/candidates.py` from labelled spans -> weights.json beside this file.

    python -m nlp.models.candidates.train wnut17.jsonl.gz

Each line: `text`, `labels` with half-open `start`, `end` and `label`. `source` tells texts of one kind.
Needs scikit-learn (dev.lock). See README.md here.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp import candidates
from nlp.rules import load_grammar
from nlp.tokens import cut, pieces

WANTED: Final = frozenset({"product", "corporation", "company"})
FOLDS: Final = 5
PENALTY: Final = 0.3

UNTRAINED: Final[dict[str, Any]] = {"threshold": 1.0, "weights": {}}

Row = Mapping[str, Any]


def examples(rows: Iterable[Row], code: str) -> Iterator[tuple[int, dict[str, float], bool]]:
    """Number of the text, features of a run, and whether a wanted label overlaps it."""
    grammar = load_grammar(code)
    finder = candidates.Finder(grammar, code, UNTRAINED)
    for number, row in enumerate(rows):
        text = row["text"]
        wanted = [(label["start"], label["end"]) for label in row["labels"] if label["label"] in WANTED]
        for sentence in cut(text, pieces(text, grammar.canon), grammar.canon):
            for run in finder.runs(text, sentence):
                start, end = sentence.begins[run.first], sentence.ends[run.last - 1]
                is_wanted = any(start < stop and begin < end for begin, stop in wanted)
                yield number, finder.features(text, sentence, run), is_wanted


def train(rows: Sequence[Row], code: str) -> dict[str, Any]:
    """Weights on all rows, and the threshold that is best on texts left out."""
    texts, features, marks = zip(*examples(rows, code), strict=True)
    vectorizer = DictVectorizer(sparse=False)
    matrix, sides = vectorizer.fit_transform(features), np.array(marks)
    odds = np.zeros(len(sides))
    for known, unseen in GroupKFold(FOLDS).split(matrix, groups=texts):
        odds[unseen] = _fit(matrix[known], sides[known]).predict_proba(matrix[unseen])[:, 1]
    spans = _spans(rows)
    kinds = {row["source"]: np.array([rows[text]["source"] == row["source"] for text in texts]) for row in rows}
    of_kind = {kind: _spans(row for row in rows if row["source"] == kind) for kind in kinds}

    def fit(threshold: float) -> float:
        """Mean over the kinds of text, so that the commonest does not decide alone."""
        return sum(_f1((odds >= threshold)[k], sides[k], of_kind[kind]) for kind, k in kinds.items()) / len(kinds)

    best = max(np.arange(0.1, 0.9, 0.02), key=fit)
    left_out = _f1(odds >= best, sides, spans)
    print(f"{len(sides)} runs, {sides.sum()} wanted of {spans}; left-out F1 {left_out:.3f} at {best:.2f}")
    learned = _fit(matrix, sides)
    named = dict(zip(vectorizer.feature_names_, learned.coef_[0].round(3).tolist(), strict=True))
    named["bias"] = round(named.get("bias", 0.0) + float(learned.intercept_[0]), 3)
    return {"threshold": round(float(best), 2), "weights": {name: value for name, value in named.items() if value}}


def _spans(rows: Iterable[Row]) -> int:
    return sum(label["label"] in WANTED for row in rows for label in row["labels"])


def _fit(matrix: Any, sides: Any) -> Any:
    return LogisticRegression(C=PENALTY, max_iter=2000).fit(matrix, sides)


def _f1(found: Any, sides: Any, spans: int) -> float:
    return 2 * float((found & sides).sum()) / float(found.sum() + spans)


def main(arguments: Sequence[str]) -> int:
    """Returns 2 on bad usage."""
    if len(arguments) != 1:
        print("usage: python -m nlp.models.candidates.train FILE.jsonl.gz", file=sys.stderr)
        return 2
    with gzip.open(Path(arguments[0]), "rt", encoding="utf-8") as lines:
        learned = train([json.loads(line) for line in lines], "en")
    candidates.WEIGHTS.write_text(json.dumps(learned, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
