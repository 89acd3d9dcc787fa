"""brands.yml as strict models: the one file that a marketer edits.

A misspelt key, a bare `on`, a duplicate alias or an unknown source type is refused with the file, the line, the value
and what to do about it. All problems of a file are reported together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from ouidire.campaigns import Campaign, Objective, campaign_problems
from ouidire.settings import ROOT
from ouidire.strict import Domain, Handle, Id, Language, Model, Several, Url, Words

Path_: TypeAlias = tuple[str | int, ...]

POST_COLUMNS = (
    "id", "text", "title", "author", "created_at", "url", "lang", "kind", "rating", "thread", "parent",
    "likes", "replies", "shares", "views", "followers",
)  # fmt: skip
"""What a column of an imported file may be mapped to; `text` is required."""


REFUSED_SITES = {
    "play.google": "Google Play",
    "amazon": "Amazon",
    "tiktok": "TikTok",
    "instagram": "Instagram",
}
"""Sites whose terms forbid reading their pages outside an official API: we do not."""


class BrandsError(ValueError):
    """brands.yml cannot be used. `problems` holds one sentence each: file:line, value, remedy."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; write one such as Europe/Paris or UTC")
    return name


NO_CONTACT = "https://example.org/ouidire"
"""What sites are told where brands.yml gives no address of the operator's."""


def _contact(words: object) -> object:
    """The address as it stands; one that is left blank is missing."""
    is_blank = words is None or (isinstance(words, str) and not words.strip())
    return NO_CONTACT if is_blank else words


class Options(Model):
    """`settings:` of brands.yml."""

    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    """Reporting time zone: marts count posts by their local date in it."""
    contact: Annotated[str, BeforeValidator(_contact)] = NO_CONTACT
    """Address or mail of the operator, sent in the User-Agent so that a site can reach you."""
    publish_identities: bool = False
    """Whether the published file may name authors."""
    private_hosts: Several[str] = []
    """`host` or `host:port` on loopback or a private network that may be fetched; all others there are refused."""
    keep_captures_days: Annotated[int, Field(ge=40)] | None = 400
    """Nights for which raw answers are kept: a year to compare with, and some. 40 at least, for posts are asked for
    again after 30 days; null keeps them for ever. What was read in them stays."""
    keep_snapshots_days: Annotated[int, Field(ge=0)] = 7
    """Days for which the lake can be read as it was."""


class Category(Model):
    """A kind of product, with the words people use for it."""

    id: Id
    name: Words
    words: Several[Words] = []


class Senses(Model):
    """For a name that is also an ordinary word: a few sentences a sense, in the words of the people listened to."""

    examples: Annotated[Several[Words], Field(min_length=1)]
    """Sentences in which the name means this brand or product; five to ten do."""
    other: Annotated[Several[Words], Field(min_length=1)]
    """Sentences in which the same word means anything else."""


class Product(Model):
    """A product, with every name people give it."""

    id: Id
    name: Words
    aliases: Several[Words] = []
    category: str | None = None
    urls: Several[Url] = []
    """Its pages; an address with Amazon's number (ASIN) is found with any tag and in any country."""
    senses: Senses | None = None


class Brand(Model):
    """A brand, its names, what it owns and sells."""

    id: Id
    name: Words
    aliases: Several[Words] = []
    handles: Several[Handle] = []
    """Accounts the brand owns, as the source writes them."""
    domains: Several[Domain] = []
    """Sites the brand owns."""
    category: str | None = None
    senses: Senses | None = None
    products: list[Product] = []


class Source(Model):
    """A place to listen to."""

    id: Id
    type: str
    """Name of a file in extractors/sources/."""
    url: Url | None = None
    queries: Several[Words] = []
    """What to ask the source: hashtags, words, boards; empty = everything it lists."""
    languages: Several[Language] = []
    """Languages spoken there; a text too short to tell takes the first."""
    product: str | None = None
    """The product that this place is about, when there is only one (a review page)."""
    columns: dict[str, str] = {}
    """For type file: our name -> the column of the file."""
    options: dict[str, str | int | float | bool] = {}
    """What this type of source understands, by the declaration in its file in extractors/sources/; `doctor` tells."""
    enabled: bool = True


class Account(Model):
    """An account of a person, as the source writes it."""

    source: str
    """Id of the source."""
    handle: Handle


class Person(Model):
    """Accounts that belong to one person, because somebody says so here; take the entry out to undo it."""

    id: Id
    accounts: list[Account] = Field(min_length=2)


class Target(NamedTuple):
    """One name and what it stands for."""

    alias: str
    brand_id: str
    product_id: str | None


