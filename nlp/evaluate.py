"""Gold -> precision, recall and F1 per language and label, beside a plain regular expression.

    python -m nlp.evaluate [FOLDER OR FILE ...]

Without arguments: `../shared/gold` beside the checkout when it is there, the pairs of `nlp/lang/*/gold.jsonl`, and the
stand-off labels of `nlp/lang/*/standoff.jsonl`, whose texts are looked up by id and hash in `../shared` (those that are
not there are left out). Of these, those marked `"part": "held_out"` were never read to write a rule: they are a set of
their own; so are those labelled for one field alone (`"part": "commercial"`, "commercial_held_out"). An act counts when
it is the author's own, with the right polarity, and shares at least a third of its characters with one of the gold.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from nlp.pipeline import Reader
from nlp.rules import LANG
from nlp.understand import understand_post

Row: TypeAlias = Mapping[str, Any]

SHARED: Final = LANG.parent.parent.parent / "shared"
OURS: Final = ("pairs", "labels", "commercial", "held out")
"""Ends of the names of the sets that the project labelled itself."""

LEAST_OVERLAP: Final = 1 / 3
LABELS: Final[dict[str, tuple[str, frozenset[Any]]]] = {
    "stance": ("stance", frozenset({"for", "against", "mixed"})),
    "umot": ("umot", frozenset({"positive", "negative"})),
    "umot negative": ("umot", frozenset({"negative"})),
    "experience": ("experience", frozenset({"claimed"})),
    "purchase": ("purchase", frozenset({"bought"})),
    "intent": ("purchase", frozenset({"intends"})),
    "seeks advice": ("seeks_advice", frozenset({True})),
}
"""Name in the table -> field of the guide, values that count as found."""


class Score(NamedTuple):
    """Counts of one label; `gold` is how often it is there to be found."""

    right: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        """Right ÷ predicted, 0 to 1."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Right ÷ gold, 0 to 1."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both, 0 to 1."""
        return 2 * self.right / (self.predicted + self.gold) if self.predicted + self.gold else 0.0


def evaluate(gold: Sequence[Row], predict: Callable[[Row], Row]) -> dict[str, Score]:
    """Score a predictor on gold posts; a field that a gold row lacks is not scored on it."""
    pairs = [(row, predict(row)) for row in gold]
    scores = {"act": _acts((g, p) for g, p in pairs if "acts" in g)}
    for name, (field, positive) in LABELS.items():
        known = [(g[field], p.get(field)) for g, p in pairs if field in g]
        scores[name] = Score(
            sum(g == p and g in positive for g, p in known),
            sum(p in positive for _, p in known),
            sum(g in positive for g, _ in known),
        )
    names = [(g["influenced_by"] or "", p.get("influenced_by") or "") for g, p in pairs if "influenced_by" in g]
    scores["influence"] = Score(
        sum(_same_name(g, p) for g, p in names), sum(bool(p) for _, p in names), sum(bool(g) for g, _ in names)
    )
    commercial = [(bool(g["commercial"]), bool(p.get("commercial"))) for g, p in pairs if "commercial" in g]
    scores["commercial"] = Score(
        sum(g and p for g, p in commercial), sum(p for _, p in commercial), sum(g for g, _ in commercial)
    )
    return scores


def rules(reader: Reader) -> Callable[[Row], Row]:
    """The project's own predictor."""
    return lambda row: understand_post({key: row.get(key) for key in ("id", "text", "lang")}, reader)


_WORDS: Final = re.compile(
    r"\b(?:je|nous|on)\s[^.!?\n]{0,20}?(?:recommand|conseill|déconseill)\w*|à (?:recommander|éviter|fuir|découvrir)"
    r"|foncez|n'hésitez pas|(?:\bI\s)?(?:\w+\s){0,2}recommend(?:ed)?\b|must[- ](?:have|buy|read|play)"
    r"|worth (?:it|the \w+|every \w+)|don't (?:buy|bother)|check (?:it )?out|(?:buy|get) (?:it|this)|avoid|stay away",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(
    r"\b(?:pas|jamais|plus|not|never|n't)\b|éviter|fuir|don't buy|avoid|déconseill", re.IGNORECASE
)


def baseline(row: Row) -> Row:
    """What a regular expression with simple negation finds; every act is taken for first-hand experience."""
    acts = []
    for match in _WORDS.finditer(row["text"]):
        around = row["text"][max(0, match.start() - 15) : match.end() + 10]
        polarity = "against" if _AGAINST.search(around) else "for"
        acts.append({"start": match.start(), "end": match.end(), "polarity": polarity, "modality": "asserted"})
    stance = str(acts[-1]["polarity"]) if acts else "none"
    return {"acts": acts, "stance": stance, "umot": {"for": "positive", "against": "negative"}.get(stance, "none")}


def read_gold(paths: Iterable[Path]) -> dict[str, list[Row]]:
    """Rows by name of the set: `<file>` of real posts; `<code> pairs`, `<code> labels`, `<code> held out` of a folder.

    All but the pairs are the stand-off labels, apart by their `part`; "dev" and none are `<code> labels`.
    """
    found: dict[str, list[Row]] = {}
    for path in paths:
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            code = file.parent.name
            is_ours = file.parent.parent == LANG
            rows = [dict(row) for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())]
            kept = _with_texts(rows) if any("text" not in row for row in rows) else rows
            for row in kept:
                name = f"{code} {_part(row)}" if is_ours else file.stem
                found.setdefault(name, []).append(_placed({"lang": code} | row))
    return found


