"""What doctor says of settings and sources, and how often it asks a host that does not answer."""

import dataclasses
import socket
from datetime import UTC, datetime

import pytest

from extractors import collect
from extractors.wire import Answer, Wire
from ouidire.doctor import examine
from ouidire.settings import load

BRANDS = """\
settings: {{contact: {contact}, private_hosts: ["127.0.0.1:{port}"]}}
brands: [{{id: tellur, name: Tellur}}]
sources:
{sources}
"""
FEED = '  - {{id: {id}, type: feed, url: "http://127.0.0.1:{port}/{id}", options: {{{options}}}}}'


@pytest.fixture
def port():
    """One on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


@pytest.fixture
def asked(monkeypatch):
    """Addresses that were asked on the wire; nothing waits."""
    found, exchange = [], Wire.exchange
    monkeypatch.setattr(collect, "PROBING", dataclasses.replace(collect.PROBING, backoff_seconds=0.0))
    monkeypatch.setattr(Wire, "exchange", lambda self, ask: found.append(ask.url) or exchange(self, ask))
    return found


@pytest.fixture
def findings(tmp_path, port, asked):
    def run(*options, contact="me@a.example"):
        sources = "\n".join(FEED.format(id=f"s{n}", port=port, options=words) for n, words in enumerate(options))
        text = BRANDS.format(contact=contact, port=port, sources=sources)
        (tmp_path / "brands.yml").write_text(text, encoding="utf-8")
        made = load({"OUIDIRE_HOME": str(tmp_path / "home"), "OUIDIRE_BRANDS": str(tmp_path / "brands.yml")})
        return list(examine(made))

    return run


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("fulltext: true", "option 'fulltext' is unknown; known: comment_days, "),
        ("full_text: yess", "option full_text is 'yess'; write true or false in brands.yml"),
        ("lookback_days: 9999999", "option lookback_days is 9999999; write a number from 0 to 36500 in brands.yml"),
        ("rate: 0", "option rate is 0; write a number from 0.0001 to 1000 in brands.yml"),
    ],
)
def test_an_option_has_its_own_remedy_and_nobody_is_asked(findings, asked, options, words):
    (told,) = [one for one in findings(options) if one.subject == "source s0"]
    assert (told.level, told.words.startswith(words), "make up" in told.words) == ("bad", True, False)
    assert asked == []


def test_a_host_that_refuses_is_asked_once(findings, asked):
    told = [one for one in findings("", "", "") if one.subject.startswith("source ")]
    assert [one.level for one in told] == ["bad"] * 3
    assert all("refused" in one.words and "start it" in one.words for one in told)
    assert len(asked) == collect.PROBING.tries <= 2


@pytest.mark.parametrize(
    ("contact", "is_missing"),
    [('""', True), ('"  "', True), ("", True), ("https://example.org/ouidire", True), ("me@a.example", False)],
)
def test_a_blank_contact_is_a_missing_one(findings, contact, is_missing):
    told = [one.words for one in findings("fulltext: 1", contact=contact) if one.subject == "settings"]
    assert ["add contact: your address" in words for words in told] == [True] * is_missing


def test_a_first_page_is_told_as_that_of_yesterday(findings, asked, monkeypatch):
    def answer(self, ask):
        body = b"" if ask.url.endswith("robots.txt") else b"<rss version='2.0'><channel/></rss>"
        return Answer(ask.url, 200, {}, body, len(body), datetime.now(UTC))

    monkeypatch.setattr(Wire, "exchange", answer)
    (told,) = [one for one in findings("") if one.subject == "source s0"]
    assert told.words == "answers: 0 posts of yesterday, 0 further addresses on its first page"
