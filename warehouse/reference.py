"""brands.yml as small tables, replaced whole at every build: what marts join to name brands and products."""

# ruff: noqa: S608 (the names that statements are built from are ours: files of sql/, records; values are bound)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from duckdb import DuckDBPyConnection

from ouidire.brands import Brands
from ouidire.campaigns import KPIS, RATES, Campaign, Objective

REFERENCE: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "brands": {
        "brand_id": ("varchar not null", "id in brands.yml"),
        "name": ("varchar not null", "official name"),
        "is_rival": ("boolean not null", "true for a rival, false for a brand of ours"),
        "category_id": ("varchar", "category of the brand"),
        "aliases": ("varchar[] not null", "other names people give it"),
        "handles": ("varchar[] not null", "accounts that the brand owns"),
        "domains": ("varchar[] not null", "sites that the brand owns"),
    },
    "products": {
        "product_id": ("varchar not null", "id in brands.yml"),
        "brand_id": ("varchar not null", "brand that sells it"),
        "name": ("varchar not null", "official name"),
        "category_id": ("varchar", "category of the product, else of its brand"),
        "aliases": ("varchar[] not null", "other names people give it"),
        "urls": ("varchar[] not null", "pages of the product"),
    },
    "categories": {
        "category_id": ("varchar not null", "id in brands.yml"),
        "name": ("varchar not null", "name of the category"),
        "words": ("varchar[] not null", "words people use for such a product"),
    },
    "sources": {
        "source": ("varchar not null", "id of the source in brands.yml"),
        "type": ("varchar not null", "extractor that reads it"),
        "url": ("varchar", "address listened to"),
        "queries": ("varchar[] not null", "what is asked; empty: everything it lists"),
        "languages": ("varchar[] not null", "languages spoken there"),
        "product_id": ("varchar", "the product that the place is about, when there is only one"),
        "is_enabled": ("boolean not null", "whether nights ask it"),
    },
    "campaigns": {
        "campaign_id": ("varchar not null", "id in brands.yml"),
        "name": ("varchar not null", "name of the campaign"),
        "brand_id": ("varchar not null", "brand that runs it"),
        "product_ids": ("varchar[] not null", "products it is about; empty: the brand as a whole"),
        "first_date": ("date not null", "its first day"),
        "last_date": ("date not null", "its last day, included"),
        "creators": ("varchar[] not null", "handles or printed names of the people paid or invited"),
        "hashtags": ("varchar[] not null", "its hashtags"),
        "codes": ("varchar[] not null", "its promo codes"),
        "links": ("varchar[] not null", "its links"),
        "budget": ("double", "what it cost; NULL when not told"),
        "currency": ("varchar not null", "ISO 4217 code of the budget"),
    },
    "campaign_objectives": {
        "campaign_id": ("varchar not null", "campaign in brands.yml"),
        "objective": ("integer not null", "place among the campaign's objectives, 1 first"),
        "kpi": ("varchar not null", "what is measured"),
        "kpi_definition": ("varchar not null", "what that means, in words"),
        "is_rate": ("boolean not null", "whether it is a share or a balance, not a count"),
        "target": ("double not null", "the value to reach, or to stay under"),
        "direction": ("varchar not null", "at_least or at_most"),
        "baseline_days": ("integer not null", "days before the campaign that tell what to expect without it"),
        "deadline_date": ("date not null", "last day that counts"),
    },
    "person_accounts": {
        "person_id": ("varchar not null", "id in brands.yml"),
        "source": ("varchar not null", "source of the account"),
        "handle": ("varchar not null", "the account, as the source writes it"),
    },
}
"""Column type and sentence, by table and column."""

TITLES: Final = {
    "brands": "One row a brand of brands.yml, ours and rivals.",
    "products": "One row a product of brands.yml.",
    "categories": "One row a kind of product of brands.yml.",
    "sources": "One row a place that brands.yml says to listen to.",
    "campaigns": "One row a campaign of brands.yml.",
    "campaign_objectives": "One row an objective of a campaign.",
    "person_accounts": "One row an account that brands.yml says belongs to a person.",
}


def replace_reference(con: DuckDBPyConnection, brands: Brands) -> None:
    """Make the tables say what brands.yml says now; tables that already do are left alone."""
    for name, rows in reference_rows(brands).items():
        columns = ", ".join(f"{column} {kind}" for column, (kind, _) in REFERENCE[name].items())
        con.execute(f"create table if not exists {name} ({columns})")
        con.execute(f"create or replace temp table fresh_{name} ({columns})")
        if rows:
            marks = ", ".join("?" for _ in REFERENCE[name])
            con.executemany(f"insert into fresh_{name} values ({marks})", rows)
        differs = f"(from fresh_{name} except all from {name}) union all (from {name} except all from fresh_{name})"
        if con.execute(f"select 1 from ({differs}) limit 1").fetchone():
            con.execute(f"delete from {name}")
            con.execute(f"insert into {name} from fresh_{name}")


def reference_rows(brands: Brands) -> dict[str, Sequence[list[Any]]]:
    """Rows of every reference table, in the order of brands.yml."""
    rivals = {brand.id for brand in brands.rivals}
    return {
        "brands": [
            [b.id, b.name, b.id in rivals, b.category, b.aliases, b.handles, b.domains] for b in brands.all_brands
        ],
        "products": [
            [p.id, b.id, p.name, p.category or b.category, p.aliases, p.urls]
            for b in brands.all_brands
            for p in b.products
        ],
        "categories": [[c.id, c.name, c.words] for c in brands.categories],
        "sources": [[s.id, s.type, s.url, s.queries, s.languages, s.product, s.enabled] for s in brands.sources],
        "campaigns": [_campaign_row(c) for c in brands.campaigns],
        "campaign_objectives": [
            _objective_row(c, place, o) for c in brands.campaigns for place, o in enumerate(c.objectives, start=1)
        ],
        "person_accounts": [[p.id, a.source, a.handle] for p in brands.people for a in p.accounts],
    }


def _campaign_row(c: Campaign) -> list[Any]:
    dates, named = (c.starts, c.ends), (c.creators, c.hashtags, c.codes, c.links)
    return [c.id, c.name, c.brand, c.products, *dates, *named, c.budget, c.currency]


def _objective_row(c: Campaign, place: int, o: Objective) -> list[Any]:
    deadline = o.deadline or c.ends
    return [c.id, place, o.kpi, KPIS[o.kpi], o.kpi in RATES, o.target, o.direction, o.baseline_days, deadline]
