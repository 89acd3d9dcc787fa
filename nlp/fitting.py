"""Readings and what their authors ticked -> the weights of an advocacy model. Needs scikit-learn; the models do not.

A logistic regression, in which each source of reviews weighs as much for as against, so that no word is good for being
common where people are kind. What an author ticked is softened by the stars beside it (`softened`): two stars and a
tick say less than five. Only what is learnt from is softened; every figure is against the ticks alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack, vstack  # type: ignore[import-untyped]
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp.advocacy import Model, evidence, ngrams
from nlp.reading import PostReading

Numbers: TypeAlias = np.ndarray[Any, Any]

KEPT: Final = 30_000
"""N-grams kept in a file, by weight: it stays under a megabyte."""

EVIDENCE_SCALE: Final = 0.3
NGRAM_SCALE: Final = 4 / 3
ONE_SIDED: Final = 0.4
"""How freely the two kinds of weights may grow, and how much the freer for being one-sided."""

STARS: Final = 0.4
"""How much of an answer is what others of the same source ticked beside as many stars; these four by grouped
cross-validation on skytrax and womens."""


@dataclass(slots=True)
class Examples:
    """Readings with their answer (1: recommends), their stars (None: none given) and the source that gave both.

    Examples of one group stay on one side of a split.
    """

    evidence: list[dict[str, float]] = field(default_factory=list)
    ngrams: list[dict[str, float]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    stars: list[float | None] = field(default_factory=list)

    def add(
        self, reading: PostReading, answer: int, group: str, source: str, stars: float | None = None,
        *, with_acts: bool = True,
    ) -> None:  # fmt: skip
        """One reading; without its acts, the words around them have to speak for themselves."""
        found = evidence(reading)
        self.evidence.append(found if with_acts else found | {"acts for": 0.0, "acts against": 0.0})
        self.ngrams.append(ngrams(reading))
        self.answers.append(answer)
        self.groups.append(group)
        self.sources.append(source)
        self.stars.append(stars)

    def take(self, places: Sequence[int]) -> Examples:
        """Those at the places."""
        columns = (self.evidence, self.ngrams, self.answers, self.groups, self.sources, self.stars)
        return Examples(*([column[i] for i in places] for column in columns))  # type: ignore[arg-type]

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.evidence + other.evidence, self.ngrams + other.ngrams, self.answers + other.answers,
            self.groups + other.groups, self.sources + other.sources, self.stars + other.stars,
        )  # fmt: skip


def fit(examples: Examples, *, with_words: bool) -> Model:
    """Weights whose scores are calibrated log-odds when as many authors recommend as do not."""
    raw = _fit(examples, with_words=with_words)
    slope, shift = calibrated(held_out_scores(examples, with_words=with_words), examples)
    strongest = sorted(raw.ngrams.items(), key=lambda item: (-abs(item[1]), item[0]))[:KEPT]
    return Model(
        round(shift + slope * raw.intercept, 4),
        {name: round(slope * weight, 4) for name, weight in raw.evidence.items()},
        {gram: kept for gram, weight in sorted(strongest) if (kept := round(slope * weight, 2))},
    )


def held_out_scores(examples: Examples, *, with_words: bool) -> Numbers:
    """Log-odds of each example by a model that has not seen its group (five folds)."""
    found = np.zeros(len(examples.answers))
    for train, test in GroupKFold(5).split(found, groups=examples.groups):
        model = _fit(examples.take(train), with_words=with_words)
        found[test] = scores(model, examples.take(test))
    return found


def scores(model: Model, examples: Examples) -> Numbers:
    """Log-odds by a model, one an example."""
    return np.array(
        [
            model.intercept
            + sum(value * model.evidence[name] for name, value in found.items())
            + sum(value * model.ngrams.get(gram, 0.0) for gram, value in grams.items())
            for found, grams in zip(examples.evidence, examples.ngrams, strict=True)
        ]
    )


def calibrated(scored: Numbers, examples: Examples) -> tuple[float, float]:
    """Slope and shift that make held-out scores log-odds (Platt), each source weighing as much for as against."""
    answers = np.array(examples.answers)
    weights = np.where(answers == 1, *_balanced(answers, examples.sources))
    platt = LogisticRegression(C=1e6).fit(scored.reshape(-1, 1), answers, sample_weight=weights)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def reliability(scored: Numbers, examples: Examples) -> Iterator[str]:
    """Brier score, then how many recommend among those that the calibrated score puts in each fifth (weighted)."""
    chance = 1 / (1 + np.exp(-scored))
    truth = np.array(examples.answers)
    weight = np.where(truth == 1, *_balanced(truth, examples.sources))
    yield f"  Brier {np.average((chance - truth) ** 2, weights=weight):.3f} (.250: knows nothing)"
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (chance >= low) & ((chance < low + 0.2) | (low == 0.8))
        said = np.average(chance[here], weights=weight[here])
        yield f"  said {said:.2f}, did {np.average(truth[here], weights=weight[here]):.2f} ({here.sum()} posts)"


def softened(examples: Examples) -> Numbers:
    """Chance that each author recommends: the tick, drawn towards what their source ticks beside as many stars."""
    answers = np.array(examples.answers, dtype=float)
    places: dict[tuple[str, float], list[int]] = defaultdict(list)
    for i, (source, stars) in enumerate(zip(examples.sources, examples.stars, strict=True)):
        if stars is not None:
            places[source, stars].append(i)
    found = answers.copy()
    for same in places.values():
        found[same] = (1 - STARS) * answers[same] + STARS * answers[same].mean()
    return found


def _balanced(chances: Numbers, sources: Sequence[str]) -> tuple[Numbers, Numbers]:
    """What an example weighs as one for and as one against: each source weighs as much for as against."""
    share = np.empty(len(chances))
    names = np.array(sources)
    for name in dict.fromkeys(sources):
        share[names == name] = min(max(chances[names == name].mean(), 1e-3), 1 - 1e-3)
    return 0.5 / share, 0.5 / (1 - share)


def _fit(examples: Examples, *, with_words: bool) -> Model:
    """Logistic regression; an n-gram is the freer, the rarer and the more one-sided (naive Bayes ratio) it is."""
    chances = softened(examples)
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
        rarity = np.log((1 + len(chances)) / (1 + counts))
        freedom = NGRAM_SCALE * rarity * _one_sided(grams, np.array(examples.answers)) ** ONE_SIDED
        columns.append(grams @ diags(freedom))
    model = _regression(hstack(columns).tocsr(), chances, examples.sources)
    weights = model.coef_[0]
    by_evidence = weights[: len(names)] / spread * EVIDENCE_SCALE
    by_word = weights[len(names) :] * freedom
    return Model(
        float(model.intercept_[0]),
        dict(zip(names, map(float, by_evidence), strict=True)),
        dict(zip(vocabulary, map(float, by_word), strict=True)),
    )


def _regression(columns: Any, chances: Numbers, sources: Sequence[str]) -> LogisticRegression:
    """A chance of .8 is an example for of weight .8 and one against of weight .2."""
    each_for, each_against = _balanced(chances, sources)
    weights = np.concatenate([chances * each_for, (1 - chances) * each_against])
    answers = np.repeat([1, 0], len(chances))
    some = weights > 0
    model = LogisticRegression(C=1.0, max_iter=1000)
    return model.fit(vstack([columns, columns]).tocsr()[some], answers[some], sample_weight=weights[some])


def _one_sided(grams: Any, answers: Numbers) -> Numbers:
    """How unevenly each n-gram falls on the two answers: the absolute log of the naive Bayes ratio."""
    seen = grams > 0
    yes = 1 + np.asarray(seen[answers == 1].sum(axis=0)).ravel()
    no = 1 + np.asarray(seen[answers == 0].sum(axis=0)).ravel()
    ratio: Numbers = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return ratio
