"""`make run`: the history is committed, and built once, by the run that the last night wakes."""

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date

import pytest
from rich.progress import Progress

from ouidire import demo, night, settings, supervise

SAMPLE = settings.ROOT / "sample"


@pytest.fixture
def done(monkeypatch):
    """What the demo does, in order, with recorders in the place of the stages and of Airflow."""
    found = []

    class Airflow:
        def run_night(self, day, progress):
            found.append(("night", day))

    @contextmanager
    def airflow(_):
        found.append(("start",))
        yield Airflow()
        found.append(("stop",))

    monkeypatch.setattr(demo, "_served", lambda *_: nullcontext())
    monkeypatch.setattr(supervise, "airflow", airflow)
    monkeypatch.setattr(night, "collect_day", lambda _, day, **told: found.append(("collect", day)) or [])
    monkeypatch.setattr(night, "read", lambda _, day, sources: found.append(("read", day)))
    monkeypatch.setattr(night, "commit", lambda _, partitions: found.append(("commit", len(partitions))))
    monkeypatch.setattr(night, "model", lambda *_: found.append(("model",)))
    monkeypatch.setattr(night, "publish", lambda *_: found.append(("publish",)))
    return found


def test_the_history_is_built_with_the_last_night(done, tmp_path):
    here = settings.load({"OUIDIRE_HOME": str(tmp_path)})
    with Progress(disable=True) as progress:
        ran = demo.listen_to_sample(here, SAMPLE, progress)
    assert ran == replace(here, brands=SAMPLE / "brands.yml")
    (_, last) = done[-2]
    history = [day for what, *rest in done if what == "collect" for day in rest]
    assert (len(history), max(history) < last) == (29, True)
    told = [(what, day) for day in history for what in ("collect", "read")]
    sources = night.load_brands(ran.brands).sources
    assert done == [("start",), *told, ("commit", len(sources) * 29), ("night", last), ("stop",)]


def test_days_without_a_scheduler_end_in_a_published_file(done, tmp_path):
    here = settings.load({"OUIDIRE_HOME": str(tmp_path), "OUIDIRE_BRANDS": str(SAMPLE / "brands.yml")})
    with Progress(disable=True) as progress:
        night.run_days(here, night.days(*[date(2026, 10, n) for n in (1, 2)]), progress=progress)
    assert [what for what, *_ in done] == ["collect", "read"] * 2 + ["commit", "model", "publish"]
