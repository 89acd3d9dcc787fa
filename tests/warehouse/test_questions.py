"""A brand that sells in several categories is named, by its own name, in each that a question is about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ouidire import arrow, records
from warehouse.build import build_in
from warehouse.commit import ensure_tables

POST = {"run_date": date(2026, 10, 1), "source": "blog", "author_id": "ann", "post_id": "ask"}
ACME, ONE, BOLT = {"brand_id": "acme"}, {"brand_id": "acme", "product_id": "acme_one"}, {"brand_id": "bolt"}
ASKED = [
    # (text, the name in it, what it names, categories named)
    ("Which mug or moka pot, Acme?", "Acme", ACME, {"mugs": True, "coffee": True}),
    ("Beside my Acme One, which moka pot?", "Acme One", ONE, {"mugs": True, "coffee": False}),
    ("Which moka pot, Bolt?", "Bolt", BOLT, {"coffee": False}),
]


def selling_pots(brands):
    [acme] = brands.brands
    pot = acme.products[1].model_copy(update={"category": "coffee"})
    return brands.model_copy(update={"brands": [acme.model_copy(update={"products": [acme.products[0], pot]})]})


@pytest.mark.parametrize("case", ASKED, ids=[text for text, *_ in ASKED])
def test_a_brand_is_named_in_every_category_it_sells_in(memory_lake, brands, records_of, only, case) -> None:
    text, name, thing, expected = case
    rows = {
        "posts": [POST | {"created_at": datetime(2026, 10, 1, 10, tzinfo=UTC), "text": text}],
        "mentions": [{"post_id": "ask", "text": name} | thing],
        "readings": [{"post_id": "ask", "is_seeking_advice": True}],
    }
    ensure_tables(memory_lake)
    every = {**records.TABLES, **records.KEPT}
    for table, found in records_of(rows).items():
        staged = arrow.table(every[table], found)  # noqa: F841 (DuckDB reads the variable by its name)
        memory_lake.execute(f"insert into {table} by name from staged")
    build_in(memory_lake, selling_pots(brands), only("core_questions"), full=True)
    asked = memory_lake.execute("select category_id, is_brand_named from core_questions").fetchall()
    assert dict(asked) == expected
