"""English posts labelled for `commercial` alone, in place of the held-out ones, which are spent for this field.

`commercial_held_out.jsonl`: corpus, row id, start of the text's SHA-256, how the post was drawn, the guide's values,
and `evidence` (organic; disclosed: the author says so; probable: it points to it). `README.md`: how they came about.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any, Final

LABELS: Final = Path(__file__).with_name("commercial_held_out.jsonl")


def commercial_held_out(data: Path) -> list[dict[str, Any]]:
    """Labels with their texts from DATA/corpora and DATA/bench.

    Raises LookupError when a text is not there or is not the one that was labelled.
    """
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    wanted = {(row["corpus"], row["id"]): row for row in labels}
    found = []
    for corpus in sorted({row["corpus"] for row in labels}):
        for file in (*data.glob(f"corpora/{corpus}.jsonl.gz"), *data.glob(f"bench/*/{corpus}.jsonl.gz")):
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                posts = [post for post in map(json.loads, lines) if (corpus, post["id"]) in wanted]
            found += [wanted[corpus, post["id"]] | {"text": post["text"], "lang": "en"} for post in posts]
    same = [row for row in found if hashlib.sha256(row["text"].encode()).hexdigest().startswith(row["sha256"])]
    if len(same) != len(labels):
        raise LookupError(f"{len(labels) - len(same)} labelled texts are missing or changed in {data}: get it again")
    return same
