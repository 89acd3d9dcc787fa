"""The notebook, run as a script on the sample's published file: every cell, and the figures that it shows."""

from __future__ import annotations

import importlib.util

from ouidire.digest.gather import gather
from tests.conftest import ROOT, Journey
from warehouse.connect import open_published


def test_every_cell_runs_on_the_sample(journey: Journey, monkeypatch) -> None:
    monkeypatch.setenv("OUIDIRE_HOME", journey.env["OUIDIRE_HOME"])
    spec = importlib.util.spec_from_file_location("listening_notebook", ROOT / "notebooks" / "listening.py")
    assert spec is not None
    assert spec.loader is not None
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, found = notebook.app.run()
    counted = journey.rows("SELECT count(*) AS n FROM core_posts WHERE deleted_at IS NULL AND NOT is_duplicate")
    assert found["posts"] == counted[0]["n"] > 300
    assert found["for_"] > found["against"] > 0
    first, last = found["about"]["first"], found["about"]["last"]
    with open_published(journey.settings.published) as con:
        digest = gather(con, journey.settings.published, last, (last - first).days + 1)
    voice = next(voice for voice in digest.voices if voice.brand == digest.brands[0])
    assert (found["posts"], found["people"], found["seen"]) == (digest.posts, digest.authors, digest.coverage)
    assert (found["for_"], found["against"]) == (voice.recommending, voice.advising_against)
    assert len(found["rows"]) == found["moments"].num_rows > 0
