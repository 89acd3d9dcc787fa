"""How far jobs came: small files beside captures that add what captures cannot tell.

Whether a walk came to its end, what came of it, and which generation (the first fetch, then one for each refetch) it
belongs to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from ouidire import lake
from ouidire.settings import Settings

OBSERVED: Final = "observed"
"""Name of the journal that holds answers about posts of earlier nights (extractors/observe.py)."""


@dataclass(kw_only=True)
class Checkpoint:
    """How far a job came."""

    query: str = ""
    generation: int = 1
    """Captures of later generations are not read yet (of a file that is being imported)."""
    valid_from: int = 1
    """Captures of older generations are no longer read (of a file that was replaced by a newer one)."""
    is_walked: bool = False
    """Nothing is left to ask in this generation."""
    is_done: bool = False
    """Walked, and the day was over when it was asked: a rerun replays."""
    outcome: dict[str, Any] = field(default_factory=dict)
    content: str = ""
    """Hash of an imported file."""


def read_checkpoint(path: Path) -> Checkpoint | None:
    """A checkpoint, None where there is none. Raises ValueError when the file is damaged."""
    try:
        return Checkpoint(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); delete it: the job is then resumed from its captures") from None


def is_expired(settings: Settings, day: date, source_id: str) -> bool:
    """Whether the partition's captures were removed for their age, and not all of its jobs were asked anew since."""
    folder = lake.partition_dir(settings.captures, day, source_id)
    if not (folder / lake.EXPIRED).exists():
        return False
    jobs = [(path.stem, read_checkpoint(path)) for path in folder.glob("*.json") if path.stem != OBSERVED]
    return not all(
        found and found.is_walked and any(folder.glob(f"{name}-{found.generation:04d}-*.parquet"))
        for name, found in jobs
    )


def checkpoints(settings: Settings, day: date, source_id: str) -> list[Checkpoint]:
    """Checkpoints of a partition's jobs; that of its observation is none of them."""
    folder = lake.partition_dir(settings.captures, day, source_id)
    paths = [path for path in sorted(folder.glob("*.json")) if path.stem != OBSERVED]
    return [found for path in paths if (found := read_checkpoint(path)) is not None]


def write_text(path: Path, words: str | Iterable[str]) -> None:
    """Write a file, in one piece or several, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{time.monotonic_ns():x}")
    with fresh.open("w", encoding="utf-8") as file:
        file.writelines([words] if isinstance(words, str) else words)
    fresh.replace(path)
