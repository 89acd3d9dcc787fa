"""What the captures of a partition hold: from the spools of the walks that landed them, else read again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Self

from extractors.captures import Capture, newest
from extractors.observe import observed_window
from extractors.source import Query, query_of, source_module, window_of
from extractors.spool import Read, Spool, mark_of
from extractors.tally import UNREADABLE, drift_reason
from ouidire import lake
from ouidire.brands import Brands
from ouidire.settings import Settings


class Reads:
    """Every newest capture of a partition, and what was read in it; use as a context manager."""

    def __init__(self, settings: Settings, brands: Brands, run_date: date, source_id: str) -> None:
        self._settings, self._day, self._config = settings, run_date, brands.source(source_id)
        self._parse = source_module(self._config.type).parse
        self._window, self._observed = window_of(brands, source_id, run_date), observed_window(run_date)
        self._queries: dict[str, Query] = {}
        folder = lake.partition_dir(settings.captures, run_date, source_id)
        self._paths = sorted(folder.glob(f"*{lake.SPOOL}"))
        self._held: list[tuple[Capture, Spool, int]] = []

    def __enter__(self) -> Self:
        mark = mark_of(self._config)
        found = {path.stem: Spool.sealed(path, mark) for path in self._paths}
        self._spools = {stem: spool for stem, spool in found.items() if spool}
        self._waiting = Spool(tempfile.TemporaryFile())  # without a name: a kill leaves nothing behind
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.close()

    def consume(self) -> None:
        """Remove the spools: their rows are there, and whoever parses again does it for new rules."""
        for path in self._paths:
            path.unlink(missing_ok=True)

    def once(self) -> Iterator[tuple[Capture, Read]]:
        """Captures without their bodies, newest first, and what was read in each."""
        for capture in newest(self._settings, self._day, self._config.id, self._is_spooled):
            spool = self._spools.get(capture.stem)
            if spool and capture.sequence in spool:
                yield capture, spool.get(capture.sequence)
            else:
                read = self._read(capture)
                yield _bare(capture), read

    def first(self) -> Iterator[Read]:
        """The same, for those who go through it once more with `again`: what is read now waits on disk."""
        for capture, read in self.once():
            spool, number = self._spools.get(capture.stem), capture.sequence
            if spool is None or number not in spool:
                spool, number = self._waiting, len(self._held)
                spool.put(number, read)
            self._held.append((capture, spool, number))
            yield read

    def again(self) -> Iterator[tuple[Capture, Read]]:
        """What `once` gave, after `first` has come to its end."""
        for capture, spool, number in self._held:
            yield capture, spool.get(number)

    def _is_spooled(self, stem: str, number: int) -> bool:
        return stem in self._spools and number in self._spools[stem]

    def _read(self, capture: Capture) -> Read:
        if capture.query not in self._queries:
            self._queries[capture.query] = query_of(self._config, capture.query)
        window = self._observed if capture.is_observed else self._window
        try:
            return Read.of(self._parse(capture.request, capture.response(self._queries[capture.query]), window))
        except UNREADABLE as error:
            return Read([(drift_reason(capture.request, error), capture.url)], [])


def _bare(capture: Capture) -> Capture:
    return Capture(**{**vars(capture), "body": b""})
