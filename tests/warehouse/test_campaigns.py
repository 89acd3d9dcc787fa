"""Every KPI that brands.yml may name is measured, and taking people out of brands.yml takes their link out."""

from __future__ import annotations

import pytest
import yaml

from ouidire import arrow, records
from ouidire.brands import Brands, load_brands
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


def test_a_campaign_for_the_whole_brand_shares_the_voice_of_the_brand(lake_of, only, tmp_path) -> None:
    con = lake_of("campaign_scorecard/every_kpi.yaml")
    build_in(con, _brands_with(tmp_path, products=[]), only("core_campaign_events"), full=True)
    voices = con.execute("""
        select period, weight, list(post_id order by post_id)
        from core_campaign_events
        where kpi = 'share_of_voice' and post_id not like 'rival%'
        group by all order by all
    """)
    assert voices.fetchall() == [("baseline", 1, ["before1"]), ("campaign", 1, ["ad", "ask", "both", "late", "two"])]


def test_two_names_of_one_creator_are_both_heard(lake_of, only, tmp_path) -> None:
    con = lake_of("campaign_scorecard/every_kpi.yaml")
    creators = ["Maud", "maud_t", "Maude", "@Leo"]
    build_in(con, _brands_with(tmp_path, creators=creators), only("campaign_scorecard"), full=True)
    told = con.execute(
        "select distinct unheard_creators, verdict_why.split('; ')[-1] from campaign_scorecard"
    ).fetchall()
    assert told == [(["@Leo", "Maude"], "creators @Leo, Maude were not heard: check the spelling")]


def _brands_with(tmp_path, **given) -> Brands:
    """The catalogue of the cases with other values in its campaign."""
    file = yaml.safe_load((CASES / "brands.yml").read_text(encoding="utf-8"))
    file["campaigns"][0] |= given
    path = tmp_path / "brands.yml"
    path.write_text(yaml.safe_dump(file), encoding="utf-8")
    return load_brands(path)


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
