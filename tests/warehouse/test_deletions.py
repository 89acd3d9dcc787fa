"""What a source says is gone leaves no words in captures, staging and lake; that there was a post stays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ouidire import lake, ledger, night
from warehouse.commit import commit
from warehouse.connect import connect
from warehouse.deletions import apply, settle, strike

DAY = date(2026, 10, 1)
WORDS = "Zut alors, ma gourde bavarde a fui dans le métro ce lundi matin"
COMMON = "Merci beaucoup pour votre aide"
AT = datetime(2026, 10, 1, 10, tzinfo=UTC)
PARTITION = {"run_date": DAY, "source": "blog"}
LATER = {"run_date": date(2026, 10, 2), "source": "blog"}
TOLD = {
    "outcomes": [PARTITION, LATER],
    "posts": [
        PARTITION | {"post_id": "p1", "author_id": "zoe", "created_at": AT, "text": WORDS, "thread_id": "p1",
                     "title": "Ma gourde bavarde hélas", "thread_title": "Ma gourde bavarde hélas"},
        PARTITION | {"post_id": "p2", "author_id": "ann", "created_at": AT, "text": f"Bonjour. {COMMON} !",
                     "thread_id": "p1", "thread_title": "Ma gourde bavarde hélas"},
        PARTITION | {"post_id": "p3", "author_id": "bob", "created_at": AT, "text": COMMON, "thread_id": "p3"},
        LATER | {"post_id": "p1", "author_id": "zoe", "created_at": AT, "text": WORDS + " !", "thread_id": "p1"},
    ],
    "engagement": [PARTITION | {"post_id": "p1", "observed_at": AT, "like_count": 3}],
    "mentions": [{"post_id": "p1", "text": "gourde bavarde", "brand_id": "acme"}],
    "cues": [
        {"post_id": "p1", "text": WORDS, "kind": "complaint"}, {"post_id": "p2", "text": COMMON, "kind": "thanks"},
    ],
    "readings": [{"post_id": "p1"}, {"post_id": "p2"}],
}  # fmt: skip


def capture(settings, day, *bodies):
    content = {
        "url": ["u"] * len(bodies),
        "body": pa.array([json.dumps(b).encode() for b in bodies], pa.large_binary()),
    }
    lake.write_parquet(lake.partition_dir(settings.captures, day, "blog") / "j-0001-000002.parquet", pa.table(content))


def traces(home, words):
    """Files that hold the words, Parquet and JSON decoded."""
    found = []
    for path in home.rglob("*.parquet"):
        for row in pq.read_table(path, partitioning=None).to_pylist():
            row["body"] = json.loads(row["body"]) if row.get("body") else None
            found += [path] if words in str(row) else []
    return found


@pytest.fixture
def told(settings, stage):
    """A thread over two nights, captured and committed."""
    commit(settings, stage(TOLD))
    capture(settings, DAY, {"t": WORDS}, {"t": f"Bonjour. {COMMON} !"}, {"t": COMMON})
    capture(settings, LATER["run_date"], {"t": f"{WORDS} !"})
    return settings


def gone(settings, *posts):
    ledger.append(settings.home, (
        {"post_id": p, "kind": "deleted", "source": "blog", "deleted_at": "2026-10-03T02:00:00+00:00"} for p in posts
    ))  # fmt: skip


def posts_of(settings):
    with connect(settings, read_only=True) as con:
        rows = con.execute("select run_date, post_id, text, title, thread_title, deleted_at from posts order by all")
        return {(str(day), post_id): tuple(rest) for day, post_id, *rest in rows.fetchall()}


def test_words_go_everywhere_and_the_post_stays(told):
    assert len(traces(told.home, "gourde bavarde")) > 5, "words that are nowhere would prove nothing"
    spools = [lake.partition_dir(told.captures, DAY, source) / f"j-0001{lake.SPOOL}" for source in ("blog", "news")]
    for path in spools:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WORDS, encoding="utf-8")
    gone(told, "p1")
    counts = strike(told, ["blog", "tags"])
    assert [path.exists() for path in spools] == [False, True], "another source's is not concerned"
    assert (counts["captures_redacted"], counts["staging_rows"]) == (2, 5)
    assert apply(told) == {DAY}
    assert settle(told) > 0
    assert traces(told.home, "gourde bavarde") == []
    at = datetime(2026, 10, 3, 2, tzinfo=UTC)
    rows = posts_of(told)
    assert rows["2026-10-01", "p1"] == rows["2026-10-02", "p1"] == (None, None, None, at)
    assert rows["2026-10-01", "p2"] == (f"Bonjour. {COMMON} !", None, None, None)
    with connect(told, read_only=True) as con:
        assert (
            con.execute("select post_id from cues union all select post_id from readings").fetchall() == [("p2",)] * 2
        )
        assert con.execute("select like_count from engagement").fetchall() == [(3,)]
    assert (strike(told, ["blog"]), apply(told), settle(told)) == ({}, set(), 0), "done once"


def test_a_day_committed_again_brings_nothing_back(told):
    gone(told, "p1")
    strike(told, ["blog"])
    night.commit(told, [(DAY, "blog"), (LATER["run_date"], "blog")])
    settle(told)
    assert traces(told.home / "lake", "gourde bavarde") == []
    assert {text for text, *_ in posts_of(told).values()} == {None, f"Bonjour. {COMMON} !", COMMON}


def test_what_others_say_too_is_not_struck_out_of_their_mouths(told):
    gone(told, "p3")
    strike(told, ["blog"])
    held = pq.read_table(next(told.captures.rglob("run_date=2026-10-01/**/*.parquet")), partitioning=None)
    assert json.loads(held["body"][1].as_py()) == {"t": f"Bonjour. {COMMON} !"}
    apply(told)
    assert posts_of(told)["2026-10-01", "p3"][0] is None
    assert posts_of(told)["2026-10-01", "p2"][0] == f"Bonjour. {COMMON} !"


def test_an_interrupted_run_begins_again(told, monkeypatch):
    gone(told, "p1")
    with monkeypatch.context() as broken:
        broken.setattr("warehouse.deletions._strip", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            strike(told, ["blog"])
    assert strike(told, ["blog"])["staging_rows"] == 5
    assert traces(told.captures, "gourde bavarde") == []


def test_nothing_is_touched_where_nothing_is_gone(settings, told):
    before = posts_of(told)
    assert (strike(told, ["blog"]), apply(told)) == ({}, set())
    assert posts_of(told) == before
