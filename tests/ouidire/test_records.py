"""The schema: ids that hold, and one source for Arrow, DDL and comments."""

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from ouidire import arrow, records
from ouidire.brands import source_types


def test_the_same_post_found_twice_is_one_post():
    one = records.post_id("mastodon", "Social.Example", "https://social.example/u/1")
    assert one == records.post_id("mastodon", "social.example", "https://social.example/u/1")
    assert one != records.post_id("feed", "social.example", "https://social.example/u/1")


def test_an_author_cannot_be_named_without_the_key():
    one = records.author_id(b"key", "forum", "forum.example", "Lucie")
    assert one == records.author_id(b"key", "forum", "forum.example", "LUCIE")
    assert one != records.author_id(b"other", "forum", "forum.example", "Lucie")


@pytest.mark.parametrize("copy", ["Foncez, il est super !", "FONCEZ il est  super", "foncez il est super…"])
def test_exact_copies_meet_whatever_the_punctuation(copy):
    assert records.content_hash(copy) == records.content_hash("Foncez il est super")


def test_accents_are_words_not_punctuation():
    assert records.content_hash("il a été") != records.content_hash("il a t")


def test_the_types_of_source_that_are_named_are_those_that_exist():
    told = records.Post.__annotations__["source_type"]
    assert all(f"{kind}" in told for kind in source_types())
    assert len(told.split(", ")) == len(source_types()) + 1  # and the type of the column


@pytest.mark.parametrize("name", records.TABLES)
def test_every_column_is_typed_and_explained_and_keeps_not_null(name):
    record = records.TABLES[name]
    with duckdb.connect() as con:
        con.execute(arrow.create_table(name, record))
        made = {row[0]: row[2] == "YES" for row in con.execute(f"DESCRIBE {name}").fetchall()}
    assert made == {column.name: column.is_nullable for column in arrow.columns(record)}
    assert all(len(column.comment) > 5 for column in arrow.columns(record))


def test_a_missing_value_in_a_required_column_is_refused():
    row = records.Quarantine(
        run_date=date(2026, 10, 1),
        source="s",
        query="",
        stage="parse",
        item=None,
        reason="r",  # type: ignore[arg-type]
    )
    with pytest.raises(ValueError, match=r"Quarantine.item is missing in row .*'stage': 'parse'"):
        arrow.table(records.Quarantine, [row])


def test_instants_are_utc():
    assert arrow.schema(records.Post).field("created_at").type == pa.timestamp("us", tz="UTC")
