"""What an alias would match in texts that are already there, before it is written into brands.yml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nlp.pipeline import Reader
from nlp.reading import Context, FoundMention, PostReading
from ouidire.brands import Brand, Brands, BrandsError, Product, fold


@dataclass(frozen=True, slots=True)
class Text:
    """A post as the trial needs it."""

    post_id: str
    text: str
    lang: str | None = None
    title: str | None = None
    thread_title: str | None = None
    product_id: str | None = None
    """The product that its source is about."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the alias does in one post that holds its letters."""

    post: Text
    gained: tuple[FoundMention, ...]
    """Mentions that only the alias gives: they overlap none that are found without it."""
    moved: tuple[FoundMention, ...]
    """Mentions that would stand for this thing instead of what they stand for now."""

    @property
    def is_read(self) -> bool:
        """Whether it matches; else the letters are there, but mean something else or lie within a word."""
        return bool(self.gained or self.moved)


def with_alias(brands: Brands, alias: str, thing_id: str) -> Brands:
    """The catalogue with one more alias of a brand or product. Raises BrandsError: unknown id, taken alias."""
    for target in brands.targets():
        if fold(target.alias) == fold(alias) and (target.product_id or target.brand_id) != thing_id:
            owner = target.product_id or target.brand_id
            raise BrandsError([f"{alias!r} already stands for {owner!r} (as {target.alias!r}): choose a longer one"])
    fresh = brands.model_copy(
        update={
            "brands": [_extended(brand, alias, thing_id) for brand in brands.brands],
            "rivals": [_extended(brand, alias, thing_id) for brand in brands.rivals],
        }
    )
    if fresh == brands and not any(fold(t.alias) == fold(alias) for t in brands.targets()):
        known = sorted({target.product_id or target.brand_id for target in brands.targets()})
        raise BrandsError([f"{thing_id!r} is no brand or product of brands.yml; known: {', '.join(known)}"])
    return fresh


def trial(posts: Iterable[Text], brands: Brands, alias: str, thing_id: str) -> Iterator[Trial]:
    """Posts that hold the letters of the alias, each with what would change. Raises BrandsError."""
    without, with_it = Reader(brands), Reader(with_alias(brands, alias, thing_id))
    letters = fold(alias)
    for post in posts:
        if letters in fold(f"{post.title or ''} {post.thread_title or ''} {post.text}"):
            yield _compare(post, _read(without, post), _read(with_it, post))


def _extended(brand: Brand, alias: str, thing_id: str) -> Brand:
    if brand.id == thing_id:
        return brand.model_copy(update={"aliases": [*brand.aliases, alias]})
    products = [_extended_product(product, alias, thing_id) for product in brand.products]
    return brand.model_copy(update={"products": products})


def _extended_product(product: Product, alias: str, thing_id: str) -> Product:
    return product.model_copy(update={"aliases": [*product.aliases, alias]}) if product.id == thing_id else product


def _read(reader: Reader, post: Text) -> PostReading:
    return reader.read(post.text, post.lang, Context(post.title, post.thread_title, post.product_id))


def _compare(post: Text, before: PostReading, after: PostReading) -> Trial:
    def overlapping(mention: FoundMention) -> list[FoundMention]:
        return [m for m in before.mentions if m.start < mention.end and mention.start < m.end]

    def ids(mention: FoundMention) -> tuple[str | None, str | None]:
        return mention.brand_id, mention.product_id

    gained = tuple(mention for mention in after.mentions if not overlapping(mention))
    moved = tuple(
        mention for mention in after.mentions if (old := overlapping(mention)) and ids(mention) not in map(ids, old)
    )
    return Trial(post, gained, moved)
