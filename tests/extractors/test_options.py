"""Options of brands.yml: every one that is read is declared, every one declared is documented, any other is refused."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from extractors.collect import batches, collect, import_file, plan
from extractors.parse import parse_partition
from extractors.review_page import FIELDS
from extractors.source import option_problems, query_of, source_module, window_of
from ouidire import lake
from ouidire.brands import load_brands, source_types
from ouidire.records import Outcome, Post

DAY = date(2026, 10, 14)
ROOT = Path(__file__).resolve().parents[2]
DECLARED = {name: source_module(name).SOURCE for name in sorted(source_types())}
FILES = sorted((ROOT / "extractors").rglob("*.py"))
COMMON = {"lookback_days", "max_requests", "observe_requests", "rate", "daily_quota", "empty_pages"}
SHARED = {"forum_page.py": {"forum"}, "presets.py": {"file"}}
"""Modules outside sources/ that read options -> the types they read them for; else the runner's, for all."""


def read_in(path: Path) -> set[str]:
    """Options that a module asks for: `option(query, "name")`, `option("name", ...)`, `options.get("name")`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_asked = node.func.attr == "option" or ast.unparse(node.func).endswith("options.get")
            strings = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            found.update(strings[:1] if is_asked else [])
    return found


@pytest.mark.parametrize("path", [path for path in FILES if read_in(path)], ids=lambda path: path.name)
def test_every_option_that_is_read_is_declared(path):
    types = {path.stem} if path.parent.name == "sources" else SHARED.get(path.name)
    names = read_in(path)
    for one in types or ():
        assert names <= DECLARED[one].known_options.keys(), one
    assert types or names <= COMMON


def test_the_reading_is_seen():
    assert {"comment_days", "full_text", "kind", "paged"} <= read_in(ROOT / "extractors/sources/feed.py")
    assert "preset" in read_in(ROOT / "extractors/presets.py")


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_every_declared_option_is_read(name):
    own = [path for path in FILES if path.stem == name or name in SHARED.get(path.name, ())]
    looped = FIELDS if name == "reviews" else ()  # read by a loop over them
    assert DECLARED[name].options.keys() <= {one for path in own for one in read_in(path)} | set(looped)


def documented() -> dict[str, dict[str, object]]:
    """docs/brands.md: type, or '' for all -> option -> value where none is given (... = each type's own)."""
    page = (ROOT / "docs/brands.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, object]] = {}
    owner = ""
    for line in page.partition("## Options of a source")[2].partition("\n## ")[0].splitlines():
        cells = line.split(" | ")
        if len(cells) == 3 and "`" in cells[1]:
            named = re.search(r"`(\w+)`", cells[0])
            owner = "" if cells[0].startswith("| all") else named[1] if named else owner
            told = re.findall(r"`(\w+)(?:: ([^`]*))?`", cells[1])
            found.setdefault(owner, {}).update({n: yaml.safe_load(v) if v else ... for n, v in told})
    return found


def test_the_page_tells_what_is_declared():
    told = documented()
    common = told.pop("")
    assert told == {name: dict(one.options) for name, one in DECLARED.items() if one.options}
    assert common.keys() == COMMON
    for one in DECLARED.values():
        shared = {name: value for name, value in one.known_options.items() if name not in one.options}
        assert all(common[name] in (..., value) for name, value in shared.items())


@pytest.mark.parametrize(
    ("type_", "options", "words"),
    [
        ("feed", "{full_text: true, rate: 2, lookback_days: 3}", []),
        ("feed", "{fulltext: true}", ["option 'fulltext' is unknown; known: comment_days, empty_pages, full_text, "]),
        ("mastodon", "{token: a}", ["option 'token' is unknown; known: batch, "]),
        ("mastodon", "{empty_pages: 3}", ["option 'empty_pages' is unknown"]),
        ("mastodon", "{daily_quota: 3}", ["option 'daily_quota' is unknown"]),
        (
            "file",
            "{lookback_days: 3}",
            ["option 'lookback_days' is unknown; known: kind, preset, rating_max, timezone"],
        ),
        ("file", "{preset: generic, kind: review, rating_max: 5, timezone: Europe/Paris}", []),
        ("file", '{preset: "", kind: post, rating_max: 1, timezone: UTC}', []),
        (
            "file",
            "{preset: foo, kind: reviews}",
            ["option preset is 'foo'; write one of brandwatch, ", "kind is 'reviews'"],
        ),
        ("file", "{timezone: Mars}", ["option timezone is 'Mars'; write a time zone such as Europe/Paris or UTC in"]),
        ("file", "{rating_max: 0}", ["option rating_max is 0; write a number of 1 or more in brands.yml"]),
        (
            "forum",
            "{timezone: Mars}",
            ["option timezone is 'Mars'; write a time zone such as Europe/Paris or UTC+02:00"],
        ),
        ("reviews", "{timezone: GMT-3}", []),
        ("feed", "{kind: artcle}", ["option kind is 'artcle'; write one of answer, article, "]),
        (
            "lemmy",
            "{api: v5, listing: al}",
            ["api is 'v5'; write one of v3, v4 in", "listing is 'al'; write one of all, "],
        ),
        (
            "feed",
            "{lookback_days: 9999999}",
            ["lookback_days is 9999999; write a number from 0 to 36500 in brands.yml"],
        ),
        ("feed", "{lookback_days: -3, comment_days: -1}", ["lookback_days is -3; write", "comment_days is -1; write"]),
        ("feed", "{max_requests: 0}", ["option max_requests is 0; write a number of 1 or more"]),
        (
            "feed",
            "{rate: 0, empty_pages: 0}",
            ["rate is 0; write a number from 0.0001 to 1000 in", "empty_pages is 0"],
        ),
        ("feed", "{rate: .nan, empty_pages: 3}", ["option rate is "]),
        ("reddit", "{observe_requests: 0, more_requests: 0, thread_days: 0, lookback_days: 0}", []),
        ("youtube", "{daily_quota: 0, search_pages: 0}", ["daily_quota is 0; write", "search_pages is 0; write"]),
        ("feed", "{full_text: yess}", ["option full_text is 'yess'; write true or false in brands.yml"]),
        ("feed", "{full_text: 1, paged: x}", ["full_text is 1; write true or false", "option paged is 'x'"]),
        ("feed", "{comment_days: 1.5}", ["option comment_days is 1.5; write a whole number, such as 7, in"]),
        ("feed", "{rate: fast}", ["option rate is 'fast'; write a number, such as 1.0, in brands.yml"]),
        ("lemmy", "{api: 4}", ['option api is 4; write a word in quotes, such as "v3", in brands.yml']),
        ("forum", "{timezone: 2}", ["option timezone is 2; write words in quotes in brands.yml"]),
        ("reviews", "{post: .a, permalink: a, page_count: 3, empty_pages: 3}", []),
        ("youtube", "{daily_quota: 3}", []),
    ],
)
def test_an_option_that_is_none_is_named(brands_of, type_, options, words):
    rest = "columns: {text: a}" if type_ == "file" else 'url: "https://a.example"'
    (source,) = brands_of(f"id: s, type: {type_}, {rest}, options: {options}").sources
    found = option_problems(source)
    assert len(found) == len(words)
    assert all(part in problem for part, problem in zip(words, found, strict=True))


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_most_days_that_are_allowed_can_be_asked_for(brands_of, name):
    """And days by the million end no plan: what is wrong with them is the job's outcome."""
    rest = "columns: {text: a}" if name == "file" else 'url: "https://a.example"'
    days = [option for option in DECLARED[name].known_options if option.endswith("_days")]
    for count, is_wrong in ((36_500, False), (9_999_999, bool(days))):
        options = ", ".join(f"{option}: {count}" for option in days)
        brands = brands_of(f'id: s, type: {name}, {rest}, queries: ["12"], options: {{{options}}}')
        assert bool(option_problems(brands.source("s"))) == is_wrong
        assert len(batches(brands, plan(brands, DAY))) == (name != "file")
        if not is_wrong:
            source_module(name).seed(query_of(brands.source("s"), "12"), window_of(brands, "s", DAY))


def cases():
    for path in sorted((ROOT / "tests/extractors/fixtures").glob("*/cases.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            if case.get("options"):
                yield pytest.param(path.parent.name, case["options"], id=f"{path.parent.name} {case['name']}")


@pytest.mark.parametrize(("name", "options"), list(cases()))
def test_options_of_fixtures_are_declared(name, options):
    assert options.keys() <= DECLARED[name].known_options.keys()


def test_the_sample_has_no_other():
    assert not [words for one in load_brands(ROOT / "sample/brands.yml").sources for words in option_problems(one)]


def test_a_run_says_so_and_goes_on(web, settings, brands_of, limits, reply):
    web.says("/feed.xml", reply("<rss version='2.0'><channel/></rss>"))
    brands = brands_of(
        f'id: bad, type: feed, url: "{web.base}/feed.xml", options: {{fulltext: true}}',
        f'id: good, type: feed, url: "{web.base}/feed.xml", options: {{full_text: true}}', private=(web.host,),
    )  # fmt: skip
    bad, good = collect(settings, brands, plan(brands, DAY), limits=limits)
    assert (bad.state, good.state) == ("not_asked", "empty")
    assert "source 'bad': option 'fulltext' is unknown; known: " in bad.reason


NIGHT = """<rss version="2.0"><channel><title>a</title><item><guid>1</guid><title>Titre</title>
<description>Un avis sur mon mug</description><pubDate>Wed, 14 Oct 2026 10:00:00 GMT</pubDate></item>
<item><guid>0</guid><title>Avant</title><pubDate>Thu, 01 Oct 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.mark.parametrize(
    "options",
    [
        "comment_days: x",
        "full_text: yess",
        "kind: 3",
        "kind: artcle",
        "lookback_days: x",
        "lookback_days: 9999999",
        "a: 1",
    ],
)
def test_a_wrong_option_takes_no_post_away(web, settings, brands_of, limits, reply, options):  # noqa: PLR0917
    """How to read what landed is not known then: what was read before stays, and the outcome says why."""
    web.says("/feed.xml", reply(NIGHT))

    def night(words):
        brands = brands_of(
            f'id: blog, type: feed, url: "{web.base}/feed.xml", options: {{{words}}}', private=(web.host,)
        )
        collect(settings, brands, plan(brands, DAY), limits=limits)
        counts = parse_partition(settings, brands, DAY, "blog")
        (outcome,) = lake.read_rows(settings, DAY, "blog", Outcome, "outcomes")
        posts = list(lake.read_rows(settings, DAY, "blog", Post, "posts"))
        assert outcome.post_count == counts["posts"] == len(posts)
        return outcome, posts

    before, posts = night("")
    assert (before.state, len(posts)) == ("complete", 1)
    for _ in range(2):
        outcome, kept = night(options)
        assert (outcome.state, kept) == ("not_asked", posts)
        assert outcome.reason.startswith("source 'blog': option ")
    after, kept = night("")
    assert (after.state, after.reason, kept) == ("complete", before.reason, posts)


def test_what_landed_and_was_never_read_is_no_silence(settings, brands_of, tmp_path):
    brands = brands_of("id: tool, type: file, columns: {text: body}")
    (tmp_path / "a.csv").write_bytes(b"body\nBof\n")
    import_file(settings, brands, "tool", tmp_path / "a.csv", DAY)
    brands = brands_of("id: tool, type: file, columns: {text: body}, options: {preset: foo}")
    parse_partition(settings, brands, DAY, "tool")
    (outcome,) = lake.read_rows(settings, DAY, "tool", Outcome, "outcomes")
    assert (outcome.state, outcome.post_count) == ("not_asked", 0)
    assert outcome.reason.startswith("source 'tool': option preset is 'foo'; write one of ")
