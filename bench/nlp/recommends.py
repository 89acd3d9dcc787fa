"""Would the author recommend it? `advocacy` against what authors ticked, voted, or gave as stars.

On the sets whose weights ship (skytrax, womens) our figure is that of cross-validation by airline or garment; on the
others that of the model as it ships, which never saw them. What the author's own stars tell of the tick is no system's
score: it shows how far the tick can be told at all.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold

from bench.nlp.data import Numbers, plain_scores, read, readings
from bench.nlp.table import Row
from nlp.fitting import Examples, fit, held_out_scores, scores
from nlp.train import own_labels, reviews

GOALS = {"skytrax": ("tf-idf + .03", "AUC .92"), "womens": ("tf-idf + .03", "AUC .92")}
UNSEEN = {
    "steam_en": 4, "reco_polarity_en": 1, "reco_polarity_fr": 1, "amazon_books_fr": 1, "ftdataset_fr": 2,
}  # fmt: skip
"""Sets never trained on -> every how many rows are read."""


def run(data: Path) -> list[Row]:
    """The rows of the table."""
    trained = {name: reviews(data, name) for name in GOALS}
    own = own_labels("en", with_words=True)
    rows = []
    for name, examples in trained.items():
        posts = read(data, name)
        others = sum((part for other, part in trained.items() if other != name), start=own)
        together = held_out_scores(examples + others, with_words=True)[: len(posts)]
        transfer = scores(fit(others, with_words=True), examples)
        answers = np.array(examples.answers) == 1
        plain = plain_scores([post["text"] for post in posts], answers, examples.groups)
        ours = f"{_figures(answers, together)}; {_figures(answers, transfer)} without this set"
        stars = f"the author's own stars, as a score: AUC {roc_auc_score(answers, _by_stars(examples)):.3f}"
        rows.append(_row(name, "dev, folds by product", answers, plain - 0.5, ours, published=stars))
    return rows + [_unseen(data, name, step) for name, step in UNSEEN.items()]


def _unseen(data: Path, name: str, step: int) -> Row:
    known = tuple(GOALS)  # reco_polarity_en is put together from sets of which two are learnt from
    rows = [post for post in read(data, name) if post["label"] != "neu" and not post["source"].startswith(known)]
    posts = rows[::step]
    answers = np.array([post["label"] in (1, "pos") for post in posts])
    groups = [str(post.get("brand") or post.get("product") or post["id"]) for post in posts]
    plain = plain_scores([post["text"] for post in posts], answers, groups)
    found = np.array([reading.advocacy for reading in readings(posts)])
    part = "dev, no word of it learnt" + (f", one row in {step}" if step > 1 else "")
    return _row(name, part, answers, plain - 0.5, _figures(answers, found))


def _by_stars(examples: Examples) -> Numbers:
    """How far a tick follows from the stars beside it: the share that ticks in other folds (0.5: never seen)."""
    found = np.full(len(examples.answers), 0.5)
    for train, test in GroupKFold(5).split(found, groups=examples.groups):
        known = defaultdict(list)
        for i in train:
            known[examples.sources[i], examples.stars[i]].append(examples.answers[i])
        for i in test:
            if ticks := known[examples.sources[i], examples.stars[i]]:
                found[i] = sum(ticks) / len(ticks)
    return found


def _row(name: str, part: str, answers: Numbers, plain: Numbers, ours: str, *, published: str = "-") -> Row:
    goal, aim = GOALS.get(name, ("-", "-"))
    return Row(
        "advocacy",
        f"{name} {part}",
        f"tf-idf, 5 folds on the same set: {_figures(answers, plain)}",
        published,
        goal,
        aim,
        ours,
    )


def _figures(answers: Numbers, found: Any) -> str:
    macro = f1_score(answers, np.asarray(found) > 0, average="macro")
    return f"AUC {roc_auc_score(answers, found):.3f}, macro-F1 {macro:.3f}"
