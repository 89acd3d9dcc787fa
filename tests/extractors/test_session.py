"""Secrets: what is asked for, where they travel, and that they stay nowhere."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime

import pytest

from extractors.captures import newest, read_rows
from extractors.collect import client_of, collect, plan, probe, takes_secrets
from extractors.fetch import FetchError
from extractors.session import secrets_of
from extractors.source import Credentials, Login, Page, PostDraft, Request, source_module
from extractors.veil import Veil

DAY = date(2026, 10, 14)
USER, PASSWORD, TOKEN, KEY = "operator.example", "pass word&1", "eyJ0b2tlbg.one", "k3y/of+ours="
SECRETS = {"OUIDIRE_SECRET_SKY_USER": USER, "OUIDIRE_SECRET_SKY_PASSWORD": PASSWORD}


def parse(request, response, window):
    """Posts of [{"id", "text"}], and a next page."""
    found = response.json()
    posts = tuple(
        PostDraft(native_id=str(item["id"]), instance="sky.example", kind="post", text=item["text"],
                  created_at=datetime(2026, 10, 14, 8, tzinfo=UTC))
        for item in found["posts"]
    )  # fmt: skip
    return Page(posts=posts, next_requests=(Request(url=found["next"]),) if found.get("next") else ())


@pytest.fixture
def sky(web, settings, brands_of, limits, play, reply, monkeypatch):  # noqa: PLR0917
    """A source behind a login; `sky(...)` runs its night."""
    host = [web.host]
    play(
        declared={"secrets": ("user", "password"), "optional_secrets": ("key",)},
        seed=lambda query, window: [Request(url=f"{query.url}/posts?page=1")],
        parse=parse,
        login=lambda query, secrets: Login(url=f"{query.url}/login", json=dict(secrets), basic=("app", PASSWORD)),
        credentials=lambda query, secrets, answer: Credentials(
            hosts=tuple(host),
            headers={"Authorization": f"Bearer {answer.json()['token']}"},
            params={"key": secrets.get("key", "nokey")},
        ),
    )
    brands = brands_of(f'id: sky, type: mastodon, url: "{web.base}"', private=(web.host,))
    web.says("/login", reply(json.dumps({"token": TOKEN})))

    def run(variables=SECRETS, hosts=None, **told):
        host[:] = hosts or [web.host]
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return collect(settings, brands, plan(brands, DAY), limits=limits, **told)[0]

    run.brands = brands
    return run


def page(*ids, following=None):
    return json.dumps({"posts": [{"id": n, "text": f"le mot {n}"} for n in ids], "next": following})


def authorized(web):
    return [path for path, headers in web.asked if "authorization" in headers and not path.startswith("/login")]


def test_without_its_secret_a_source_is_not_asked(web, sky):
    outcome = sky(variables={})
    assert (outcome.state, outcome.covered_from_at, web.asked) == ("not_asked", None, [])
    assert "OUIDIRE_SECRET_SKY_USER and OUIDIRE_SECRET_SKY_PASSWORD" in outcome.reason
    assert "ouidire_sky" in outcome.reason


def test_one_login_serves_every_page(web, sky, reply):
    web.says("/posts?page=1&key=nokey", reply(page(1, following=f"{web.base}/posts?page=2")))
    web.says("/posts?page=2&key=nokey", reply(page(2)))
    outcome = sky()
    assert (outcome.state, outcome.post_count) == ("complete", 2)
    assert web.count("/login") == 1
    assert json.loads(web.sent[0]) == {"user": USER, "password": PASSWORD}
    assert len(authorized(web)) == 2
    assert web.count("/robots.txt") == 0, "an interface asked with the operator's own key is not crawled"


def test_a_session_that_ends_is_renewed_once(web, sky, reply):
    first = "/posts?page=1&key=nokey"
    web.says(first, reply("", 401), reply(page(1, following=f"{web.base}/posts?page=2")))
    web.says("/posts?page=2&key=nokey", reply('{"error":"ExpiredToken"}', 400), reply(page(2)))
    assert (sky().state, web.count("/login")) == ("complete", 3)
    web.says(first, reply("", 401))
    outcome = sky(refetch=True)
    assert (outcome.state, web.count("/login")) == ("forbidden", 5)


def test_a_refused_login_is_not_tried_again(web, sky, reply):
    web.says("/login", reply("no", 403))
    outcome = sky()
    assert (outcome.state, web.count("/login")) == ("forbidden", 1)
    assert "check its secrets: OUIDIRE_SECRET_SKY_USER" in outcome.reason
    web.says("/login", reply(json.dumps({"tok": TOKEN})))
    outcome = sky()
    assert outcome.state == "drifted"
    assert "(KeyError)" in outcome.reason


def test_a_login_is_not_sent_where_a_redirect_says(web, sky, reply):
    web.says("/login", reply("", 307, {"Location": f"{web.base}/elsewhere"}))
    assert sky().state == "forbidden"
    assert web.count("/elsewhere") == 0


@pytest.mark.parametrize("hosts", [["other.example"], ["127.0.0.1"]], ids=["another host", "another port"])
def test_credentials_go_to_their_hosts_only(web, sky, reply, hosts):
    web.says("/posts?page=1", reply(page(1)))
    assert sky(hosts=hosts).state == "complete"
    assert authorized(web) == []


def test_a_redirect_to_another_host_drops_them(web, sky, reply):
    elsewhere = web.base.replace("127.0.0.1", "localhost")
    web.says("/posts?page=1&key=nokey", reply("", 302, {"Location": f"{elsewhere}/moved?page=1&key=nokey"}))
    web.says("/moved?page=1", reply(page(1)))
    brands = sky.brands.model_copy(
        update={"settings": sky.brands.settings.model_copy(update={"private_hosts": ["127.0.0.1", "localhost"]})}
    )
    sky.brands.__dict__.update(brands.__dict__)
    assert sky().state == "complete"
    assert authorized(web) == ["/posts?page=1&key=nokey"]


def test_no_secret_is_kept_or_shown(web, sky, reply, settings, caplog):
    caplog.set_level(logging.DEBUG)
    wire = "/posts?page=1&key=k3y%2Fof%2Bours%3D"
    echo = {"posts": [{"id": 1, "text": f"bonjour {TOKEN}"}], "next": f"{web.base}/posts?page=2&key=k3y%2Fof%2Bours%3D"}
    web.says(wire, reply(json.dumps(echo), headers={"Link": f"<{web.base}{wire}>; rel=next"}))
    web.says(wire.replace("=1", "=2"), reply("", 500, {"X-RateLimit-Reset": KEY}))
    outcome = sky(SECRETS | {"OUIDIRE_SECRET_SKY_KEY": f"{KEY}\n"})
    assert (outcome.state, outcome.request_count) == ("truncated", 2), outcome.reason
    assert [path for path, _ in web.asked][-1].endswith("page=2&key=k3y%2Fof%2Bours%3D"), "it did travel"
    rows = [row for path in settings.captures.rglob("*.parquet") for row in read_rows(path)]
    assert len(rows) == 2
    assert rows[0]["url"] == f"{web.base}/posts?page=1"
    shown = [repr(rows), repr(outcome), caplog.text, *(p.read_text("latin-1") for p in settings.home.rglob("*.json"))]
    for secret in (PASSWORD, TOKEN, KEY, "k3y%2Fof%2Bours%3D", "pass%20word", "eyJ0b2tlbg"):
        assert not [words for words in shown if secret in words], secret
    assert [c.status for c in newest(settings, DAY, "sky")] == [200]


def test_errors_hide_what_travelled(client, web):
    veil = Veil(Credentials(hosts=("127.0.0.1:1",), params={"key": KEY}, headers={"X-Key": f"{TOKEN}\n"}), (PASSWORD,))
    for url in ("http://127.0.0.1:1/a", "http://nowhere.invalid/a"):
        with pytest.raises(FetchError) as error:
            client(private=("127.0.0.1",)).get(url, veil=veil)
        assert not [secret for secret in (KEY, TOKEN, "k3y") if secret in str(error.value)]
    assert KEY not in repr(veil)


def test_probe_and_replay_without_secrets(web, sky, reply, settings, limits, monkeypatch):  # noqa: PLR0917
    config = sky.brands.source("sky")
    with client_of(settings, sky.brands, limits) as client:
        assert probe(settings, sky.brands, config, DAY, client=client)[0] == "not_asked"
    web.says("/posts?page=1&key=nokey", reply(page(1, following=f"{web.base}/posts?page=2")))
    web.says("/posts?page=2&key=nokey", reply("", 500))
    assert sky().state == "truncated"
    for name in SECRETS:
        monkeypatch.delenv(name)
    asked = len(web.asked)
    outcome = sky(variables={})
    assert (outcome.state, outcome.post_count, len(web.asked)) == ("truncated", 1, asked)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"login": "u", "password": "p"}, {"user": "u", "password": "p"}),
        ({"user": "u", "password": "p", "key": "k"}, {"user": "u", "password": "p", "key": "k"}),
        ({"password": "p"}, {"password": "p"}),
        ({}, {}),
    ],
)
def test_a_connection_fills_what_the_environment_does_not(sky, settings, monkeypatch, given, expected):
    source = source_module("mastodon")
    assert secrets_of(settings, source, "sky", given) == expected
    monkeypatch.setenv("OUIDIRE_SECRET_SKY_PASSWORD", "mine")
    assert secrets_of(settings, source, "sky", given) == expected | {"password": "mine"}
    assert takes_secrets(sky.brands, ["sky"]) == ["sky"]
