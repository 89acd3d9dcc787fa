"""Commands for the first day, and for the next alias: init writes a brands.yml, try shows what an alias would match."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
import yaml
from rich.markup import escape

from ouidire.brands import BrandsError, fold, load_brands
from ouidire.commands.console import StageError, ask, out, say
from ouidire.doctor import NO_CATEGORY
from ouidire.excerpts import Excerpt, excerpt
from ouidire.settings import load

if TYPE_CHECKING:
    from nlp.trial import Trial

app = typer.Typer()

_TYPES = (
    ("feed", r"(\.xml|\.rss|\.atom|/feed/?|/rss/?|/atom/?)$"),
    ("forum", r"(forum|viewforum|viewtopic|board)"),
    ("mastodon", r"^https?://(mastodon\.|piaille\.|social\.|framapiaf\.)"),
)
"""What an address looks like -> the type of source to try first; any other is WordPress until `doctor` says no."""


@app.command()
def init(  # noqa: PLR0917 (the options of a command)
    brand: Annotated[str | None, typer.Option(help="Name of your brand; asked when left out.")] = None,
    alias: Annotated[list[str], typer.Option(help="Another way people write it.")] = [],  # noqa: B006
    product: Annotated[list[str], typer.Option(help="A product of yours.")] = [],  # noqa: B006
    rival: Annotated[list[str], typer.Option(help="A rival.")] = [],  # noqa: B006
    category: Annotated[
        list[str], typer.Option(help='Kind of product = words people use: "Mugs = mug isotherme, travel mug".')
    ] = [],  # noqa: B006
    site: Annotated[list[str], typer.Option(help="Where to listen; type=address where the type is known.")] = [],  # noqa: B006
    contact: Annotated[str | None, typer.Option(help="Your address or mail, sent to the sites that are asked.")] = None,
    timezone: Annotated[str, typer.Option(help="Posts are counted by their date there.")] = "Europe/Paris",
    path: Annotated[
        Path | None, typer.Option("--out", help="Where to write it; the brands.yml in use otherwise.")
    ] = None,
) -> None:
    """Write a first brands.yml from a few answers; nothing is overwritten."""
    target = path or load().brands
    if target.exists() or target.is_symlink():
        raise StageError(f"{target} is there already; edit it, or write elsewhere: ouidire init --out mine.yml")
    if brand is None:
        brand = typer.prompt("Your brand")
        alias = alias or _several("Other ways people write it")
        product = product or _several("Your products")
        rival = rival or _several("Your rivals")
        category = category or _asked_category()
        site = site or _several("Where to listen (addresses of feeds, blogs, forums)")
        contact = contact or typer.prompt("Your address or mail, for the sites that are asked", default="")
    text = _document(brand, alias, product, rival, category, site, contact, timezone)
    _keep(text, target)
    if not category:
        say(NO_CATEGORY)
    home = load().home / target.stem
    chosen = f"export OUIDIRE_BRANDS={quote(str(target.resolve()))} OUIDIRE_HOME={quote(str(home))}"
    apart = "with a home that keeps what was heard for another catalogue out of it"
    is_in_use = target.resolve() == load().brands.resolve()
    use = "" if is_in_use else f"`{chosen}` makes it the one in use, {apart}; then "
    say(f"{target} is written. Next: {use}`ouidire doctor` asks each source a first question, then `ouidire run`.")


def _keep(text: str, target: Path) -> None:
    """Write a catalogue that loads; else leave it beside its place, to be mended. Raises StageError saying where."""
    target.parent.mkdir(parents=True, exist_ok=True)
    names = (f"{target.stem}.draft{n or ''}{target.suffix}" for n in range(1000))
    draft = next(path for name in names if not (path := target.with_name(name)).exists())
    draft.write_text(text, encoding="utf-8")
    try:
        load_brands(draft)
    except BrandsError as error:
        raise StageError(
            f"{error}\nyour answers are kept in {draft}: mend the lines above there, then: mv {draft} {target}"
        ) from None
    draft.rename(target)


@app.command("try")
def try_(
    alias: Annotated[str, typer.Argument(help="The name that you think of adding.")],
    thing: Annotated[str | None, typer.Option("--for", help="Brand or product it would stand for.")] = None,
    show: Annotated[int, typer.Option(min=1, help="How many verbatims to show.")] = 12,
) -> None:
    """Show what an alias would match in what is already collected, before it is written into brands.yml."""
    from nlp.trial import Text, trial

    if not fold(alias):
        raise StageError(f"{alias!r} holds no letter or digit; write the name as people write it")
    settings = load()
    brands = load_brands(settings.brands)
    columns, rows = ask(
        settings,
        "SELECT posts.post_id, text, lang, title, thread_title, sources.product_id, posts.source "
        "FROM core_posts AS posts LEFT JOIN sources ON posts.source = sources.source "
        "WHERE text IS NOT NULL AND NOT is_duplicate ORDER BY created_at DESC",
    )
    sources = {row[0]: row[-1] for row in rows}
    posts = (Text(**dict(zip(columns[:-1], row[:-1], strict=True))) for row in rows)
    found = list(trial(posts, brands, alias, thing or brands.brands[0].id))
    read = [one for one in found if one.is_read]
    places = Counter(sources[one.post.post_id] for one in read)
    say(f"{alias!r}: its letters stand in {len(found)} of {len(rows)} posts; it would be read in {len(read)} of them.")
    if places:
        say("by source: " + ", ".join(f"{source} {count}" for source, count in places.most_common()))

    def line(one: Trial) -> None:
        mention = (one.gained or one.moved)[0]
        start, end = max(0, mention.start - 70), mention.end + 70
        words = one.post.text
        before, after = words[start : mention.start], words[mention.end : end]
        mark = "" if one.gained else " [yellow](read as something else until now)[/]"
        out.print(
            f"  {escape(before)}[bold green]{escape(words[mention.start : mention.end])}[/]{escape(after)}".replace(
                "\n", " "
            )
            + mark,
            highlight=False,
            soft_wrap=True,
        )

    for one in read[:show]:
        line(one)
    passed = [one for one in found if not one.is_read]
    if passed:
        say(f"not read in {len(passed)}: read already, part of a longer word, or an ordinary word there; for example:")
        for before, words, after in islice(_unread(passed, alias), 3):
            out.print(f"  {escape(before)}[yellow]{escape(words)}[/]{escape(after)}", highlight=False, soft_wrap=True)


def _unread(passed: list[Trial], alias: str) -> Iterator[Excerpt]:
    """The letters of the alias where posts, titles or those of threads hold them, each stretch of words once."""
    told: set[Excerpt] = set()
    for one in passed:
        held = (one.post.text, one.post.title, one.post.thread_title)
        found = next((shown for words in held if words and (shown := excerpt(words, alias))), None)
        if found and found not in told:
            told.add(found)
            yield found


def _several(question: str) -> list[str]:
    answer = typer.prompt(f"{question}, separated by commas", default="")
    return [part.strip() for part in answer.split(",") if part.strip()]


def _asked_category() -> list[str]:
    """The kind of product with its words, asked for; empty when nothing is answered."""
    name = typer.prompt("What kind of product it is, such as Insulated mugs", default="").strip()
    if not name:
        return []
    words = _several("Words people use for it in each language, such as mug isotherme, gourde isotherme, travel mug")
    return [f"{name} = {', '.join(words)}"]


def _document(  # noqa: PLR0917 (the answers)
    brand: str, aliases: list[str], products: list[str], rivals: list[str], categories: list[str], sites: list[str],
    contact: str | None, timezone: str,
) -> str:  # fmt: skip
    taken: set[str] = set()
    kinds_taken: set[str] = set()  # a category may have the id of a brand
    kinds = [_category(words, kinds_taken) for words in categories]
    belongs = {"category": kinds[0]["id"]} if kinds else {}
    data: dict[str, Any] = {
        "settings": {"timezone": timezone, **({"contact": contact} if contact else {})},
        "categories": kinds,
        "brands": [
            {
                "id": _id(brand, taken),
                "name": brand,
                "aliases": aliases,
                **belongs,
                "products": [{"id": _id(f"{brand} {name}", taken), "name": name} for name in products],
            }
        ],
        "rivals": [{"id": _id(name, taken), "name": name, **belongs} for name in rivals],
        "sources": [_source(site, taken) for site in sites],
    }
    body = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return (
        "# What Ouï-dire listens to. sample/brands.yml shows what else may stand here: campaigns, people.\n"
        "# A product takes the category of its brand; give it another with `category: ID` of one under categories.\n"
        f"# After a change: `ouidire doctor`, then `ouidire reprocess` to read again what was collected.\n{body}"
    )


def _category(words: str, taken: set[str]) -> dict[str, Any]:
    """A category of `name = word, word`; without words its name is the one word."""
    name, _, listed = (part.strip() for part in words.partition("="))
    found = [word.strip() for word in listed.split(",") if word.strip()]
    return {"id": _id(name, taken), "name": name, "words": found or [name]}


def _source(site: str, taken: set[str]) -> dict[str, Any]:
    kind, equals, url = site.partition("=")
    if not equals or "/" in kind:
        kind, url = "", site
    url = url if "://" in url else f"https://{url}"
    found = kind or next((name for name, shape in _TYPES if re.search(shape, url, re.IGNORECASE)), "wordpress")
    return {"id": _id(urlsplit(url).hostname or found, taken), "type": found, "url": url}


def _id(name: str, taken: set[str]) -> str:
    """An id made of the name: small letters, digits and underscores, used once."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34]
    base = base if base[:1].isalpha() else f"x{base}"
    free: Iterable[str] = (base, *(f"{base}_{n}" for n in range(2, 100)))
    found = next(one for one in free if one not in taken)
    taken.add(found)
    return found
