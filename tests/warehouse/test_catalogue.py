"""What brands.yml no longer names is as if it had never been named: builds pass, and every table agrees."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from ouidire import arrow
from ouidire.records import Correction
from warehouse.build import build_in
from warehouse.commit import replace_partitions
from warehouse.corrections import correction
from warehouse.models import SQL, load_models

PARTITION = {"run_date": date(2026, 10, 1), "source": "blog"}
ONE, TWO = {"brand_id": "acme", "product_id": "acme_one"}, {"brand_id": "acme", "product_id": "acme_two"}
X, BOLT = {"brand_id": "bolt", "product_id": "bolt_x"}, {"brand_id": "bolt"}
LIVED = {"experience": "claimed", "umot": "positive", "stance": "for"}
POSTS = {
    "rival": ("Bolt X: get it", [("Bolt X", X)], [("get it", X | {"target": "Bolt X"})], LIVED),
    "brand": ("Bolt? avoid it", [("Bolt", BOLT)], [("avoid it", BOLT | {"target": None})], LIVED),
    "ours": ("Acme Two: get it", [("Acme Two", TWO)], [("get it", TWO | {"target": "Acme Two"})], LIVED),
    "short": ("the Two is fine, get it", [("Two", TWO)], [("get it", TWO | {"target": "the Two"})], LIVED),
    "both": ("Acme One, no Bolt X", [("Acme One", ONE), ("Bolt X", X)], [], {"purchase": "bought"}),
    "asks": ("Acme Two or Bolt X?", [("Acme Two", TWO), ("Bolt X", X)], [], {"is_seeking_advice": True}),
    "left": ("I left Bolt X for Acme Two", [("Bolt X", X), ("Acme Two", TWO)], [], {"purchase": "bought"}),
}
"""Text, mentions, acts and reading by post_id."""


def world() -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = {name: [] for name in ("posts", "mentions", "acts", "readings")}
    for hour, (post_id, (text, mentions, acts, reading)) in enumerate(POSTS.items()):
        post = PARTITION | {"post_id": post_id, "author_id": f"a_{post_id}", "text": text, "lang": "en"}
        rows["posts"].append(post | {"created_at": datetime(2026, 10, 1, hour, tzinfo=UTC), "thread_id": post_id})
        rows["readings"].append({"post_id": post_id} | reading)
        for table, spans in (("mentions", mentions), ("acts", acts)):
            for words, about in spans:
                span = {"post_id": post_id, "text": words, "span_id": f"{post_id} {words}"}
                rows[table].append(span | about)
    left = {"post_id": "left", "text": "left Bolt X for Acme Two", "span_id": "switch", "kind": "switch"}
    rows["cues"] = [left | TWO | {"value": "Bolt X"}]
    rows["outcomes"] = [PARTITION]
    return rows


def without_rival(brands):
    return brands.model_copy(update={"rivals": []})


def without_product(brands):
    [acme] = brands.brands
    return brands.model_copy(update={"brands": [acme.model_copy(update={"products": acme.products[:1]})]})


def renamed(brands):
    [bolt] = brands.rivals
    return brands.model_copy(update={"rivals": [bolt.model_copy(update={"id": "volt"})]})


def never_a_rival(table, row):
    if row.get("brand_id") != "bolt":
        return row
    return None if table == "mentions" else row | {"brand_id": None, "product_id": None}


def never_a_product(table, row):
    """Rules that know the brand only: it stands where the words say its name."""
    if row.get("product_id") != "acme_two":
        return row
    if "Acme" in (row.get("target") or row["text"]):
        return row | {"product_id": None}
    return None if table == "mentions" else row | {"brand_id": None, "product_id": None}


def never_that_id(table, row):
    """A brand of the old id alone stays unknown; its product still leads to its brand."""
    if row.get("brand_id") != "bolt":
        return row
    if row.get("product_id"):
        return row | {"brand_id": "volt"}
    return None if table == "mentions" else row | {"brand_id": None}


def lake(rows, settings, stage, brands):
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("attach ':memory:' as lake")
        con.execute("use lake")
        replace_partitions(con, settings, stage(rows), "Europe/Paris")
        build_in(con, brands, SQL, full=False)
        return {model.name: con.execute(f"from {model.name} order by all").fetchall() for model in load_models()}


@pytest.mark.parametrize(
    ("change", "never"),
    [(without_rival, never_a_rival), (without_product, never_a_product), (renamed, never_that_id)],
    ids=["rival removed", "product removed", "brand renamed"],
)
def test_tables_are_those_of_a_lake_that_never_knew_the_id(change, never, brands, settings, stage) -> None:
    rows = world()
    stripped = {table: [kept for row in found if (kept := never(table, row))] for table, found in rows.items()}
    assert stripped != rows
    got = lake(rows, settings, stage, change(brands))
    expected = lake(stripped, settings, stage, change(brands))
    assert {name: found for name, found in got.items() if found != expected[name]} == {}
    assert got["umots"]
    assert got["core_subjects"]


def test_words_outlive_the_product_that_they_name(brands, settings, stage, memory_lake, only) -> None:
    replace_partitions(memory_lake, settings, stage(world()), "Europe/Paris")
    build_in(memory_lake, brands, only("umots"), full=False)
    build_in(memory_lake, without_product(without_rival(brands)), only("umots"), full=False)
    found = memory_lake.execute("select post_id, target, target_from, brand_id, product_id from umots order by post_id")
    assert found.fetchall() == [
        ("brand", None, None, None, None),
        ("ours", "Acme Two", "named", "acme", None),
        ("rival", "Bolt X", "outside", None, None),
        ("short", "the Two", "outside", None, None),
    ]


def test_a_correction_about_what_is_gone_names_nothing(brands, settings, stage, memory_lake, only) -> None:
    replace_partitions(memory_lake, settings, stage(world()), "Europe/Paris")

    rows = [
        correction("both", "mentions", "add", quote="Acme One", start=0, end=8, product_id="bolt_x"),
        correction("asks", "acts", "add", quote="Bolt X", product_id="bolt_x", polarity="for", modality="asserted"),
    ]
    staged = arrow.table(Correction, rows)  # noqa: F841 (DuckDB reads the variable by its name)
    memory_lake.execute("insert into corrections by name from staged")
    build_in(memory_lake, without_rival(brands), only("core_acts", "core_mentions"), full=False)
    assert memory_lake.execute("select text from core_mentions where post_id = 'both'").fetchall() == []
    acts = memory_lake.execute("select text, brand_id, product_id from core_acts where post_id = 'asks'").fetchall()
    assert acts == [("Bolt X", None, None)]