class Brands(Model):
    """The whole file."""

    settings: Options = Options()
    categories: list[Category] = []
    brands: list[Brand] = Field(min_length=1)
    rivals: list[Brand] = []
    sources: list[Source] = []
    campaigns: list[Campaign] = []
    people: list[Person] = []

    @property
    def all_brands(self) -> list[Brand]:
        """Our brands, then the rivals."""
        return [*self.brands, *self.rivals]

    @property
    def timezone(self) -> ZoneInfo:
        """Reporting time zone."""
        return ZoneInfo(self.settings.timezone)

    def targets(self) -> Iterator[Target]:
        """Every name of every brand and product, the official name first, each once."""
        for brand in self.all_brands:
            for alias in _unique(brand.name, brand.aliases):
                yield Target(alias, brand.id, None)
            for product in brand.products:
                for alias in _unique(product.name, product.aliases):
                    yield Target(alias, brand.id, product.id)

    def source(self, source_id: str) -> Source:
        """The source of that id. Raises BrandsError naming those that exist."""
        for source in self.sources:
            if source.id == source_id:
                return source
        known = ", ".join(source.id for source in self.sources) or "none"
        raise BrandsError([f"source {source_id!r} is not in brands.yml; sources there: {known}"])

    def is_owned(self, handle: str | None, url: str | None) -> bool:
        """Whether a brand of ours or a rival owns the account or the site of the address."""
        host = (urlsplit(url).hostname or "") if url else ""
        plain = (handle or "").casefold().lstrip("@")
        return any(
            (plain and plain in {h.casefold().lstrip("@") for h in brand.handles})
            or any(host == domain or host.endswith("." + domain) for domain in brand.domains)
            for brand in self.all_brands
        )