def _part(row: Row) -> str:
    """Which set of its language folder a row belongs to: what carries its text is a pair."""
    if "corpus" not in row:
        return "pairs"
    part = str(row.get("part", "dev"))
    return "labels" if part == "dev" else part.replace("_", " ")


def _with_texts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stand-off rows that found their text, unchanged since it was labelled; spans given as offsets become words."""
    wanted = {(row["corpus"], row["id"]): row for row in rows}
    kept = []
    for corpus in sorted({row["corpus"] for row in rows}):
        for file in [*SHARED.glob(f"corpora/{corpus}.jsonl.gz"), *SHARED.glob(f"bench/*/{corpus}.jsonl.gz")]:
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for post in map(json.loads, lines):
                    row, text = wanted.get((corpus, post["id"])), post["text"]
                    if row and hashlib.sha256(text.encode()).hexdigest().startswith(row["sha256"]):
                        kept.append(row | {"text": text} | _led(row, text))
    return kept


def _led(row: Row, text: str) -> dict[str, Any]:
    """`influenced_by` in words; nothing when the row was not labelled for it."""
    if "influenced_by" not in row:
        return {}
    place = row["influenced_by"]
    return {"influenced_by": text[slice(*place)] if place else None}


def table(gold: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """The lines of the report: one a set, one a language over the real posts, F1 by label; regex F1 in brackets."""
    predict = rules(Reader(None))
    by_lang: dict[str, list[Row]] = defaultdict(list)
    for name, rows in gold.items():
        for row in () if name.endswith(OURS) else rows:
            by_lang[f"all {row['lang']}"].append(row)
    for number, (name, rows) in enumerate([*gold.items(), *sorted(by_lang.items())]):
        scores, plain = evaluate(rows, predict), evaluate(rows, baseline)
        if number == 0:
            yield f"{'F1':12}{'posts':>6}" + "".join(f"{label:>14}" for label in scores)
        cells = (_cell(score, plain[label]) for label, score in scores.items())
        yield f"{name:12}{len(rows):6}" + "".join(f"{cell:>14}" for cell in cells)


def _cell(score: Score, plain: Score) -> str:
    if not score.gold:
        return "-"
    return f"{score.f1:.2f}" + (f" ({plain.f1:.2f})" if plain.predicted else "")


def _acts(pairs: Iterable[tuple[Row, Row]]) -> Score:
    right = predicted = gold = 0
    for g, p in pairs:
        own_gold, own_predicted = _own(g), _own(p)
        right += _matched(own_gold, own_predicted)
        predicted += len(own_predicted)
        gold += len(own_gold)
    return Score(right, predicted, gold)


def _own(row: Row) -> list[Row]:
    return [act for act in row.get("acts") or [] if act["modality"] in ("asserted", "conditional")]


def _matched(gold: Sequence[Row], predicted: Sequence[Row]) -> int:
    """How many gold acts get a prediction of their own, best overlaps first."""
    shares = sorted(
        ((_share(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)), key=lambda s: -s[0]
    )
    taken_gold: set[int] = set()
    taken: set[int] = set()
    for share, i, j in shares:
        if share >= LEAST_OVERLAP and i not in taken_gold and j not in taken:
            taken_gold.add(i)
            taken.add(j)
    return len(taken_gold)


def _share(gold: Row, predicted: Row) -> float:
    """Characters in both spans ÷ characters in either; 0 when the polarity differs."""
    if gold["polarity"] != predicted["polarity"]:
        return 0.0
    both = min(gold["end"], predicted["end"]) - max(gold["start"], predicted["start"])
    either = max(gold["end"], predicted["end"]) - min(gold["start"], predicted["start"])
    return max(0, both) / either if either else 0.0


def _same_name(gold: str, predicted: str) -> bool:
    """One contains the other, case apart, and is at most 20 characters longer."""
    a, b = gold.lower(), predicted.lower()
    return bool(a and b) and (a in b or b in a) and abs(len(a) - len(b)) <= 20


def _placed(row: dict[str, Any]) -> Row:
    """The row with the offsets of acts that only give their words (those of the pairs)."""
    for act in row.get("acts") or []:
        if "start" not in act:
            act["start"] = row["text"].index(act["span"])
            act["end"] = act["start"] + len(act["span"])
    return row


def main(arguments: Sequence[str]) -> int:
    """Print the table. Returns 2 when a path does not exist."""
    paths = [Path(argument) for argument in arguments]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        print(f"no such file or folder: {', '.join(missing)}", file=sys.stderr)
        return 2
    defaults = [folder for folder in (SHARED / "gold", *sorted(LANG.iterdir())) if folder.is_dir()]
    for line in table(read_gold(paths or defaults)):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
