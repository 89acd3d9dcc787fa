"""Erasure is real: no file of the lake, staging, captures or catalog holds the words afterwards."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ouidire import lake
from warehouse.build import CheckError, build
from warehouse.connect import WarehouseError, open_published
from warehouse.forget import forget, unfinished
from warehouse.maintain import erase_due
from warehouse.publish import publish
from warehouse.redact import Redactor
from warehouse.traces import is_known

DAY = date(2026, 10, 1)
SECRET = "Zut alors, ma gourde secrète a fui dans le métro lundi"
PARTITION = {"run_date": DAY, "source": "blog"}
AT = datetime(2026, 10, 1, 10, tzinfo=UTC)


TOLD = {
    "outcomes": [PARTITION],
    "posts": [
        PARTITION | {"post_id": "p1", "author_id": "zoe", "created_at": AT, "text": SECRET, "thread_id": "p1"},
        PARTITION
        | {"post_id": "p2", "author_id": "ann", "created_at": AT, "text": "Acme One: get it", "parent_id": "p1"},
    ],
    "identities": [
        PARTITION | {"author_id": "zoe", "handle": "zoe_velo", "name": "Zoé Vélo"},
        PARTITION | {"author_id": "ann", "handle": "ann", "name": "Ann"},
    ],
    "mentions": [{"post_id": "p1", "text": "gourde secrète", "brand_id": "acme"}],
    "cues": [{"post_id": "p1", "text": SECRET, "kind": "complaint"}],
    "readings": [{"post_id": "p1"}, {"post_id": "p2"}],
}


@pytest.fixture
def told(built_home, brands):
    """Two people in one thread, captured, committed, built, published."""
    settings = built_home("two_people", TOLD)
    both = [{"id": 1, "author": "zoe_velo", "text": f"<p>{SECRET}</p>"}, {"id": 2, "text": "Acme One: get it"}]
    bodies = [json.dumps(both).encode(), json.dumps(both[1:]).encode()]
    folder = lake.partition_dir(settings.captures, DAY, "blog")
    lake.write_parquet(
        folder / "j-0001-000002.parquet", pa.table({"url": ["u1", "u2"], "body": pa.array(bodies, pa.large_binary())})
    )
    (folder / f"j-0001{lake.SPOOL}").write_text(f"zoe_velo, Zoé Vélo: {SECRET}", encoding="utf-8")
    publish(settings, brands)
    return settings


def traces(home: Path, words: str) -> list[Path]:
    """Files that still hold the words, Parquet decoded."""
    found = []
    for path in home.rglob("*"):
        if path.suffix == ".parquet":
            held = words in str(pq.read_table(path, partitioning=None).to_pylist())
        else:
            held = path.is_file() and words.encode() in path.read_bytes()
        if held:
            found.append(path)
    return found


def test_nothing_of_an_author_is_left_and_others_stay(told) -> None:
    words = (SECRET, "gourde secrète", "zoe_velo", "Zoé Vélo")
    assert all(traces(told.home, word) for word in words), "words that are nowhere would prove nothing"
    counts = forget(told, author_id="zoe")
    assert {word: traces(told.home, word) for word in words} == {word: [] for word in words}
    assert (counts["lake_posts"], counts["captures_redacted"], counts["staging_rows"]) == (1, 1, 5)
    lines = (told.home / "suppressions.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"author_id": "zoe"}, {"post_id": "p1"}]

    with open_published(told.published) as con:
        assert con.execute("select post_id, parent_text from listening_feed").fetchall() == [("p2", None)]
        assert con.execute("select author_id from author_names").fetchall() == [("ann",)]
    bodies = pq.read_table(next(told.captures.rglob("*.parquet")), partitioning=None)["body"].to_pylist()
    assert [item["id"] for item in json.loads(bodies[0])] == [1, 2]
    assert json.loads(bodies[0])[1]["text"] == "Acme One: get it"
    assert json.loads(bodies[1])[0]["text"] == "Acme One: get it"

    again = forget(told, author_id="zoe")
    assert (again["suppressed"], again["lake_posts"], again.get("staging_rows")) == (0, 0, None)


def test_one_post_goes_and_its_author_stays(told) -> None:
    forget(told, post_id="p2")
    assert not traces(told.home / "staging", "Acme One: get it")
    with open_published(told.published) as con:
        assert con.execute("select post_id from core_posts").fetchall() == [("p1",)]
        assert con.execute("select author_id from author_names order by all").fetchall() == [("ann",), ("zoe",)]


def test_forgetting_before_anything_was_heard_only_suppresses(settings) -> None:
    assert forget(settings, author_id="nobody") == {"suppressed": 1}


def test_a_red_check_keeps_no_words_of_an_erased_person(told, brands, monkeypatch) -> None:
    page = told.home / "digest.html"
    page.write_text(SECRET, encoding="utf-8")

    def red(*_):
        raise CheckError("check no_acme: Nobody says Acme.")

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.build.run_checks", red)
        with pytest.raises(WarehouseError, match=r"it is erased; nothing is published until `ouidire build`.*no_acme"):
            forget(told, author_id="zoe")
    words = (SECRET, "gourde secrète", "zoe_velo", "Zoé Vélo")
    assert {word: traces(told.home, word) for word in words} == {word: [] for word in words}
    assert not told.published.exists()
    assert unfinished(told) == []
    build(told, brands)
    publish(told, brands)
    with open_published(told.published) as con:
        assert con.execute("select post_id from listening_feed").fetchall() == [("p2",)]


def test_an_erasure_that_was_killed_after_its_rows_were_gone_is_finished(told, brands, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.forget._show_the_rest", _killed)
        with pytest.raises(KeyboardInterrupt):
            forget(told, author_id="zoe")
    assert traces(told.home, SECRET), "else nothing is left to finish"
    assert unfinished(told) == [("author_id", "zoe")]
    erase_due(told, brands)
    assert traces(told.home, SECRET) == []
    assert unfinished(told) == []


def _killed(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("about", "is_heard"),
    [
        ({"author_id": "zoe"}, True),
        ({"author_id": "nope"}, False),
        ({"post_id": "p2"}, True),
        ({"post_id": "p9"}, False),
    ],
)
def test_whether_somebody_was_ever_heard(told, about, is_heard) -> None:
    assert is_known(told, **about) is is_heard
    shutil.rmtree(told.staging)
    assert is_known(told, **about) is is_heard


def test_who_was_erased_stays_known(told) -> None:
    forget(told, author_id="zoe")
    assert is_known(told, author_id="zoe")
    assert is_known(told, post_id="p1")


def test_one_id_is_asked_for(settings) -> None:
    with pytest.raises(ValueError, match="either author_id or post_id"):
        forget(settings, author_id="a", post_id="p")


@pytest.mark.parametrize(
    "body",
    [
        "<p>Zut alors, ma <b>gourde</b> secrète<br/>a fui dans\nle métro lundi</p>",
        "Zut alors, ma gourde secr&egrave;te a fui dans le m&#233;tro lundi",
        r'{"t": "<p>Zut alors, ma gourde secr\u00e8te\na fui dans le m\u00e9tro lundi<\/p>"}',
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Zoe>Zut alors, ma gourde\n\n2\n00:02.000 --> 00:03.000\n<v Zoe>"
        "secrète a fui dans le métro lundi",
        "&lt;p&gt;Zut alors, ma gourde secrète a fui dans le métro lundi&lt;/p&gt;",
    ],
    ids=["html", "entities", "json", "vtt", "escaped html"],
)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_words_are_struck_out_whatever_the_format(body, charset) -> None:
    result = Redactor([SECRET], []).redact(body.encode(charset))
    assert result.is_changed
    assert not result.is_emptied
    left = result.body.decode(charset)
    assert not [word for word in ("gourde", "secr", "fui", "lundi", "alors") if word in left]
    assert left.count("<") == body.count("<")


def test_a_body_without_the_words_is_left_alone() -> None:
    body = b"<p>Zut alors, encore une autre histoire de gourde</p>"
    assert Redactor([SECRET], ["zoe_velo"]).redact(body).body is body
