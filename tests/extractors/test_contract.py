"""Every source has a declaration, and a fixture folder whose cases its parser is held against.

A case of `fixtures/<name>/cases.yml`: `body` (a file beside it) or `text`, where it came from, and what must come out.
Only the fields that a case names are compared; the number of posts always is.
"""

from __future__ import annotations

import dataclasses
import inspect
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.source import DriftError, Query, Request, Response, SourceType, Window, source_module
from ouidire.brands import source_types

FIXTURES = Path(__file__).parent / "fixtures"
KINDS = {"post", "review", "comment", "topic", "reply", "question", "answer", "article", "episode_turn"}
CASES = [
    pytest.param(path.parent.name, case, id=f"{path.parent.name}: {case['name']}")
    for path in sorted(FIXTURES.glob("*/cases.yml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("name", sorted(source_types()))
def test_source_is_declared(name):
    module = source_module(name)
    declared = module.SOURCE
    assert isinstance(declared, SourceType)
    assert declared.url.startswith("https://")
    assert declared.terms_url.startswith("https://")
    assert declared.kind in KINDS
    assert declared.rate > 0
    assert declared.expected_per_day[0] <= declared.expected_per_day[1]
    assert inspect.getdoc(module), "the docstring tells the source's habits"
    assert list(inspect.signature(module.seed).parameters) == ["query", "window"]
    assert list(inspect.signature(module.parse).parameters) == ["request", "response", "window"]


@pytest.mark.parametrize("name", sorted(source_types()))
def test_source_has_cases(name):
    path = FIXTURES / name / "cases.yml"
    assert path.exists(), f"write {path} with at least one page of the source, in its format and in your own words"
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert any(case.get("posts") for case in cases), "one case at least must give posts"
    assert any("drift" in case or case.get("refused") for case in cases), "one case at least must go wrong"


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_fixture_belongs_to_a_source(name):
    assert name in source_types()


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name, case):
    module = source_module(name)
    query = Query(
        source_id="place",
        url=case.get("source_url", "https://place.example"),
        text=case.get("query", ""),
        options=case.get("options", {}),
        columns=case.get("columns", {}),
    )
    window = Window(date.fromisoformat(case.get("day", "2026-10-14")), case.get("lookback_days", 0))
    body = (FIXTURES / name / case["body"]).read_bytes() if "body" in case else case["text"].encode()
    response = Response(
        url=case.get("url", query.url), status=200, body=body, query=query,
        headers=case.get("headers", {}), fetched_at=datetime(2026, 10, 15, 2, tzinfo=UTC),
    )  # fmt: skip
    seeds = module.seed(query, window)
    request = (
        seeds[0] if "context" not in case and seeds else Request(url=response.url, context=case.get("context", {}))
    )
    if "drift" in case:
        with pytest.raises(DriftError, match=case["drift"]):
            module.parse(request, response, window)
        return
    page = module.parse(request, response, window)
    assert [r.url for r in page.next_requests] == case.get("next", [])
    assert len(page.refused) == len(case.get("refused", [])), page.refused
    for refused, words in zip(page.refused, case.get("refused", []), strict=True):
        assert words in f"{refused.item}: {refused.reason}"
    assert len(page.withheld) == case.get("withheld", 0)
    for fact in ("deleted", "wait_seconds", "is_quota_spent", "is_capped", "is_end", "listed_from"):
        told = getattr(page, fact)
        assert fact not in case or (list(told) if isinstance(told, tuple) else _plain(told)) == case[fact], fact
    assert len(page.posts) == len(case.get("posts", [])), [p.text[:60] for p in page.posts]
    for post, expected in zip(page.posts, case.get("posts", []), strict=True):
        assert _seen(post, expected) == expected


def _seen(post: Any, expected: dict[str, Any]) -> dict[str, Any]:
    told = dataclasses.asdict(post)
    author = told.pop("author") or {}
    told |= {f"author_{field}": value for field, value in author.items()} | {"author": author.get("handle")}
    return {field: _plain(told[field]) for field in expected}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def test_seed_and_parse_touch_no_network_and_no_clock():
    for name in source_types():
        code = inspect.getsource(inspect.getmodule(source_module(name).parse))
        assert "datetime.now" not in code
        assert "requests" not in [word for line in code.splitlines() if "import" in line for word in line.split()]
