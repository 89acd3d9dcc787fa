"""What a sample is known to hold, as strict records: the answers that marts and rules are measured against.

Posts are named as in `listing.py`. A quote is an exact piece of the post's text, found in no other post but its copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from ouidire.sampleweb.folder import SampleError, read
from ouidire.sampleweb.listing import Told
from ouidire.sampleweb.shape import Count, Model, Number, Ref, Text

Need = Literal["thread", "context", "sarcasm", "gift", "off_catalogue"]
"""What finding it takes beyond the post's own words: the rest of the thread to know the product; a thread that no tag
timeline lists; irony; a gift nobody calls one; a target that brands.yml does not know."""


class Named(Model):
    """Something that the words of one post say."""

    post: Ref
    quote: Text


class PlantedUmot(Named):
    """A recommendation out of one's own experience: one for each author, target and post."""

    author: Text
    brand_id: str | None
    product_id: str | None
    """None for a target outside the catalogue."""
    target: str | None = None
    """As the text names it; None where it is only implied."""
    polarity: Literal["for", "against"]
    """As meant: irony resolved."""
    modality: Literal["asserted", "conditional", "either"]
    """Either: careful readers would differ."""
    experience: Literal["claimed"]
    commercial: Literal["organic", "disclosed", "probable"]
    addressee: Literal["seeker", "public"]
    needs: list[Need] = Field(default_factory=list)


class PlantedEdge(Model):
    """A post that led to another, told by a quote of the later one."""

    source: Ref = Field(alias="from")
    to: Ref
    kind: Literal["stated", "code_or_link", "reply_to_seeker"]
    product_id: str | None
    influencer: str | None = None
    """Who or what the later post names."""
    needs: list[Need] = Field(default_factory=list)
    quote: Text


class Step(Model):
    """A person of a chain."""

    generation: Count
    author: Text
    purchase: Ref | None = None
    umot: Ref | None = None


class PlantedChain(Model):
    """Who bought on whose advice and recommended in turn."""

    name: Text
    product_id: str
    generations: Number
    """Highest generation that recommends; the root is 0."""
    steps: list[Step]


class PlantedPurchase(Named):
    """Somebody says that they bought, or will."""

    product_id: str | None
    state: Literal["bought", "intends"]
    needs: list[Need] = Field(default_factory=list)


class PlantedSeeker(Named):
    """Somebody asks which product to choose or whether one is good."""

    product_id: str | None


class PlantedTrap(Named):
    """Words that look like a recommendation and are none. Another quote of the same post may be one."""

    trap: str


class PlantedCommon(Named):
    """A common word that is spelt like a name of the catalogue, and is none."""

    alias: str


class PlantedCommercial(Named):
    """Evidence that a post is commercial."""

    kind: Literal["sponsored", "affiliate", "gifted", "promo_code", "own_product"]
    disclosure: Literal["disclosed", "undisclosed"]
    product_id: str | None
    code: str | None = None


class PlantedComplaint(Named):
    """Something went wrong; `answered_by` is the brand's answer, None while nobody has answered."""

    product_id: str
    answered_by: Ref | None
    needs: list[Need] = Field(default_factory=list)


class PlantedSwitch(Named):
    """Somebody left one product for another."""

    from_product_id: str
    to_product_id: str


class PlantedCopy(Model):
    """A post that repeats another: it is kept, and counts nowhere."""

    post: Ref
    duplicate_of: Ref


class PlantedSpike(Model):
    """A day with far more posts about a brand than its weekday has."""

    date: date
    brand_id: str
    product_id: str
    posts: Number
    """Posts of that day that name the brand or one of its products."""


class Window(Model):
    """Days of the sample, both included (UTC)."""

    first: date
    last: date


class Totals(Model):
    """Public posts; days are UTC dates."""

    posts: Number
    by_site: dict[str, int]
    by_language: dict[str, int]
    by_day: dict[date, int]
    untagged: list[Ref]
    """Statuses that no queried tag timeline lists: only the context of another status shows them, or nothing does."""


class Planted(Model):
    """The whole file."""

    window: Window
    totals: Totals
    umots: list[PlantedUmot]
    edges: list[PlantedEdge]
    chains: list[PlantedChain]
    purchases: list[PlantedPurchase]
    switches: list[PlantedSwitch]
    seekers: list[PlantedSeeker]
    commercial: list[PlantedCommercial]
    complaints: list[PlantedComplaint]
    spikes: list[PlantedSpike]
    copies: list[PlantedCopy]
    owned: list[Ref]
    """Posts by a brand's own accounts: never UMOTs."""
    withheld: list[Ref]
    """Public posts by people who ask not to be indexed: never stored."""
    not_umots: list[PlantedTrap]
    not_mentions: list[PlantedCommon]


def load_planted(folder: Path, posts: Iterable[Told]) -> Planted:
    """Read `planted.yml` and hold it against the posts of the folder. Raises SampleError with every problem."""
    path = folder / "planted.yml"
    planted = read(path, Planted)
    problems = [f"{path}: {words}" for words in _problems(planted, {post.ref: post for post in posts})]
    if problems:
        raise SampleError(problems)
    return planted


def _problems(planted: Planted, posts: dict[str, Told]) -> Iterator[str]:
    for sort, ref in _refs(planted):
        if ref not in posts:
            yield f"{sort}: {ref!r} is no public post of this folder; `python -m ouidire.sampleweb --list` names them"
    copies = {copy.post for copy in planted.copies}
    for sort, ref, quote in _quotes(planted):
        if ref in posts and quote not in posts[ref].text:
            yield f"{sort} (post {ref}): {quote!r} is not in its text; copy it character for character"
        if any(quote in post.text for post in posts.values() if post.ref not in copies | {ref}):
            yield f"{sort} (post {ref}): {quote!r} is in other posts too; quote a longer piece"
    for umot in planted.umots:
        if umot.post in posts and posts[umot.post].author != umot.author:
            writer = posts[umot.post].author
            yield f"umots (post {umot.post}) > author: {umot.author!r} did not write it, {writer!r} did"


def _quotes(planted: Planted) -> Iterator[tuple[str, str, str]]:
    for sort in type(planted).model_fields:
        for item in getattr(planted, sort) if sort not in ("window", "totals") else ():
            if isinstance(item, Named):
                yield sort, item.post, item.quote
            elif isinstance(item, PlantedEdge):
                yield sort, item.to, item.quote


def _refs(planted: Planted) -> Iterator[tuple[str, str]]:
    yield from ((sort, ref) for sort, ref, _ in _quotes(planted))
    yield from (("edges", edge.source) for edge in planted.edges)
    yield from (("owned", ref) for ref in planted.owned)
    yield from (("withheld", ref) for ref in planted.withheld)
    yield from (("totals", ref) for ref in planted.totals.untagged)
    yield from (("complaints", c.answered_by) for c in planted.complaints if c.answered_by)
    yield from (("copies", ref) for copy in planted.copies for ref in (copy.post, copy.duplicate_of))
    steps = [step for chain in planted.chains for step in chain.steps]
    yield from (("chains", ref) for step in steps for ref in (step.purchase, step.umot) if ref)
