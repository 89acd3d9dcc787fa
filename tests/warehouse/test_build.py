"""A build is all or nothing, says what is wrong, and does again only what changed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime

import pytest

from ouidire.settings import ROOT
from warehouse.build import CheckError, build, build_in
from warehouse.commit import commit, replace_partitions
from warehouse.connect import connect, open_published, tables
from warehouse.models import SQL, ModelError
from warehouse.publish import publish

DAY = date(2026, 10, 1)
PARTITION = {"run_date": DAY, "source": "blog"}
POST = PARTITION | {"post_id": "p", "author_id": "ann", "created_at": datetime(2026, 10, 1, 10, tzinfo=UTC)}
WORLD = {
    "outcomes": [PARTITION],
    "posts": [POST | {"text": "Acme One: get it"}],
    "mentions": [{"post_id": "p", "text": "Acme One", "product_id": "acme_one"}],
    "acts": [{"post_id": "p", "text": "get it", "product_id": "acme_one", "brand_id": "acme"}],
    "readings": [{"post_id": "p", "experience": "claimed", "umot": "positive", "stance": "for"}],
}


@pytest.fixture
def sql(tmp_path):
    """A copy of sql/ to spoil."""
    return shutil.copytree(SQL, tmp_path / "sql")


@pytest.fixture
def built(memory_lake, settings, brands, stage, sql):
    replace_partitions(memory_lake, settings, stage(WORLD), "Europe/Paris")
    build_in(memory_lake, brands, sql, full=False)
    return memory_lake


def test_only_what_changed_is_done_again(built, settings, brands, stage, sql) -> None:
    assert build_in(built, brands, sql, full=False).models == []
    replace_partitions(built, settings, stage(WORLD), "Europe/Paris")
    again = build_in(built, brands, sql, full=False)
    assert again.dirty_dates == {DAY}
    assert {report.rows for report in again.models} == {0}
    edited = WORLD | {"posts": [POST | {"text": "Acme One: get it", "url": "https://blog.example/1"}]}
    replace_partitions(built, settings, stage(edited), "Europe/Paris")
    written = {report.name for report in build_in(built, brands, sql, full=False).models if report.rows}
    assert written == {"core_posts", "listening_feed", "umot_feed"}


def test_a_changed_file_or_catalogue_builds_everything(built, brands, sql) -> None:
    mart = sql / "marts" / "umot_feed.sql"
    mart.write_text(mart.read_text().replace("umots.evidence,", "upper(umots.evidence) as evidence,"))
    assert build_in(built, brands, sql, full=False).is_full
    assert built.execute("select evidence from umot_feed").fetchall() == [("GET IT",)]
    renamed = brands.model_copy(update={"rivals": []})
    assert build_in(built, renamed, sql, full=False).is_full
    assert built.execute("select brand_id from brands").fetchall() == [("acme",)]


def test_a_mart_that_is_gone_leaves_the_lake(built, brands, sql) -> None:
    (sql / "marts" / "umot_feed.sql").unlink()
    build_in(built, brands, sql, full=False)
    assert "umot_feed" not in tables(built)
    assert "umots" in tables(built)


def test_a_failing_check_names_itself_and_its_rows_and_nothing_changes(settings, brands, stage, sql) -> None:
    commit(settings, stage(WORLD))
    build(settings, brands, sql=sql)
    (sql / "checks" / "no_acme.sql").write_text("-- Nobody says Acme.\nselect post_id from core_posts")
    stage({"posts": [POST | {"post_id": "q", "text": "Acme"}]})
    commit(settings, [(DAY, "blog")])
    with pytest.raises(CheckError, match=r"check no_acme: Nobody says Acme. Broken by: \[\{'post_id': 'q'\}\]"):
        build(settings, brands, sql=sql)
    with connect(settings, read_only=True) as con:
        assert con.execute("select post_id from core_posts").fetchall() == [("p",)]
        assert con.execute("select distinct created_date from dirty").fetchall() == [(DAY,)]


def test_a_row_too_many_for_the_grain_is_refused(built, brands, sql) -> None:
    (sql / "marts" / "twice.sql").write_text(
        "-- grain: one post\n-- key: post_id\n-- question: What?\n-- owner: warehouse\n-- refresh: created_date\n"
        "-- lookback: 0\nselect post_id, created_date from core_posts union all from (select post_id, created_date "
        "from core_posts)"
    )
    with pytest.raises(CheckError, match=r"twice.sql: grain is 'one post', but \(post_id\) occurs twice"):
        build_in(built, brands, sql, full=False)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (("-- key: umot_id\n", ""), "umot_feed.sql: its header has no `-- key:` line"),
        (("-- refresh: created_date", "-- refresh: daily"), "umot_feed.sql: refresh: 'daily'"),
        (("-- lookback: 0", "-- lookback: long"), "umot_feed.sql: lookback: 'long'"),
        (("-- lookback: 0", "-- lookback: 90 of umots, core_postz"), "umot_feed.sql: lookback: 'core_postz' is not a"),
        (("-- lookback: 0", "-- lookback: 0\n-- follows: posts"), "umot_feed.sql: follows: 'posts'; write versions"),
        (("-- owner: warehouse", "owned by nobody"), "umot_feed.sql: its header has no `-- owner:` line"),
        (("from umots\n", "from umotz\n"), "umot_feed.sql: reads 'umotz'"),
        (("umots.evidence,", "umots.evidenz,"), "umot_feed.sql: Binder Error: .*evidenz"),
        (("from umots\n", "frm umots\n"), "umot_feed.sql: not one SELECT"),
        (("from umots\n", "from chains cross join umots\n"), None),
    ],
)
def test_a_spoilt_file_is_named(memory_lake, brands, sql, spoil, message) -> None:
    mart = sql / "marts" / "umot_feed.sql"
    assert spoil[0] in mart.read_text()
    mart.write_text(mart.read_text().replace(*spoil, 1))
    if message is None:
        mart.write_text(mart.read_text().replace("from chains", "from umot_feed"))
        message = "umot_feed reads umot_feed: break the circle"
    with pytest.raises(ModelError, match=message):
        build_in(memory_lake, brands, sql, full=False)


@pytest.mark.slow
def test_a_build_killed_half_way_leaves_the_last_good_tables(settings, brands, stage, tmp_path) -> None:
    commit(settings, stage(WORLD))
    build(settings, brands)
    publish(settings, brands)
    stage({"posts": [POST | {"post_id": "q", "text": "Acme"}]})
    commit(settings, [(DAY, "blog")])
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from ouidire.brands import load_brands
        from ouidire.settings import load
        import warehouse.build as build
        settings = load({{"OUIDIRE_HOME": {str(settings.home)!r}, "OUIDIRE_BRANDS": {str(settings.brands)!r}}})
        build.run_checks = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        build.build(settings, load_brands(settings.brands))
    """)
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**os.environ}, check=False)
    assert killed.returncode == -signal.SIGKILL
    with connect(settings, read_only=True) as con:
        assert con.execute("select post_id from core_posts").fetchall() == [("p",)]
    build(settings, brands)
    publish(settings, brands)
    with open_published(settings.published) as con:
        assert con.execute("select post_id from core_posts").fetchall() == [("q",)]
