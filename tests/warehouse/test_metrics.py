"""Definitions of figures: versioned in the headers, strict, published; every figure leads back to posts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from warehouse.connect import open_published
from warehouse.models import SQL, ModelError, load_models, macros
from warehouse.publish import publish

PARTITION = {"run_date": date(2026, 10, 1), "source": "blog"}
WORLD = {
    "outcomes": [PARTITION],
    "posts": [
        PARTITION
        | {"post_id": "p", "author_id": "ann", "url": "https://blog.example/p", "text": "I own the Acme One: get it"}
        | {"created_at": datetime(2026, 10, 1, 10, tzinfo=UTC)}
    ],
    "mentions": [{"post_id": "p", "text": "Acme One", "product_id": "acme_one", "span_id": "named"}],
    "acts": [{"post_id": "p", "text": "get it", "product_id": "acme_one", "brand_id": "acme", "span_id": "act"}],
    "readings": [{"post_id": "p", "experience": "claimed", "umot": "positive", "stance": "for"}],
}
HEADER = "-- grain: a\n-- key: a\n-- question: b?\n-- owner: c\n-- refresh: all\n-- lookback: 0\n"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("-- metric: reach more people", "write `<name> v<number>"),
        ("-- metric: reach v1 (2026-02-30) people", "2026-02-30 is no date"),
        ("-- metric: reach v2 (2026-02-03) people", "v2 follows v0"),
        ("-- metric: reach v1 (2026-02-03) people\n-- metric: reach v3 (2026-02-04) all", "v3 follows v1"),
        ("-- metric: reach v1 (2026-02-03) people\n-- metric: reach v2 (2026-02-01) all", "dated before v1"),
    ],
)
def test_a_definition_says_its_version_and_day(tmp_path, lines, words) -> None:
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "one.sql").write_text(f"{HEADER}{lines}\nselect 1 as a\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"one\.sql:[78]: metric") as error:
        load_models(tmp_path)
    assert words in str(error.value)


def test_a_figure_is_defined_in_one_file(tmp_path) -> None:
    (tmp_path / "marts").mkdir()
    for name in ("one", "two"):
        text = f"{HEADER}-- metric: reach v1 (2026-02-03) people\nselect 1 as a\n"
        (tmp_path / "marts" / f"{name}.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"two\.sql: metric reach is defined in .*one\.sql already"):
        load_models(tmp_path)


def test_definitions_and_lineage_are_published(built_home, brands) -> None:
    with open_published(publish(built_home("one_umot", WORLD), brands)) as con:
        metrics = con.execute("select metric, version, table_name from metric_versions").fetchall()
        lineage = con.execute("select mart, key, post_id, span_id, source, run_date, url from lineage").fetchall()
    known = {(m.name, m.version, model.name) for model in load_models() for m in model.metrics}
    assert set(metrics) == known
    assert ("net_advocacy", 1, "net_advocacy") in known
    where = ("blog", date(2026, 10, 1), "https://blog.example/p")
    assert ("share_of_voice_daily", "2026-10-01|blog||brand|acme||", "p", "named", *where) in lineage
    assert ("net_advocacy", "2026-10-04|13|product|acme|acme_one|", "p", "act", *where) in lineage
    assert ("product_league", "2026-10-04|1|acme|acme_one", "p", "act", *where) in lineage


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, None, None)],
)
def test_intervals_are_those_of_the_books(hits, total, low, high) -> None:
    """Wilson score interval, 95 %, as in L. D. Brown and others, "Interval Estimation for a Binomial Proportion"."""
    with duckdb.connect() as con:
        con.execute(macros(SQL))
        row = con.execute("select wilson_low(?, ?), wilson_high(?, ?)", [hits, total] * 2).fetchone()
    assert row == ((None, None) if low is None else (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4)))


def test_a_tail_is_that_of_poisson() -> None:
    with duckdb.connect() as con:
        con.execute(macros(SQL))
        row = con.execute("select poisson_tail(0, 2.0), poisson_tail(1, 2.0), poisson_tail(5, 2.0)").fetchone()
    assert row == (1, pytest.approx(0.864665, abs=1e-6), pytest.approx(0.052653, abs=1e-6))
