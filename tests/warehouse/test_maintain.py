"""Maintenance: old captures go and rows stay, interrupted erasure is finished, the lake has few files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from ouidire import lake
from warehouse import maintain
from warehouse.commit import commit
from warehouse.connect import connect, open_published
from warehouse.publish import publish

DAY = date(2026, 10, 1)
AT = datetime(2026, 10, 1, 10, tzinfo=UTC)
PARTITION = {"run_date": DAY, "source": "blog"}
TOLD = {
    "outcomes": [PARTITION],
    "posts": [
        PARTITION
        | {"post_id": "p1", "author_id": "zoe", "created_at": AT, "text": "My flask leaks", "thread_id": "p1"},
        PARTITION | {"post_id": "p2", "author_id": "ann", "created_at": AT, "text": "Acme One: get it"},
    ],
    "identities": [
        PARTITION | {"author_id": "zoe", "handle": "zoe"},
        PARTITION | {"author_id": "ann", "handle": "ann"},
    ],
    "readings": [{"post_id": "p1"}, {"post_id": "p2"}],
}


@pytest.fixture
def told(built_home, brands):
    """Two people's posts of one day, captured, committed, built, published."""
    settings = built_home("maintained", TOLD)
    for day in (DAY, DAY + timedelta(days=1)):
        folder = lake.partition_dir(settings.captures, day, "blog")
        lake.write_parquet(folder / "j-0001-000002.parquet", pa.table({"body": pa.array([b"x"], pa.large_binary())}))
        (folder / "j.json").write_text("{}", encoding="utf-8")
        (folder / f"j-0001{lake.SPOOL}").write_text("My flask leaks", encoding="utf-8")
    publish(settings, brands)
    return settings


def kept(brands, **told):
    return brands.model_copy(update={"settings": brands.settings.model_copy(update=told)})


@pytest.mark.parametrize(("days", "left"), [(40, 1), (41, 2), (39, 0), (None, 2)])
def test_captures_go_when_they_are_too_old(told, brands, days, left):
    today = DAY + timedelta(days=41)
    counts = maintain.retain(told, kept(brands, keep_captures_days=days), today)
    assert len(list(told.captures.rglob("*.parquet"))) == len(list(told.captures.rglob(f"*{lake.SPOOL}"))) == left
    assert len(list(told.captures.rglob("*.json"))) == 2, "what was asked stays known"
    assert counts == ({"nights_expired": 2 - left, "capture_files_removed": 2 - left} if left < 2 else {})
    assert maintain.retain(told, kept(brands, keep_captures_days=days), today) == {}


def test_interrupted_erasure_is_finished(told, brands):
    (told.home / "suppressions.jsonl").write_text(json.dumps({"author_id": "zoe"}) + "\n", encoding="utf-8")
    assert maintain.erase_due(told, brands)["lake_posts"] == 1
    with open_published(told.published) as con:
        assert con.execute("select post_id from core_posts").fetchall() == [("p2",)]
    assert maintain.erase_due(told, brands) == {}


def test_interrupted_deletion_is_finished(told, brands):
    entry = {"post_id": "p1", "kind": "deleted", "source": "blog", "deleted_at": AT.isoformat()}
    (told.home / "suppressions.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    assert maintain.erase_due(told, brands)["days_touched"] == 1
    with open_published(told.published) as con:
        assert con.execute("select post_id, text from core_posts order by all").fetchall()[0] == ("p1", None)
    kinds = [json.loads(line).get("kind") for line in (told.home / "suppressions.jsonl").read_text().splitlines()]
    assert kinds == ["deleted", "struck", "removed", "purged"]
    assert maintain.erase_due(told, brands) == {}


def test_many_small_files_become_few(settings, stage, brands):
    for number in range(6):
        partition = {"run_date": DAY + timedelta(days=number), "source": "blog"}
        posts = [partition | {"post_id": f"p{n}", "created_at": AT, "text": f"{number} {n}"} for n in range(40)]
        commit(settings, stage({"outcomes": [partition], "posts": posts}))
    with connect(settings, read_only=True) as con:
        rows = con.execute("from posts order by all").fetchall()
    before = len(list((settings.home / "lake").rglob("*.parquet")))
    counts = maintain.compact(settings, kept(brands, keep_snapshots_days=0), grace=timedelta(0))
    assert counts["tables_compacted"] > 0
    assert counts["snapshots_expired"] >= 6
    assert len(list((settings.home / "lake").rglob("*.parquet"))) < before
    with connect(settings, read_only=True) as con:
        assert con.execute("from posts order by all").fetchall() == rows
    assert len(rows) == 240


def test_snapshots_and_files_stay_as_long_as_they_are_wanted(told, brands):
    counts = maintain.compact(told, brands)
    assert (counts["snapshots_expired"], counts["files_removed"]) == (0, 0)


def test_before_anything_was_heard_there_is_nothing_to_do(settings, brands):
    assert maintain.retain(settings, brands) == {}
    assert maintain.erase_due(settings, brands) == {}
    assert maintain.compact(settings, brands) == {}
