"""Side by side on the shared gold: the rules, obsei, tf-idf with logistic regression, a regular expression.

obsei 1.1.1 (the closest open-source peer: feedback from many sources to labels) installs from the registry, but carries
no reader of its own: its classifier asks a language model behind an API, or loads one from a model hub (extra `local`).
Without a network neither answers, so that there is no figure of it to record, only the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.nlp.data import plain_scores, prf
from bench.nlp.table import Row
from nlp.evaluate import Row as Post
from nlp.evaluate import baseline, read_gold, rules
from nlp.pipeline import Reader

OBSEI: Final = "obsei 1.1.1: none (needs a model from an API or a hub; offline, 2026-11-22)"
OWN: Final = ("asserted", "conditional")


def run(data: Path) -> list[Row]:
    """One row a question and language: does a post hold a moment of truth; an act of the author's own."""
    posts = [post for found in read_gold([data / "gold"]).values() for post in found]
    return [
        _row(name, code, [post for post in posts if post["lang"] == code])
        for code in ("fr", "en")
        for name in ("umot positive", "umot negative", "has own act")
    ]


def _row(name: str, code: str, posts: list[Post]) -> Row:
    answers = _answers(name, posts)
    read = rules(Reader(None))
    ours = prf(answers, _answers(name, [read(post) for post in posts]))
    regex = prf(answers, _answers(name, [baseline(post) for post in posts]))
    scores = plain_scores([post["text"] for post in posts], answers.astype(int), [post["id"] for post in posts])
    plain = prf(answers, scores >= 0.5)
    return Row(
        f"peers: {name}", f"gold {code} ({len(posts)} posts, {int(answers.sum())} to find)",
        f"tf-idf: {plain}; regular expression: {regex}", OBSEI, "-", "-", ours,
    )  # fmt: skip


def _answers(name: str, rows: list[Post]) -> np.ndarray[Any, Any]:
    if name == "has own act":
        return np.array([any(act["modality"] in OWN for act in row.get("acts") or []) for row in rows])
    return np.array([row["umot"] == name.removeprefix("umot ") for row in rows])
