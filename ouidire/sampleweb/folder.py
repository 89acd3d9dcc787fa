"""A sample folder, read and checked: `sites/*.yml` as models, with every problem named at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ouidire.sampleweb.shape import FORMATS, Article, Forum, Mastodon, Model, Podcast, Site, WordPress, snowflake

Where: TypeAlias = tuple[str | int, ...]
M = TypeVar("M", bound=Model)

EXAMPLES = {
    "at": "2026-10-01T08:00:00Z",
    "id": "1",
    "author": "the name of who wrote it",
    "text": "the words",
    "title": "a title",
    "language": "fr",
}
"""What a missing field could hold, for the remedy."""

REMEDIES = {
    "string_type": "write it in quotes",
    "int_type": "write a whole number without quotes",
    "datetime_type": "write an instant in UTC without quotes, such as 2026-10-01T08:00:00Z",
    "date_type": "write a date without quotes, such as 2026-10-01",
    "bool_type": "write true or false without quotes",
    "list_type": "write a list: one `- ` a line",
    "dict_type": "write a mapping: one `key: value` a line",
    "model_type": "write a mapping: one `key: value` a line",
    "too_short": "write at least one",
}


class SampleError(ValueError):
    """A folder cannot be served. `problems` holds one sentence each: file, item, field, remedy."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def load(folder: Path) -> dict[str, Site]:
    """Every site of `folder/sites/`, by the name of its file. Raises SampleError with every problem found."""
    paths = sorted((folder / "sites").glob("*.yml"))
    if not paths:
        raise SampleError([f"{folder}/sites: no .yml file; write one for each site, as sample/README.md says"])
    sites: dict[str, Site] = {}
    problems: list[str] = []
    for path in paths:
        try:
            sites[path.stem] = _site(path)
        except SampleError as error:
            problems += error.problems
    if not problems:
        problems = [f"{folder}/sites/{name}.yml: {words}" for name, words in _dangling_copies(sites)]
    if problems:
        raise SampleError(problems)
    return {name: _with_copies(site, sites) for name, site in sites.items()}


def read(path: Path, model: type[M]) -> M:
    """One YAML file as a model. Raises SampleError."""
    data = _yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SampleError([_problem(path, model, data, dict(e)) for e in error.errors()]) from None


