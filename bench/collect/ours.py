"""A night of ours: collect (captures, robots, limits, checkpoints), then parse to Parquet.

python -m bench.collect.ours http://127.0.0.1:PORT FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.collect.server import DAY
from extractors.collect import collect, plan
from extractors.parse import parse_partition
from ouidire.brands import load_brands
from ouidire.settings import load


def main() -> None:
    """Run the night. Prints the number of posts, and the seconds of each half."""
    base, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "brands.yml"
    path.write_text(
        f"settings: {{private_hosts: ['{base.removeprefix('http://')}'], contact: 'https://us.example/bot'}}\n"
        "brands: [{id: tisonne, name: Tisonne}]\n"
        f"sources: [{{id: tags, type: mastodon, url: '{base}', queries: [mug]}}]\n",
        encoding="utf-8",
    )
    settings = load({"OUIDIRE_HOME": str(folder / "var"), "OUIDIRE_BRANDS": str(path)})
    brands = load_brands(path)
    began = time.perf_counter()
    (outcome,) = collect(settings, brands, plan(brands, DAY.date()))
    landed = time.perf_counter()
    rows = parse_partition(settings, brands, DAY.date(), "tags")
    done = time.perf_counter()
    if outcome.state != "complete":
        raise SystemExit(f"{outcome.state}: {outcome.reason}")
    print(json.dumps({"posts": rows["posts"], "collect": landed - began, "parse": done - landed}))


if __name__ == "__main__":
    main()
