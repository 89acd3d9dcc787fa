"""The plain spaCy pipeline as a program of its own: JSON lines in, a count of words out.

python -m bench.understand.spacy_pipe MODEL < posts.jsonl
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

BATCH = 256


def main(model: str, lines: Iterable[str]) -> int:
    """Every component of the model on the text of each line; prints how many tokens that were."""
    import spacy  # noqa: PLC0415 - start-up is measured: nothing is loaded before it is asked for

    nlp = spacy.load(model)
    texts = (json.loads(line)["text"] for line in lines)
    print(sum(map(len, nlp.pipe(texts, batch_size=BATCH))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.stdin))
