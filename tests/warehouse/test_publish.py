"""The published file: complete, documented, plain, and never in the way of a reader."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ouidire.settings import ROOT
from warehouse.connect import WarehouseError, open_published
from warehouse.document import PATH, page
from warehouse.publish import publish

DAY = date(2026, 10, 1)
PARTITION = {"run_date": DAY, "source": "blog"}
WORLD = {
    "outcomes": [PARTITION],
    "posts": [
        PARTITION
        | {"post_id": "p", "author_id": "ann", "created_at": datetime(2026, 10, 1, 10, tzinfo=UTC), "text": "Acme One"}
    ],
    "identities": [PARTITION | {"author_id": "ann", "handle": "ann_b", "name": "Ann B"}],
}


@pytest.fixture
def built(built_home):
    return built_home("one_post", WORLD)


def test_the_file_explains_itself_and_needs_nothing(built, brands) -> None:
    path = publish(built, brands)
    plain = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(config=plain) as con:
        con.execute(f"attach '{path}' as another_name (read_only)")
        con.execute("use another_name")
        columns = con.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns() "
            "where database_name = 'another_name' and not internal"
        ).fetchall()
        sentences = con.execute("select table_name, column_name, type, sentence from data_dictionary").fetchall()
        uncommented = con.execute(
            "select table_name from duckdb_tables() where comment is null and database_name = 'another_name'"
        ).fetchall()
        assert con.execute("select author_id, handle, name from author_names").fetchall() == [("ann", "ann_b", "Ann B")]
        for name in {row[0] for row in columns}:
            con.execute(f"from {name}").fetchall()
    assert uncommented == []
    assert {row for row in sentences if row[1]} == set(columns)
    assert not {row[2] for row in columns} & {"HUGEINT", "TIMESTAMP WITH TIME ZONE"}
    assert {"umot_feed", "chains", "core_posts", "umots", "edges", "brands", "outcomes"} <= {row[0] for row in columns}
    assert not {"posts", "dirty", "build_state", "captures"} & {row[0] for row in columns}


def test_names_stay_at_home_unless_settings_say_so(built, brands) -> None:
    quiet = brands.model_copy(update={"settings": brands.settings.model_copy(update={"publish_identities": False})})
    path = publish(built, quiet)
    with open_published(path) as con:
        found = {name for (name,) in con.execute("select table_name from information_schema.tables").fetchall()}
        told = {name for (name,) in con.execute("select table_name from data_dictionary").fetchall()}
    assert not (found | told) & {"author_names", "identities"}
    assert b"ann_b" not in path.read_bytes()


def test_nothing_is_published_before_a_build_of_now(settings, built, brands) -> None:
    renamed = brands.model_copy(update={"rivals": []})
    with pytest.raises(WarehouseError, match="changed since the last build: run `ouidire build` first"):
        publish(built, renamed)
    assert not settings.published.exists()
    assert list(settings.home.glob(".listening*")) == []


def test_a_publish_that_fails_leaves_the_last_file(built, brands, monkeypatch) -> None:
    path = publish(built, brands)
    before = path.read_bytes()
    monkeypatch.setattr("warehouse.publish._comment", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish(built, brands)
    assert path.read_bytes() == before
    assert list(built.home.glob(".listening*")) == []


def test_what_a_killed_publish_or_an_analyst_left_behind_goes(built, brands) -> None:
    left = [built.home / ".listening.duckdb.0123", built.home / "listening.duckdb.wal"]
    for path in left:
        path.write_bytes(b"half")
    publish(built, brands)
    assert [path for path in left if path.exists()] == []


def test_nothing_to_open_yet(settings) -> None:
    with pytest.raises(WarehouseError, match="nothing published yet; run `ouidire run`"):
        open_published(settings.published)


def test_a_reader_in_another_process_never_meets_a_lock(built, brands) -> None:
    publish(built, brands)
    with _reader(built.published) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for _ in range(2):
            publish(built, brands)
        words, _ = reader.communicate("stop\n", timeout=60)
    assert reader.returncode == 0, words
    assert int(words) > 3


def _reader(path: Path) -> subprocess.Popen[str]:
    """A process that opens, reads and closes the file until it is told to stop; it fails on any error."""
    program = textwrap.dedent(f"""
        import select, sys
        from pathlib import Path
        from warehouse.connect import open_published
        times = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            with open_published(Path({str(path)!r})) as con:
                assert con.execute("select count(*) from core_posts").fetchall() == [(1,)]
            times += 1
            if times == 1:
                print("reading", flush=True)
        print(times)
    """)
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_page_of_tables_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8") == page(), "run `python -m warehouse.document`"
