"""Every KPI that brands.yml may name is measured, and taking people out of brands.yml takes their link out."""

from __future__ import annotations

import pytest
import yaml

from ouidire import arrow, records
from ouidire.brands import load_brands
from ouidire.campaigns import KPIS
from ouidire.settings import ROOT
from warehouse.build import build_in
from warehouse.commit import ensure_tables

CASES = ROOT / "tests" / "sql"


@pytest.fixture
def lake_of(memory_lake, records_of):
    """Fills the lake with the rows of a golden case."""

    def fill(path: str):
        case = yaml.safe_load((CASES / path).read_text(encoding="utf-8"))
        every = {**records.TABLES, **records.KEPT}
        ensure_tables(memory_lake)
        for table, rows in records_of({name: case.get(name, []) for name in every}).items():
            staged = arrow.table(every[table], rows)  # noqa: F841 (DuckDB reads the variable by its name)
            memory_lake.execute(f"insert into {table} by name from staged")
        return memory_lake

    return fill


def test_every_kpi_is_measured(lake_of, brands, only) -> None:
    asked = {objective.kpi for campaign in brands.campaigns for objective in campaign.objectives}
    assert asked == set(KPIS), "tests/sql/brands.yml: name every KPI in an objective of the campaign"
    con = lake_of("campaign_scorecard/every_kpi.yaml")
    build_in(con, brands, only("campaign_scorecard"), full=True)
    counted = con.execute("select kpi from campaign_scorecard where counted > 0").fetchall()
    assert {kpi for (kpi,) in counted} == set(KPIS)


def test_a_link_goes_when_its_entry_goes(lake_of, brands, only, tmp_path) -> None:
    con = lake_of("person_links/declared_or_both_profiles.yaml")
    build_in(con, brands, only("core_persons"), full=True)
    assert _person_of(con, "maud_tags") == "maud"
    file = yaml.safe_load((CASES / "brands.yml").read_text(encoding="utf-8"))
    del file["people"]
    without = tmp_path / "brands.yml"
    without.write_text(yaml.safe_dump(file), encoding="utf-8")
    build_in(con, load_brands(without), only("core_persons"), full=False)
    assert _person_of(con, "maud_tags") == "maud_tags"
    assert _person_of(con, "leo_tags") == "leo_blog"


def _person_of(con, author_id: str) -> str:
    return con.execute("select person_id from core_persons where author_id = ?", [author_id]).fetchone()[0]