def fold(name: str) -> str:
    """A name without case, accents and separators: two aliases that fold alike cannot be told apart in a text."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def load_brands(path: Path) -> Brands:
    """Read and check the file. Raises BrandsError with every problem found."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BrandsError([f"{path}: no such file; copy sample/brands.yml there and edit it"]) from None
    except UnicodeDecodeError as error:
        raise BrandsError([f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"]) from None
    try:
        tree = _Tree(text)
    except yaml.YAMLError as error:
        raise BrandsError([_yaml_problem(path, error)]) from None
    if tree.problems:
        raise BrandsError([f"{path}:{line}: {words}" for line, words in tree.problems])
    try:
        brands = Brands.model_validate(tree.data)
    except ValidationError as error:
        raise BrandsError([_model_problem(path, tree, dict(e)) for e in error.errors()]) from None
    problems = [f"{path}:{tree.line(where)}: {words}" for where, words in _meaning_problems(brands)]
    if problems:
        raise BrandsError(problems)
    return brands


class _Tree:
    """YAML as plain data, with the line of every value and without the conversions that bite."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path_, int] = {}
        self.problems: list[tuple[int, str]] = []
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        self.data: Any = {} if node is None else self._value(node, ())

    def line(self, where: Path_) -> int:
        """Line of a value, else of the nearest thing that holds it; 1 is the first."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def _value(self, node: yaml.Node, where: Path_) -> Any:
        self.lines[where] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*where, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                self.problems.append((key_node.start_mark.line + 1, f"{key!r} is written twice; keep one"))
            found[key] = self._value(value_node, (*where, key))
            self.lines[(*where, key)] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        raw = str(node.value)
        if not isinstance(node, yaml.ScalarNode) or node.style:  # quoted, or a block of text
            return raw
        if raw.casefold() in ("on", "off", "yes", "no", "y", "n"):
            self.problems.append(
                (node.start_mark.line + 1, f'{raw} without quotes is read by YAML as yes or no; write "{raw}" '
                 "for the word, true or false for the choice")
            )  # fmt: skip
            return raw
        words = {"true": True, "false": False, "": None, "~": None, "null": None}
        if raw in words:
            return words[raw]
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", raw):
            return int(raw)
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}", raw):
            return float(raw)
        return raw


def _meaning_problems(brands: Brands) -> Iterator[tuple[Path_, str]]:
    """What each value alone cannot tell: names used twice, references to nothing."""
    yield from _ids_twice(brands)
    yield from _aliases_twice(brands)
    yield from _owned_twice(brands)
    categories = {category.id for category in brands.categories}
    for where, brand in _places(brands):
        if brand.category is not None and brand.category not in categories:
            yield (*where, "category"), _unknown("category", brand.category, categories)
        for i, product in enumerate(brand.products):
            if product.category is not None and product.category not in categories:
                yield (*where, "products", i, "category"), _unknown("category", product.category, categories)
    yield from _sense_problems(brands)
    yield from _source_problems(brands)
    yield from _person_problems(brands)
    products = {product.id: brand.id for brand in brands.all_brands for product in brand.products}
    for i, campaign in enumerate(brands.campaigns):
        problems = campaign_problems(campaign, {brand.id for brand in brands.brands}, products)
        yield from ((("campaigns", i, *where), words) for where, words in problems)


def _person_problems(brands: Brands) -> Iterator[tuple[Path_, str]]:
    sources = {source.id for source in brands.sources}
    owners: dict[tuple[str, str], str] = {}
    for i, person in enumerate(brands.people):
        for j, account in enumerate(person.accounts):
            where: Path_ = ("people", i, "accounts", j)
            if account.source not in sources:
                yield (*where, "source"), _unknown("source", account.source, sources)
            owner = owners.setdefault((account.source, fold(account.handle)), person.id)
            if owner != person.id:
                yield where, f"{account.handle!r} already belongs to {owner!r}; an account has one owner"


def _sense_problems(brands: Brands) -> Iterator[tuple[Path_, str]]:
    for where, brand in _places(brands):
        things: list[tuple[Path_, Brand | Product]] = [(where, brand)]
        things += [((*where, "products", i), product) for i, product in enumerate(brand.products)]
        for place, thing in things:
            names = _unique(thing.name, thing.aliases)
            for field in ("examples", "other") if thing.senses else ():
                for i, example in enumerate(getattr(thing.senses, field)):
                    if not any(fold(name) in fold(example) for name in names):
                        words = f"{example!r} holds no name of {thing.id!r} ({', '.join(names)}); write one in it"
                        yield (*place, "senses", field, i), words


def refused_site(url: str) -> str | None:
    """Name of the site when its terms forbid reading its pages outside its API."""
    host = f".{urlsplit(url).hostname or ''}"
    return next((name for site, name in REFUSED_SITES.items() if f".{site}." in host), None)


def _source_problems(brands: Brands) -> Iterator[tuple[Path_, str]]:
    types = source_types()
    products = {product.id for brand in brands.all_brands for product in brand.products}
    yield from _asked_twice(brands)
    for i, source in enumerate(brands.sources):
        where: Path_ = ("sources", i)
        if source.type not in types:
            yield (*where, "type"), _unknown("source type", source.type, types)
        elif source.type == "file":
            unknown = sorted(set(source.columns) - set(POST_COLUMNS))
            if unknown:
                yield (*where, "columns"), _unknown("column", unknown[0], set(POST_COLUMNS))
            if "text" not in source.columns and "preset" not in source.options:
                yield where, f"source {source.id!r} maps no column to text; add `columns: {{text: <column>}}`"
        elif source.url is None and source.type not in _types_with_a_host():
            yield where, f"source {source.id!r} has no url; add the address to listen to"
        site = refused_site(source.url) if source.url else None
        if site:
            yield (
                (*where, "url"),
                f"{site} forbids reading its pages outside its API; import an export (type: file) instead",
            )
        if source.product is not None and source.product not in products:
            yield (*where, "product"), _unknown("product", source.product, products)


def _asked_twice(brands: Brands) -> Iterator[tuple[Path_, str]]:
    """A question that two sources ask of one address: what is said there would count twice."""
    asked: dict[tuple[str, str, str], str] = {}
    for i, source in enumerate(brands.sources):
        for query in source.queries or [""] if source.url and source.enabled else []:
            question = (str(source.url).rstrip("/"), query, str(sorted(source.options.items())))
            first = asked.setdefault(question, source.id)
            if first != source.id:
                what = f"{source.url!r}{f' for {query!r}' if query else ''}"
                yield ("sources", i, "url"), f"{what} is asked by {first!r} already; keep one of them"


def source_types() -> set[str]:
    """The types of source that exist: one file each in extractors/sources/."""
    return {path.stem for path in (ROOT / "extractors" / "sources").glob("[a-z]*.py")}


def _types_with_a_host() -> set[str]:
    """Types of source that declare a `default_url`: one host for everybody, so brands.yml need not give a url."""
    files = (ROOT / "extractors" / "sources").glob("[a-z]*.py")
    return {path.stem for path in files if "    default_url=" in path.read_text(encoding="utf-8")}


def _ids_twice(brands: Brands) -> Iterator[tuple[Path_, str]]:
    seen: dict[tuple[str, str], Path_] = {}
    named: list[tuple[str, Path_, str]] = [
        *(("category", ("categories", i), category.id) for i, category in enumerate(brands.categories)),
        *(("source", ("sources", i), source.id) for i, source in enumerate(brands.sources)),
        *(("campaign", ("campaigns", i), campaign.id) for i, campaign in enumerate(brands.campaigns)),
        *(("person", ("people", i), person.id) for i, person in enumerate(brands.people)),
    ]
    for where, brand in _places(brands):
        named.append(("brand", where, brand.id))
        named += [("product", (*where, "products", i), product.id) for i, product in enumerate(brand.products)]
    for sort, where, name in named:
        if (sort, name) in seen:
            yield (*where, "id"), f"{sort} id {name!r} is used twice; give each {sort} its own id"
        seen[sort, name] = where


def _aliases_twice(brands: Brands) -> Iterator[tuple[Path_, str]]:
    seen: dict[str, tuple[str, str]] = {}
    for where, brand in _places(brands):
        things = [(where, brand.id, brand.name, brand.aliases)]
        things += [((*where, "products", i), p.id, p.name, p.aliases) for i, p in enumerate(brand.products)]
        for place, thing_id, name, aliases in things:
            for field, alias in [
                ((*place, "name"), name),
                *(((*place, "aliases", i), a) for i, a in enumerate(aliases)),
            ]:
                owner, first = seen.setdefault(fold(alias), (thing_id, alias))
                if owner != thing_id:
                    yield field, (
                        f"{alias!r} already stands for {owner!r} (as {first!r}); a name can stand for one thing only: "
                        "remove one, or make it longer, such as brand and product together"
                    )  # fmt: skip


def _owned_twice(brands: Brands) -> Iterator[tuple[Path_, str]]:
    """Accounts and sites claimed by two brands: what one of them says there would be counted as said by both."""
    handles: dict[str, str] = {}
    domains: list[tuple[str, str]] = []
    for where, brand in _places(brands):
        for i, handle in enumerate(brand.handles):
            owner = handles.setdefault(handle.casefold().lstrip("@"), brand.id)
            if owner != brand.id:
                yield (*where, "handles", i), f"{handle!r} already belongs to {owner!r}; an account has one owner"
        for i, domain in enumerate(brand.domains):
            site = domain.removeprefix("www.")
            found = next((one for one in domains if one[1] != brand.id and _is_within(site, one[0])), None)
            if found:
                words = f"{domain!r} already belongs to {found[1]!r} (as {found[0]!r}); a site has one owner"
                yield (*where, "domains", i), words
            domains.append((site, brand.id))


def _is_within(site: str, other: str) -> bool:
    """Whether one is the other, or a part of it, as shop.tisonne.example is of tisonne.example."""
    return f".{site}".endswith(f".{other}") or f".{other}".endswith(f".{site}")


def _places(brands: Brands) -> Iterator[tuple[Path_, Brand]]:
    for i, brand in enumerate(brands.brands):
        yield ("brands", i), brand
    for i, brand in enumerate(brands.rivals):
        yield ("rivals", i), brand


def _unique(name: str, aliases: list[str]) -> list[str]:
    return list(dict.fromkeys([name, *aliases]))


def _unknown(sort: str, value: str, known: set[str]) -> str:
    return f"{sort} {value!r} is unknown; known: {', '.join(sorted(known)) or 'none'}"


def _yaml_problem(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    words = getattr(error, "problem", None) or str(error)
    return f"{path}:{mark.line + 1 if mark else 1}: not readable as YAML: {words}; check indentation and quotes there"


def _model_problem(path: Path, tree: _Tree, error: dict[str, Any]) -> str:
    where: Path_ = error["loc"]
    place = f"{path}:{tree.line(where)}: {'.'.join(str(step) for step in where) or 'the whole file'}"
    if error["type"] == "extra_forbidden":
        known = ", ".join(_fields_at(where[:-1]))
        return f"{place}: {where[-1]!r} is not a known key; known here: {known}"
    if error["type"] == "missing":
        return f"{place}: missing; add it"
    if error["type"] == "model_type":
        return f"{place}: write keys with their values; known here: {', '.join(_fields_at(where))}"
    return f"{place}: {error['input']!r}: {_remedy(error)}"


def _remedy(error: dict[str, Any]) -> str:
    if error["type"] == "string_pattern_mismatch":
        return f"does not have the form {error['ctx']['pattern']}; write it so"
    if error["type"] == "list_type":
        return "write a list: an entry a line, each after a dash; or leave the key out"
    if error["type"] == "too_short":
        return f"write at least {error['ctx']['min_length']}"
    return str(error["msg"]).removeprefix("Value error, ")


def _fields_at(where: Path_) -> list[str]:
    """Known keys of the model that a location leads to."""
    model: type[BaseModel] = Brands
    inner: dict[str, type[BaseModel]] = {
        "settings": Options, "categories": Category, "brands": Brand, "rivals": Brand, "products": Product,
        "sources": Source, "campaigns": Campaign, "objectives": Objective, "people": Person, "accounts": Account,
        "senses": Senses,
    }  # fmt: skip
    for step in where:
        model = inner.get(str(step), model)
    return list(model.model_fields)
