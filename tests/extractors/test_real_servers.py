"""Real WordPress, FlaskBB, Bluesky, mastodon-mock, podcast host of ../shared/servers: each public marker is one row.

Each server is booted by its own boot.sh into a folder of its own and ended after; one that answers is used as it is.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from extractors.collect import client_of, collect, plan, probe
from extractors.fetch import Limits
from extractors.parse import parse_partition
from ouidire import lake, supervise
from ouidire.records import Post
from ouidire.settings import load
from warehouse.connect import open_published

pytestmark = pytest.mark.slow

WORDPRESS_PACKAGES = (
    "wordpress wordpress-l10n wordpress-theme-twentytwentythree mariadb-server php-cli php-mysql php-xml php-mbstring"
)
MARKER = re.compile(r"\[([0-9a-f]{8})\]")
LONG = "options: {lookback_days: 450}"
"""The corpus is spread over 400 days: one look-back brings them all."""


def answers(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture(scope="module")
def boot(shared):
    """Boot a server and wait for its port; end everything that was started."""
    run = Path(tempfile.mkdtemp(prefix="ouidire-servers-"))
    run.chmod(0o755)
    started, at_end = [], []

    def booted(command, port, patience=300):
        if answers(port):
            return
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with (run / f"{port}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command], env={**os.environ, "SERVERS_RUN": str(run), "PATH": path},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        started.append(process)
        ends_at = time.monotonic() + patience
        while not answers(port):
            said = (run / f"{port}.log").read_text(errors="replace")[-2000:]
            if process.poll() is not None or time.monotonic() > ends_at:
                pytest.fail(f"{command} does not answer on port {port}:\n{said}")
            time.sleep(0.5)

    booted.run, booted.at_end = run, at_end
    yield booted
    pid = run / "mysql" / "pid"
    for process in started:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    for end in at_end:
        end()
    if pid.exists():
        os.kill(int(pid.read_text()), signal.SIGTERM)
        time.sleep(2)
    shutil.rmtree(run, ignore_errors=True)


@pytest.fixture(scope="module")
def wordpress(boot, shared):
    """WordPress with its database; its Debian packages are installed when they are not there."""
    if not Path("/usr/share/wordpress").is_dir() and not answers(5056):
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            pytest.skip(f"needs root and apt, or: apt-get install {WORDPRESS_PACKAGES}")
        subprocess.run(["apt-get", "update", "-q"], check=True, capture_output=True)
        install = ["apt-get", "install", "-qy", "--no-install-recommends", *WORDPRESS_PACKAGES.split()]
        subprocess.run(
            install, check=True, capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
    boot(["bash", shared / "servers/wordpress/boot.sh"], 5056)


@pytest.fixture(scope="module")
def corpus(shared):
    """Markers of the corpus: public, hidden (pending or spam) and pingbacks on WordPress."""
    spec = importlib.util.spec_from_file_location("seed_corpus", shared / "servers/seed_corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {"public": set(), "hidden": set(), "pingback": set()}
    for thread in module.threads():
        for place, post in enumerate(thread["posts"]):
            is_hidden = place and (place % 11 == 7 or place % 13 == 9)
            sort = "hidden" if is_hidden else "pingback" if place and place % 17 == 15 else "public"
            found[sort].add(MARKER.findall(post["text"])[-1])
    return found


@pytest.fixture
def listen(settings, brands_of):
    """Collect and parse a source on some days; give its rows, one a post_id, and the outcomes."""

    def run(source, days=None):
        brands = brands_of(source, private=("127.0.0.1",))
        source_id = brands.sources[0].id
        with client_of(settings, brands) as client:
            assert probe(settings, brands, brands.sources[0], datetime.now(UTC).date(), client=client)[0] == "complete"
        rows, outcomes = {}, []
        for day in days or [datetime.now(UTC).date()]:
            outcomes += collect(settings, brands, plan(brands, day))
            parse_partition(settings, brands, day, source_id)
            rows |= {post.post_id: post for post in lake.read_rows(settings, day, source_id, Post, "posts")}
        return rows, outcomes

    return run


def markers(rows):
    return Counter(marker for row in rows.values() for marker in set(MARKER.findall(row.text)))


def test_wordpress_has_every_public_marker_once(wordpress, listen, corpus):
    rows, outcomes = listen(f'id: wp, type: wordpress, url: "http://127.0.0.1:5056", {LONG}')
    found = markers(rows)
    assert {m for m in corpus["public"] if found[m] == 1} == corpus["public"]
    assert not corpus["hidden"] & found.keys(), "pending and spam never"
    assert max(found.values()) == 1
    assert {outcome.state for outcome in outcomes} == {"truncated"}, "today is not over"
    comments = [row for row in rows.values() if row.kind == "comment"]
    assert all(row.thread_title and row.parent_id and row.thread_id in rows for row in comments)
    assert any(row.parent_id != row.thread_id for row in comments)


def test_wordpress_day_by_day_is_the_same_as_at_once(wordpress, listen, corpus):
    at_once, _ = listen(f'id: wp, type: wordpress, url: "http://127.0.0.1:5056", {LONG}')
    days = sorted({row.created_at.date() for row in at_once.values()} - {datetime.now(UTC).date()})
    by_day, outcomes = listen('id: daily, type: wordpress, url: "http://127.0.0.1:5056"', days)
    older = {key for key, row in at_once.items() if row.created_at.date() in days}
    assert by_day.keys() == older
    assert {outcome.state for outcome in outcomes} == {"complete"}


def test_wordpress_feed_is_read_to_its_last_page(wordpress, listen):
    articles = "options: {lookback_days: 450, comment_days: 0}"
    rows, outcomes = listen(f'id: feed, type: feed, url: "http://127.0.0.1:5056/feed/", {articles}')
    assert len(rows) == 15
    assert outcomes[0].request_count == 4


def test_flaskbb_has_every_marker_once(boot, shared, listen, corpus):
    boot(["bash", shared / "servers/flaskbb/boot.sh"], 5055)
    rows, _ = listen(f'id: forum, type: forum, url: "http://127.0.0.1:5055", {LONG}')
    found, every = markers(rows), set().union(*corpus.values())
    assert {m for m in every if found[m] == 1} == every
    threads = Counter(row.thread_id for row in rows.values())
    assert all(
        sorted(r.position for r in rows.values() if r.thread_id == t) == list(range(n)) for t, n in threads.items()
    )
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    month_ago = yesterday - timedelta(days=30)
    some, outcomes = listen('id: daily, type: forum, url: "http://127.0.0.1:5055"', [month_ago, yesterday])
    wanted = {
        key for key, row in rows.items() for day in (month_ago, yesterday)
        if day - timedelta(days=1) <= row.created_at.date() <= day
    }  # fmt: skip
    assert some.keys() == wanted
    assert {outcome.state for outcome in outcomes} <= {"complete", "empty"}


def test_the_night_of_the_dags_on_both_servers(boot, shared, wordpress, corpus, tmp_path):
    """The real DAGs, to the published file: each public marker in exactly one post a site.

    Both servers are seeded with the same texts: what is a copy there is a copy of the same marker on the other site.
    """
    boot(["bash", shared / "servers/flaskbb/boot.sh"], 5055)
    brands = tmp_path / "brands.yml"
    brands.write_text(
        'settings: {private_hosts: ["127.0.0.1:5055", "127.0.0.1:5056"]}\n'
        "brands: [{id: novatel, name: Novatel, products: [{id: novatel_box, name: Novatel Box}]}]\nsources:\n"
        f'  - {{id: wp, type: wordpress, url: "http://127.0.0.1:5056", {LONG}}}\n'
        f'  - {{id: forum, type: forum, url: "http://127.0.0.1:5055", {LONG}}}\n',
        encoding="utf-8",
    )
    here = load({"OUIDIRE_HOME": str(tmp_path), "OUIDIRE_BRANDS": str(brands)})
    supervise.run_night(here, datetime.now(UTC).date())
    with open_published(here.published) as con:
        posts = con.execute("SELECT post_id, source, text, duplicate_of FROM core_posts").fetchall()
        mentioning = con.execute("SELECT count(DISTINCT post_id) FROM core_mentions").fetchone()[0]
    said = {post_id: set(MARKER.findall(text)) for post_id, _, text, _ in posts}
    site = {post_id: source for post_id, source, *_ in posts}
    for source, public in (("wp", corpus["public"]), ("forum", set().union(*corpus.values()))):
        found = Counter(marker for post_id in said if site[post_id] == source for marker in said[post_id])
        assert {marker for marker in public if found[marker] == 1} == public
        assert max(found.values()) == 1
        assert source == "forum" or not corpus["hidden"] & found.keys(), "pending and spam never"
    copies = {post_id: original for post_id, _, _, original in posts if original}
    assert all(said[copy] == said[original] and site[copy] != site[original] for copy, original in copies.items())
    assert mentioning > 50


def test_podcast_host_and_its_hostile_area(boot, shared, listen, settings, brands_of):
    boot([sys.executable, shared / "servers/podcast/boot.py", shared / "payloads"], 5060, 30)
    rows, outcomes = listen(
        'id: pod, type: podcast, url: "http://127.0.0.1:5060/feed.xml", options: {lookback_days: 9000}'
    )
    texts = " ".join(row.text for row in rows.values())
    assert "le débit s'est effondré" in texts
    assert {row.thread_title for row in rows.values()} == {"Test boxes 2025", "Novatel, l'épisode", "Moved"} or rows
    assert "1 addresses are gone" in outcomes[0].reason
    quick = Limits(total_seconds=2, tries=1, body_bytes=5_000_000)
    for path, state in (("gz", "truncated"), ("meta", "forbidden"), ("drip", "unreachable")):
        brands = brands_of(
            f'id: {path}, type: feed, url: "http://127.0.0.1:5060/hostile/{path}"', private=("127.0.0.1",)
        )
        (outcome,) = collect(settings, brands, plan(brands, datetime.now(UTC).date() - timedelta(days=1)), limits=quick)
        assert outcome.state == state, outcome.reason


def test_accounts_that_do_not_want_to_be_indexed(boot, shared, listen):
    boot(["bash", shared / "servers/mastomock/boot.sh"], 5059, 120)
    rows, outcomes = listen('id: mock, type: mastodon, url: "http://127.0.0.1:5059"')
    assert rows == {}, "every account of the mock says indexable: false"
    assert "do not want to be indexed" in outcomes[0].reason


FAULTS = [
    ("status", {"type": "status", "status": 500}, None, "unreachable", "answers 500"),
    ("once", {"type": "status", "status": 503}, 1, "empty", None),
    ("rate limit", {"type": "ratelimit"}, None, "blocked", "429"),
    ("short rate limit", {"type": "ratelimit", "headers": {"Retry-After": "1"}}, 1, "empty", None),
    ("malformed", {"type": "malformed"}, None, "drifted", "cannot be read"),
    ("timeout", {"type": "timeout", "delay_ms": 8000}, None, "unreachable", "tag/first"),
    ("latency", {"type": "latency", "delay_ms": 700}, None, "empty", None),
]


@pytest.mark.parametrize(("name", "effect", "count", "state", "words"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_faults_of_a_server(boot, shared, settings, brands_of, name, effect, count, state, words):  # noqa: PLR0917
    """Each ends in its outcome, and the next job goes on."""
    boot(["bash", shared / "servers/mastomock/boot.sh"], 5059, 120)
    control = "http://127.0.0.1:5059/api/v1/_mock/faults"
    requests.delete(control, timeout=10).raise_for_status()
    fault = {"match": {"path": "/api/v1/timelines/tag/first"}, "effect": effect, "count": count}
    requests.post(control, json=fault, timeout=10).raise_for_status()
    brands = brands_of(
        'id: mock, type: mastodon, url: "http://127.0.0.1:5059", queries: [first, second]', private=("127.0.0.1",)
    )
    quick = Limits(read_seconds=2, total_seconds=3, tries=2, backoff_seconds=0.1, retry_after_seconds=5)
    day = datetime.now(UTC).date() - timedelta(days=3000)
    first, second = collect(settings, brands, plan(brands, day), limits=quick)
    requests.delete(control, timeout=10).raise_for_status()
    held = state == "blocked"  # a limit is the host's: nobody asks it anything until that is over
    assert (first.state, second.state) == (state, "blocked" if held else "empty"), (first.reason, second.reason)
    assert words is None or words in first.reason
    for hold in (settings.home / "hosts").glob("*.hold"):
        hold.unlink()
    again, _ = collect(settings, brands, plan(brands, day), limits=quick)
    assert again.state == ("drifted" if name == "malformed" else "empty"), "what landed is kept: drift waits for a fix"


@pytest.fixture(scope="module")
def bluesky(boot, shared):
    """A Bluesky network with its Postgres and Redis, seeded; skipped where these are not installed."""
    if not answers(2583):
        lacking = [name for name in ("redis-server", "psql") if not shutil.which(name)]
        if lacking or os.geteuid() != 0:
            pytest.skip(
                f"needs root and {' '.join(lacking) or 'nothing else'}: apt-get install postgresql redis-server"
            )
        run = Path(boot.run)
        env = {**os.environ, "SERVERS_RUN": str(run)}
        stores = ["bash", str(shared / "servers/pg_redis.sh")]
        if not answers(55432):
            subprocess.run([*stores, "start"], check=True, env=env, capture_output=True)
            boot.at_end.append(lambda: subprocess.run([*stores, "stop"], env=env, check=False, capture_output=True))
        boot(["bash", shared / "servers/bluesky/boot.sh"], 2584, 600)
        subprocess.run([sys.executable, str(shared / "servers/bluesky/seed.py")], check=True, capture_output=True)


def test_bluesky_has_every_post_once(bluesky, shared, listen, monkeypatch):
    spec = importlib.util.spec_from_file_location("seed_corpus", shared / "servers/seed_corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    threads = list(module.threads())
    plain = unicodedata.normalize("NFKD", threads[0]["posts"][0]["author"]).encode("ascii", "ignore").decode()
    monkeypatch.setenv("OUIDIRE_SECRET_SKY_HANDLE", re.sub(r"[^a-z0-9]", "", plain.lower())[:14] + ".test")
    monkeypatch.setenv("OUIDIRE_SECRET_SKY_APP_PASSWORD", "hunter2pw")
    rows, outcomes = listen(f'id: sky, type: bluesky, url: "http://127.0.0.1:2583", queries: [novatel], {LONG}')
    said = [post for thread in threads for post in thread["posts"]]
    public = {m for post in said for m in MARKER.findall(post["text"][:200])}  # the server's posts are cut there
    found = markers(rows)
    assert {m for m in public if found[m] == 1} == public
    assert (len(rows), max(found.values()), outcomes[0].state) == (len(said), 1, "truncated")
    assert all(row.thread_id in rows for row in rows.values())
    assert sum(row.parent_id in rows for row in rows.values()) == len(said) - len(threads)
