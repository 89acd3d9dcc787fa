"""The notebook, run as a script on the sample's published file: every cell, and the figures that it shows."""

from __future__ import annotations

import importlib.util

from tests.conftest import ROOT, Journey


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
    assert len(found["rows"]) == found["moments"].num_rows > 0