def _site(path: Path) -> Site:
    if not re.fullmatch(r"[a-z][a-z0-9]*", path.stem):
        raise SampleError([f"{path}: the name of a site is part of its addresses; use small letters and digits only"])
    data = _yaml(path)
    known = ", ".join(FORMATS)
    named = data.get("format") if isinstance(data, dict) else None
    if named not in FORMATS:
        raise SampleError([f"{path}: format: {named!r} is not a format of site; write one of: {known}"])
    site = read(path, FORMATS[named])
    problems = [f"{path}: {words}" for words in _meaning_problems(site)]
    if problems:
        raise SampleError(problems)
    assert isinstance(site, WordPress | Forum | Podcast | Mastodon)
    return site


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice, which YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} is written twice; keep one", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)  # noqa: S506 a SafeLoader
    except FileNotFoundError:
        raise SampleError([f"{path}: no such file; sample/README.md says what it holds"]) from None
    except UnicodeDecodeError as error:
        raise SampleError([f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 1
        raise SampleError([f"{path}:{line}: {words}; check quotes and indentation there"]) from None


def _problem(path: Path, model: type[BaseModel], data: Any, error: dict[str, Any]) -> str:
    where: Where = error["loc"]
    place = f"{path}: {_place(data, where)}"
    if error["type"] == "missing":
        return f"{place}: missing; add `{where[-1]}: {EXAMPLES.get(str(where[-1]), '...')}`"
    if error["type"] == "extra_forbidden":
        return f"{place}: not a known key; known here: {', '.join(_fields(model, where[:-1]))}"
    message = str(error["msg"]).removeprefix("Value error, ")
    remedy = REMEDIES.get(error["type"])
    return f"{place}: {error['input']!r}: {message}" + (f"; {remedy}" if remedy else "")


def _place(data: Any, where: Where) -> str:
    """A location in words: `posts[2] (id 414) > comments[0] (id 1893) > at`."""
    steps: list[str] = []
    for step in where:
        if isinstance(step, int) and steps:
            data = data[step]
            named = data.get("id", data.get("post", data.get("start"))) if isinstance(data, dict) else None
            steps[-1] += f"[{step}]" + (f" (id {named})" if named is not None else "")
        else:
            data = data.get(step) if isinstance(data, dict) else None
            steps.append(str(step))
    return " > ".join(steps) or "the whole file"


def _fields(model: type[BaseModel], where: Where) -> list[str]:
    """Known keys of the model that a location leads to."""
    for step in where:
        field = model.model_fields.get(str(step))
        inner = [a for a in _arguments(field.annotation) if _is_model(a)] if field else []
        model = inner[0] if inner else model
    return list(model.model_fields)


def _arguments(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _arguments(argument)


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _meaning_problems(site: Model) -> Iterator[str]:
    """What each value alone cannot tell: ids used twice, references to nothing or to the future."""
    if isinstance(site, WordPress):
        yield from _blog_problems(site)
    elif isinstance(site, Forum):
        yield from _forum_problems(site)
    elif isinstance(site, Podcast):
        yield from _podcast_problems(site)
    elif isinstance(site, Mastodon):
        yield from _mastodon_problems(site)


def _blog_problems(site: WordPress) -> Iterator[str]:
    yield from _twice("posts", [post.id for post in site.posts])
    yield from _twice("comments", [comment.id for post in site.posts for comment in post.comments])
    for post in site.posts:
        place = f"posts (id {post.id})"
        if not post.text.strip() and post.copy_of is None:
            yield f"{place} > text: missing; add `text: the words`"
        earlier = {comment.id: comment.at for comment in post.comments}
        for comment in post.comments:
            inner = f"{place} > comments (id {comment.id})"
            if comment.at < post.at:
                yield f"{inner} > at: before the article itself; write a later instant"
            if comment.parent is not None and not earlier.get(comment.parent, comment.at) < comment.at:
                yield f"{inner} > parent: {comment.parent} is no earlier comment here; write one or remove it"


def _forum_problems(site: Forum) -> Iterator[str]:
    yield from _twice("boards", [board.id for board in site.boards])
    yield from _twice("topics", [topic.id for topic in site.topics])
    yield from _twice("posts", [post.id for topic in site.topics for post in topic.posts])
    boards = {board.id for board in site.boards}
    for topic in site.topics:
        place = f"topics (id {topic.id})"
        if topic.board not in boards:
            yield f"{place} > board: {topic.board} is not in boards; known: {', '.join(map(str, sorted(boards)))}"
        yield from _disorder(place, [(post.id, post.at) for post in topic.posts])
        for post in topic.posts:
            if post.quotes is not None and post.quotes not in {other.id for other in topic.posts if other.at < post.at}:
                yield f"{place} > posts (id {post.id}) > quotes: {post.quotes} is no earlier message of this topic"


def _podcast_problems(site: Podcast) -> Iterator[str]:
    yield from _twice("episodes", [episode.id for episode in site.episodes])
    for episode in site.episodes:
        yield from _disorder(f"episodes (id {episode.id})", [(turn.start, turn.start) for turn in episode.turns])


def _mastodon_problems(site: Mastodon) -> Iterator[str]:
    yield from _twice("statuses", [status.id for status in site.statuses])
    yield from _twice("statuses (snowflakes)", [snowflake(status) for status in site.statuses])
    instants = {status.id: status.at for status in site.statuses}
    for status in site.statuses:
        place = f"statuses (id {status.id})"
        if status.account not in site.accounts:
            yield f"{place} > account: {status.account!r} is not in accounts; add it there"
        if status.in_reply_to is not None and not instants.get(status.in_reply_to, status.at) < status.at:
            yield f"{place} > in_reply_to: {status.in_reply_to!r} is no earlier status; write the id of one"


def _twice(sort: str, ids: Sequence[int | str]) -> Iterator[str]:
    for name in sorted({str(i) for i in ids if ids.count(i) > 1}):
        yield f"{sort} > id: {name} is used twice; give each its own"


def _disorder(place: str, instants: list[tuple[int, Any]]) -> Iterator[str]:
    for (_, before), (name, after) in pairwise(instants):
        if not before < after:
            yield f"{place}: {name} does not come after the one above it; sort them by time, no two at once"


def _dangling_copies(sites: dict[str, Site]) -> Iterator[tuple[str, str]]:
    for name, site in sites.items():
        for post in site.posts if isinstance(site, WordPress) else ():
            if post.copy_of is not None and _article(sites, post.copy_of) is None:
                yield name, f"posts (id {post.id}) > copy_of: {post.copy_of!r} is no article; write <site>/post-<id>"


def _article(sites: dict[str, Site], ref: str) -> Article | None:
    name, _, key = ref.partition("/")
    site = sites.get(name)
    articles = site.posts if isinstance(site, WordPress) else []
    return next((post for post in articles if f"post-{post.id}" == key), None)


def _with_copies(site: Site, sites: dict[str, Site]) -> Site:
    """The site with each copied article written out."""
    if not isinstance(site, WordPress):
        return site
    posts = []
    for post in site.posts:
        original = _article(sites, post.copy_of) if post.copy_of else None
        if original is not None:
            post = post.model_copy(update={"text": f"{post.text}\n\n{original.text}".strip()})  # noqa: PLW2901
        posts.append(post)
    return site.model_copy(update={"posts": posts})
