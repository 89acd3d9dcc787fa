"""The sample web, night after night: every public text is one row; a backfill and a kill change nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from extractors.collect import collect, plan
from extractors.parse import parse_partition
from ouidire import lake, sampleweb
from ouidire.brands import load_brands
from ouidire.records import Post

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
FIRST, NIGHTS = date(2026, 10, 1), 30
KINDS = {"topic": "topic", "reply": "reply", "comment": "comment", "article": "article", "episode_turn": "episode_turn"}


def squeezed(text):
    return " ".join((text or "").split())


@pytest.fixture(scope="module")
def listened(tmp_path_factory):
    """All nights of the sample: rows by post_id, and outcomes."""
    from ouidire.settings import load

    home = tmp_path_factory.mktemp("sample")
    settings = load({"OUIDIRE_HOME": str(home)})
    with sampleweb.running(SAMPLE, port=0) as base:
        catalogue = home / "brands.yml"
        catalogue.write_text(
            (SAMPLE / "brands.yml")
            .read_text(encoding="utf-8")
            .replace("http://127.0.0.1:8765", base)
            .replace("127.0.0.1:8765", base[7:]),
            encoding="utf-8",
        )
        brands = load_brands(catalogue)
        outcomes = []
        for day in (FIRST + timedelta(days=n) for n in range(NIGHTS)):
            outcomes += collect(settings, brands, plan(brands, day))
            for source in brands.sources:
                parse_partition(settings, brands, day, source.id)
    rows = {
        post.post_id: post
        for n in range(NIGHTS)
        for source in brands.sources
        for post in lake.read_rows(settings, FIRST + timedelta(days=n), source.id, Post, "posts")
    }
    return base, rows, outcomes


def test_every_public_text_is_one_row(listened):
    base, rows, _ = listened
    told = sampleweb.told(sampleweb.load(SAMPLE))
    urls = Counter(row.url for row in rows.values())
    assert max(urls.values()) == 1
    expected = {t.path if t.path.startswith("http") else base + t.path: t for t in told}
    missing = {expected[url].ref for url in expected.keys() - urls.keys()}
    # who asked not to be indexed, and what was posted "unlisted", is left out on purpose
    assert {ref.partition("/")[0] for ref in missing} <= {"fediverse"}
    assert len(missing) <= 4, missing
    assert urls.keys() <= expected.keys()


def test_rows_say_who_when_and_where(listened):
    base, rows, _ = listened
    told = {(t.path if t.path.startswith("http") else base + t.path): t for t in sampleweb.told(sampleweb.load(SAMPLE))}
    for row in rows.values():
        expected = told[row.url]
        slack = timedelta(minutes=1) if row.created_precision == "minute" else timedelta(0)
        assert abs(row.created_at - expected.at) <= slack, expected.ref
        assert row.kind == KINDS.get(expected.kind, row.kind), expected.ref
        assert bool(row.parent_id) or expected.parent is None or row.kind == "episode_turn", expected.ref
        assert row.author_id is not None
    threads = {t.ref: t.thread for t in told.values()}
    by_ref = {told[row.url].ref: row for row in rows.values()}
    for ref, row in by_ref.items():
        if threads[ref] in by_ref:
            assert row.thread_id == by_ref[threads[ref]].post_id, ref


def test_texts_are_those_that_were_written(listened):
    base, rows, _ = listened
    told = {(t.path if t.path.startswith("http") else base + t.path): t for t in sampleweb.told(sampleweb.load(SAMPLE))}
    same = [squeezed(row.text) == squeezed(told[row.url].text.replace("## ", "")) for row in rows.values()]
    assert sum(same) >= len(same) - 8, "only mentions written another way and quoted messages may differ"


def test_every_outcome_is_whole(listened):
    _, _, outcomes = listened
    states = Counter(outcome.state for outcome in outcomes)
    assert set(states) <= {"complete", "empty"}, [o for o in outcomes if o.state not in ("complete", "empty")][:3]
    assert len(outcomes) == NIGHTS * 10
