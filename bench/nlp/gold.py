"""The guide's fields on labelled posts: the shared gold, our own labels, and the half of them held out.

On the held-out posts `commercial` is not measured: they are spent for it; `bench.nlp.commercial` holds fresh ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.nlp.commercial import commercial_held_out
from bench.nlp.table import Row
from nlp.evaluate import Row as Post
from nlp.evaluate import baseline, evaluate, read_gold, rules
from nlp.pipeline import Reader
from nlp.rules import LANG

GOALS: Final = {
    "act": (".80", ".90"), "umot": (".82", ".92"), "purchase": (".80", "-"), "influence": (".60", "-"),
    "experience": (".90", "-"), "commercial": ("-", "-"),
}  # fmt: skip
POOLED: Final = ("influence", "purchase", "experience")


def run(data: Path) -> list[Row]:
    """One row a label and language; the rare ones pooled."""
    sets = read_gold([data / "gold"])
    ours = read_gold(sorted(folder for folder in LANG.iterdir() if folder.is_dir()))
    everything = [post for posts in sets.values() for post in posts]
    found: list[Row] = []
    for code in ("fr", "en"):
        posts = [post for post in everything if post["lang"] == code]
        found += _rows(f"gold {code}", posts, ("act", "umot"))
    found += _rows("gold fr + en", everything, POOLED)
    for name, posts in ours.items():
        if not name.endswith("pairs"):
            labels = ("act", "umot") if "acts" in posts[0] else ("commercial",)
            found += _rows(f"own labels: {name}", posts, labels)
    name = "own labels: en held out for this label alone, half drawn by words"
    return found + _rows(name, commercial_held_out(data), ("commercial",))


def _rows(name: str, posts: Sequence[Post], labels: tuple[str, ...]) -> list[Row]:
    scores, plain = evaluate(posts, rules(Reader(None))), evaluate(posts, baseline)
    return [
        Row(
            label, f"{name} ({len(posts)} posts)", f"regular expression: F1 {plain[label].f1:.2f}", "-",
            f"F1 {GOALS[label][0]}".replace("F1 -", "-"), GOALS[label][1],
            f"F1 {scores[label].f1:.2f} (P {scores[label].precision:.2f}, R {scores[label].recall:.2f},"
            f" {scores[label].gold} to find)",
        )
        for label in labels
    ]  # fmt: skip
