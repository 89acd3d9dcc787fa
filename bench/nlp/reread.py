"""Affiliate disclosures that were read one by one, beside the silver labels that clusters of sentences got.

`affiliate_checked.json` holds ids and values only. The first reader saw 140 sentences on which label and system
differed, knowing both; the second these and 169 others from the text alone (`README.md`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from sklearn.metrics import cohen_kappa_score

from bench.nlp.data import Numbers

CHECKED: Final = Path(__file__).with_name("affiliate_checked.json")
"""Reader -> `disclosed` or `not disclosed` -> ids of sentences."""

Verdicts: TypeAlias = dict[str, bool]
"""Id of a sentence -> whether it tells readers that the author earns by a link or code, or calls a link affiliate."""


def reread(
    rows: Sequence[dict[str, Any]], wordings: Numbers, silver: Numbers
) -> Iterator[tuple[str, Numbers, Numbers]]:
    """What it is, the answers, and which rows count: as both readers judged, then also what only the second read.

    A verdict holds for every sentence of the wording. Wordings on which the readers differ do not count.
    """
    first, second = _verdicts("first reader"), _verdicts("second reader")
    both = sorted(first.keys() & second.keys())
    agreed = {row_id: first[row_id] for row_id in both if first[row_id] == second[row_id]}
    kappa = cohen_kappa_score([first[row_id] for row_id in both], [second[row_id] for row_id in both])
    wording = {row["id"]: text for row, text in zip(rows, wordings, strict=True)}
    kept = ~np.isin(wordings, [wording[row_id] for row_id in both if row_id not in agreed])
    alone = {row_id: value for row_id, value in second.items() if row_id not in first}
    name = f"{len(agreed)} as two readers judged them, kappa {kappa:.2f}, {len(both) - len(agreed)} more left out"
    for addition, values in (("", agreed), (f"; {len(alone)} as the second judged them blind", agreed | alone)):
        known = {wording[row_id]: value for row_id, value in values.items()}
        answers = np.array([known.get(text, bool(label)) for text, label in zip(wordings, silver, strict=True)])
        yield name + addition, answers, kept


def _verdicts(reader: str) -> Verdicts:
    read = json.loads(CHECKED.read_text(encoding="utf-8"))[reader]
    return {row_id: value == "disclosed" for value, ids in read.items() for row_id in ids}
