"""Campaigns of brands.yml: what was run, by whom, and the objectives that the scorecard measures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from ouidire.strict import Day, Handle, Id, Model, Number, Several, Url, Words

Where = tuple[str | int, ...]

KPIS: Final[Mapping[str, str]] = {
    "posts": "posts that mention a product of the campaign (the brand where it names none) or carry its signs",
    "authors": "people who wrote them",
    "umots_for": "UMOTs that recommend",
    "organic_umots_for": "UMOTs that recommend, without commercial evidence",
    "umots_against": "UMOTs that advise against",
    "purchases": "posts whose author says to have bought",
    "questions": "posts that ask for advice about it",
    "influenced": "posts that an edge leads to from a post by one of the creators",
    "code_uses": "posts by others that repeat one of the codes or links",
    "engagement": "likes, replies and shares of the posts counted",
    "share_of_voice": "posts naming a product of the campaign, of those naming one or a rival (without products: the "
    "brand, of those naming any tracked brand); owned posts apart; 0 to 1",
    "share_of_recommendation": "authors with a positive organic UMOT for the brand, of those for any; 0 to 1",
    "net_advocacy": "(authors for - authors against) / authors with a UMOT, organic only; -1 to 1",
}
"""What an objective can be about, with its sentence: `campaign_scorecard` measures just these."""

RATES: Final = frozenset({"share_of_voice", "share_of_recommendation", "net_advocacy"})
"""KPIs that are no counts."""


def _kpi(name: str) -> str:
    if name not in KPIS:
        raise ValueError(f"nothing measures it; known: {', '.join(KPIS)}")
    return name


class Objective(Model):
    """One line of the scorecard."""

    kpi: Annotated[str, AfterValidator(_kpi)]
    target: Number
    """The value to reach over the campaign, or to stay under."""
    direction: Literal["at_least", "at_most"] = "at_least"
    baseline_days: Annotated[int, Field(ge=7, le=365)] = 28
    """Days before the campaign that tell what to expect without it: same weekdays."""
    deadline: Day | None = None
    """Last day that counts; the campaign's last day when left out."""


class Campaign(Model):
    """What was run: when, for what, by whom, for how much, to reach what."""

    id: Id
    name: Words
    brand: str
    products: Several[str] = []
    """Products it is about; empty = the brand as a whole."""
    starts: Day
    ends: Day
    """Last day, included."""
    creators: Several[Handle] = []
    """Handles or printed names of the people paid or invited, as their sources write them."""
    hashtags: Several[Words] = []
    codes: Several[Words] = []
    links: Several[Url] = []
    budget: Annotated[Number, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    objectives: list[Objective] = Field(min_length=1)


def campaign_problems(
    campaign: Campaign, brands: Collection[str], products: Mapping[str, str]
) -> Iterator[tuple[Where, str]]:
    """Where a campaign contradicts itself or the catalogue. `products` gives the brand of each product."""
    if campaign.ends < campaign.starts:
        yield ("ends",), f"ends {campaign.ends} before it starts {campaign.starts}; swap them"
    if campaign.brand not in brands:
        yield ("brand",), f"{campaign.brand!r} is not one of your brands: {', '.join(sorted(brands))}"
    for i, product in enumerate(campaign.products):
        if products.get(product) != campaign.brand:
            own = ", ".join(name for name, brand in products.items() if brand == campaign.brand) or "none"
            yield ("products", i), f"{product!r} is not a product of {campaign.brand!r}; its products: {own}"
    seen: set[tuple[str, str, date]] = set()
    for i, objective in enumerate(campaign.objectives):
        aim = (objective.kpi, objective.direction, objective.deadline or campaign.ends)
        if aim in seen:
            yield ("objectives", i), f"{objective.kpi!r} stands twice; keep one, or give each its own deadline"
        seen.add(aim)
        yield from ((("objectives", i, *where), words) for where, words in _objective_problems(campaign, objective))


def _objective_problems(campaign: Campaign, objective: Objective) -> Iterator[tuple[Where, str]]:
    if objective.deadline and objective.deadline < campaign.starts:
        yield ("deadline",), f"{objective.deadline} lies before the campaign starts, {campaign.starts}"
    if objective.kpi == "code_uses" and not campaign.codes and not campaign.links:
        yield ("kpi",), "code_uses: the campaign has neither codes nor links; add them, or nothing measures it"
    if objective.kpi == "influenced" and not campaign.creators:
        yield ("kpi",), "influenced: the campaign names no creators; add them, or nothing measures it"
    lowest = {"net_advocacy": -1.0}.get(objective.kpi, 0.0)
    highest = 1.0 if objective.kpi in RATES else float("inf")
    if not lowest <= objective.target <= highest:
        yield ("target",), f"{objective.target} for {objective.kpi}: write a number from {lowest:g} to {highest:g}"
