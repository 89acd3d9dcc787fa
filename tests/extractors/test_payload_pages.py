"""Recorded pages of forums, shops and review sites (../shared/payloads) against labels and counts made by people."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml
from bs4 import BeautifulSoup

from extractors.paging import pages_of
from extractors.source import DriftError, Page, Query, Request, Response, Window, source_module
from extractors.text import decoded, document

EVER = Window(date(2027, 1, 1), 20_000)
COUNTS = yaml.safe_load(Path(__file__).with_name("html_counts.yml").read_text(encoding="utf-8"))
_ORIGIN = re.compile(r"(?P<name>\S+)\s+<-\s+(?:\S+\s+)?(?P<url>https?://\S+)(?: enc=\S+ NEXT=(?P<next>.*?) PAGE=.*)?$")


def origins(folder: Path) -> dict[str, re.Match[str]]:
    """Where each file came from, by its name, as SOURCE.txt says."""
    lines = (folder / "SOURCE.txt").read_text(encoding="utf-8").splitlines()
    return {found["name"]: found for line in lines if (found := _ORIGIN.match(line))}


def parsed(name: str, path: Path, step: str) -> Page | None:
    """What a source makes of a page; None after drift."""
    origin = origins(path.parent).get(path.name)
    url = origin["url"] if origin else "https://page.example/"
    response = Response(
        url=url, status=200, headers={}, body=path.read_bytes(), fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        query=Query(source_id="x", url="/".join(url.split("/")[:3]), text=""),
    )  # fmt: skip
    try:
        return source_module(name).parse(Request(url=url, context={"step": step, "page": "1"}), response, EVER)
    except DriftError:
        return None


@pytest.mark.parametrize("entry", COUNTS, ids=lambda entry: entry["file"])
def test_messages_are_those_that_a_person_counts(shared, entry):
    path = shared / "payloads" / entry["file"]
    if not path.exists():
        pytest.skip(f"{entry['file']} is not among the recorded pages here")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"], "another page than the one counted"
    page = parsed("forum", path, "topic")
    found = len(page.posts) if page else 0
    if entry["file"].endswith("autopager_42.html"):  # its dates are of the Persian calendar: refused, not guessed
        assert (found, len(page.refused)) == (0, entry["posts"])
        return
    assert found == entry["posts"]
    assert all(post.author and post.text for post in page.posts)


def test_next_pages_are_those_of_the_labels(shared):
    """Precision and recall of the next-page link; a label left empty although the page has the link is told apart."""
    folder = shared / "payloads/html_forums"
    right, wrong, missed = [], [], []
    for name, origin in origins(folder).items():
        if origin["next"] is None or not (folder / name).exists():
            continue
        text = decoded((folder / name).read_bytes(), "")
        wanted = labelled(text, origin)
        found = pages_of(document(text), origin["url"]).next_url
        (right if found in wanted else wrong if found else missed if wanted else []).append(name)
    print(f"next page: {len(right)} right, {wrong} wrong, {missed} missed")
    assert len(right) >= 10
    assert wrong == ["autopager_63.html"], "its button 'Suivante' was not labelled; any other is a fault"
    assert missed == []


def labelled(text: str, origin: re.Match[str]) -> set[str]:
    """Addresses of the elements that the label's selector names."""
    selector = origin["next"].strip()
    elements = BeautifulSoup(text, "lxml").select(selector) if selector else []
    links = [part if part.name == "a" else part.find_parent("a") or part.find("a") for part in elements]
    return {urljoin(origin["url"], link["href"]) for link in links}


def test_reviews(shared):
    """Share of pages that give text, stars and a date; most have an average only, which is nobody's words."""
    folder = shared / "payloads/html_reviews"
    table = {path.name: parsed("reviews", path, "page") for path in sorted(folder.glob("*.html"))}
    posts = {name: page.posts for name, page in table.items() if page and page.posts}
    rated = [name for name, found in posts.items() if any(post.rating is not None for post in found)]
    print(f"{len(table)} pages: {len(posts)} with text and date, {len(rated)} with stars too")
    print(*((name, len(found)) for name, found in posts.items()), sep="\n")
    assert len(posts) >= 5
    assert len(rated) >= 4
    assert len(posts["www.campingworld.com-3.html"]) == 35
    assert all(0 <= post.rating <= 1 for found in posts.values() for post in found if post.rating is not None)


@pytest.mark.parametrize("name", ["forum", "reviews"])
def test_structured_data(shared, name):
    """Valid or not, each sample is read or is drift."""
    files = [path for path in sorted((shared / "payloads/structured_data").iterdir()) if path.suffix != ".txt"]
    read = {
        path.name: parsed(name, path, step) for path in files for step in ("page" if name == "reviews" else "topic",)
    }
    assert len(read) > 30
    if name == "reviews":
        assert len(read["schema.org_CreativeWork.001.html"].posts) == 2
