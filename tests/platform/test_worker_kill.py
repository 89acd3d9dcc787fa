"""kill -9 of Airflow's workers in the middle of a night; and a secret that only a connection holds.

One night through a running Airflow, whose heartbeats time out early. It listens to the sample web, which is slow and
holds an answer back until the worker that waits for it is killed, and to an interface that demands a key.
"""

import json
import os
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.progress import Progress

from ouidire import night, processes, sampleweb, settings, supervise
from ouidire.sampleweb import server as sampleserver

pytestmark = pytest.mark.slow

SAMPLE = settings.ROOT / "sample"
DAY = date(2026, 10, 21)
"""The day on which the sample says most."""
KEY = "k3y-of-nobody-5f0c2e"
HOLDS = ("/semelles/viewtopic.php", "/fediverse/api/v1/timelines/tag/tisonne")
"""Where a worker is killed: amid the fourth source of seven, then amid the last one, when its largest query begins."""

PATIENCE = 300
HEARTBEAT = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "8",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "0",  # no night but ours
}
IMPATIENCE = '''"""A policy of this Airflow only: the next try comes at once."""

from datetime import timedelta


def task_policy(task):
    task.retry_delay = timedelta(seconds=1)
    task.retry_exponential_backoff = 0
'''


class SlowWeb:
    """The sample web, slow, with a door that holds back whoever asks for what is behind it."""

    def __init__(self):
        self.asked = []
        self.asked_whole = []
        """By the night that was left alone."""
        self.comers = 0
        """Processes that came: each asks robots.txt once."""
        self.door = None
        self.is_at_door = threading.Event()
        self.opened = threading.Event()
        self.pause = 0.05

    def shut(self, path):
        self.is_at_door.clear()
        self.opened.clear()
        self.door = path

    def pass_by(self, path):
        self.comers += path == "/robots.txt"
        self.asked.append(path)
        if self.door and path.startswith(self.door) and not self.opened.is_set():
            self.is_at_door.set()
            self.opened.wait(PATIENCE)
        time.sleep(self.pause)


@contextmanager
def served(handler):
    with sampleserver._Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def web():
    return SlowWeb()


@pytest.fixture(scope="module")
def sample_host(web):
    class Handler(sampleserver._Handler):
        sites = sampleweb.load(SAMPLE)

        def do_GET(self):
            web.pass_by(self.path)
            try:
                super().do_GET()
            except (BrokenPipeError, ConnectionResetError):  # whoever asked was killed
                self.close_connection = True

    with served(Handler) as host:
        yield host


VIDEO = {
    "kind": "youtube#videoListResponse",
    "items": [{
        "id": "vid1", "statistics": {"viewCount": "10", "likeCount": "1", "commentCount": "1"},
        "snippet": {
            "publishedAt": f"{DAY}T08:00:00Z", "channelId": "chan1", "channelTitle": "chan",
            "title": "Travel mugs", "description": "I tried the Tisonne Bivouac for a month.",
        },
    }],
}  # fmt: skip
THREADS = {
    "kind": "youtube#commentThreadListResponse",
    "items": [{
        "id": "thread1",
        "snippet": {"videoId": "vid1", "totalReplyCount": 0, "topLevelComment": {
            "id": "thread1",
            "snippet": {
                "videoId": "vid1", "textOriginal": "I recommend the Tisonne Bivouac, buy it.", "likeCount": 2,
                "authorDisplayName": "somebody", "authorChannelId": {"value": "chan2"},
                "publishedAt": f"{DAY}T09:00:00Z", "updatedAt": f"{DAY}T09:00:00Z",
            },
        }},
    }],
}  # fmt: skip


@pytest.fixture(scope="module")
def keyed():
    """Statuses that an interface gave which demands the key, and repeats it in what it answers."""
    return []


@pytest.fixture(scope="module")
def keyed_host(keyed):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            given = self.headers.get("X-Goog-Api-Key")
            said = {**(VIDEO if "/videos" in self.path else THREADS), "youSent": given}
            body = json.dumps(said if given == KEY else {"error": {"message": f"no such key: {given}"}}).encode()
            keyed.append(200 if given == KEY else 403)
            self.send_response(keyed[-1])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{given}"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with served(Handler) as host:
        yield host


@pytest.fixture(scope="module")
def catalogue(sample_host, keyed_host, tmp_path_factory):
    words = (SAMPLE / "brands.yml").read_text(encoding="utf-8").replace("127.0.0.1:8765", sample_host)
    words = words.replace(f'["{sample_host}"]', f'["{sample_host}", "{keyed_host}"]')
    source = (
        f'  - {{id: videos, type: youtube, url: "http://{keyed_host}", queries: ["video:vid1"], languages: [en]}}\n'
    )
    # last of the sources, so that the first batch is that of the sample web
    words = words.replace("\ncampaigns:", f"\n{source}\ncampaigns:", 1)
    path = tmp_path_factory.mktemp("catalogue") / "brands.yml"
    path.write_text(words, encoding="utf-8")
    return path


def home_at(path, catalogue):
    (path / "author.key").write_text("5f" * 32, encoding="ascii")
    return settings.load({"OUIDIRE_HOME": str(path), "OUIDIRE_BRANDS": str(catalogue)})


@pytest.fixture(scope="module")
def whole(catalogue, tmp_path_factory):
    """The night as nobody disturbs it, without a scheduler; the key is in the environment."""
    here = home_at(tmp_path_factory.mktemp("whole"), catalogue)
    with pytest.MonkeyPatch.context() as patch, Progress(disable=True) as progress:
        patch.setenv(settings.secret_variable("videos", "key"), KEY)
        night.run_days(here, [DAY], progress=progress)
    return here


@pytest.fixture(scope="module")
def here(whole, catalogue, tmp_path_factory):
    return home_at(tmp_path_factory.mktemp("killed"), catalogue)


@pytest.fixture(scope="module")
def airflow(here):
    """`make up`, impatient, with the key in a connection."""
    policy = here.home / "airflow" / "config" / "airflow_local_settings.py"
    policy.parent.mkdir(parents=True)
    policy.write_text(IMPATIENCE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**HEARTBEAT, "AIRFLOW__API__PORT": str(processes.free_port())}.items():
            patch.setenv(name, value)
        patch.setenv("AIRFLOW_CONN_OUIDIRE_VIDEOS", json.dumps({"conn_type": "generic", "password": KEY}))
        supervise.up(here, say=lambda words: None)
        try:
            yield supervise.Airflow(supervise._api(here, supervise.running(here).port), None)
        finally:
            supervise.down(here, say=lambda words: None)


def collecting(api, run_id):
    """The task that collects from the sample web, as Airflow tells it; its `pid` is that of the task's own process."""
    return api.call("GET", f"/dags/listen/dagRuns/{run_id}/taskInstances/collect/0")


def worker_of(here, pid):
    """The process that supervises a task: its parent, a worker of our scheduler."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    parent = int(stat.rpartition(")")[2].split()[1])
    assert parent in processes.session_members(*supervise.running(here).sessions["scheduler"])
    return parent


def kill(*pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def waits_for_a_lock(task):
    lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return any(line.split()[1] == "->" and line.split()[5] == str(task["pid"]) for line in lines)


@pytest.fixture(scope="module")
def killed(airflow, here, web, wait_for, keyed):
    """The night whose worker is killed twice, as a dict of what happened."""
    keyed.clear()
    web.asked_whole, web.asked = web.asked, []
    web.shut(HOLDS[0])
    run_id = airflow.api.trigger("listen", DAY)
    wait_for(web.is_at_door.is_set, PATIENCE)
    first = collecting(airflow.api, run_id)
    moments = [len(web.asked)]
    kill(worker_of(here, first["pid"]), first["pid"])  # as when a machine or its memory fails
    web.opened.set()
    web.shut(HOLDS[1])
    wait_for(web.is_at_door.is_set, PATIENCE)
    second = collecting(airflow.api, run_id)
    orphan = second["pid"], processes.start_ticks(second["pid"])
    before = web.comers
    moments.append(len(web.asked))
    kill(worker_of(here, second["pid"]))  # alone: the task goes on without it, and beside the next try
    wait_for(lambda: web.comers > before or waits_for_a_lock(collecting(airflow.api, run_id)), PATIENCE)
    web.opened.set()
    wait_for(lambda: airflow.api.state("listen", run_id) in ("success", "failed"), PATIENCE)
    return {
        "tasks": [first, second, collecting(airflow.api, run_id)], "run_id": run_id, "orphan": orphan,
        "moments": moments,
    }  # fmt: skip


@pytest.fixture(scope="module")
def published(killed, airflow, here, wait_for):
    """The home, once the night has woken `model` and that has published."""
    wait_for(lambda: airflow.api.runs("model"), PATIENCE)
    wait_for(lambda: all(run["state"] in ("success", "failed") for run in airflow.api.runs("model")), PATIENCE)
    return here


def test_a_night_survives_two_kills_of_its_worker(killed, airflow):
    assert airflow.api.state("listen", killed["run_id"]) == "success"
    first, second, last = (task["try_number"] for task in killed["tasks"])
    assert first < second < last
    states = {task.task_id: task.state for task in airflow.api.tasks("listen", killed["run_id"])}
    assert states == {**dict.fromkeys(states, "success"), "verdict": "skipped"}


def test_what_was_done_is_not_asked_again(killed, web):
    one, two = killed["moments"]
    first, second, third = web.asked[:one], web.asked[one:two], web.asked[two:]
    assert any(path.startswith("/carnets/") for path in first)
    assert any(path.startswith("/semelles/") for path in second)
    assert not any(path.startswith(("/carnets/", "/slowkettle/", "/dehors/")) for path in second)
    assert {path.split("/")[1] for path in third} <= {"robots.txt", "fediverse"}


def test_a_task_without_worker_and_its_next_try_do_not_ask_the_same(killed, web):
    assert talks(web.asked) == talks(web.asked_whole)
    assert sum(talks(web.asked).values()) > 5


def talks(asked):
    """How often each conversation of the last source was asked."""
    return Counter(path for path in asked if path.startswith("/fediverse/api/v1/statuses/"))


def test_the_rows_are_those_of_a_night_left_alone(published, whole, rows, differences):
    left, right = rows(whole), rows(published)
    for table in ("core_posts", "core_mentions", "core_acts", "umots", "coverage_daily"):
        assert left[table], table
    assert differences(left, right) == {}


def test_each_post_is_there_once(published):
    from warehouse.connect import open_published

    with open_published(published.published) as con:
        count, different = con.execute("SELECT count(*), count(DISTINCT post_id) FROM core_posts").fetchone()
    assert count == different > 40


def test_the_task_without_a_worker_ends(killed, wait_for):
    wait_for(lambda: not processes.is_same(*killed["orphan"]), PATIENCE)


def kept(home):
    """What every file of a home holds, captures unpacked."""
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):  # Airflow still runs, and makes and removes files of its own
            yield path, path.read_bytes()
            if path.suffix == ".parquet":
                yield path, repr(pq.read_table(path).to_pylist()).encode()


def test_a_secret_of_a_connection_is_used_and_kept_nowhere(published, killed, airflow, keyed, rows):
    assert set(keyed) == {200}
    assert any("Tisonne Bivouac" in row and "youtube" in row for row in rows(published)["core_posts"])
    place = f"/dags/listen/dagRuns/{killed['run_id']}/taskInstances/collect/xcomEntries/return_value"
    handed_on = airflow.api.call("GET", place, query={"map_index": 1})["value"]
    assert "videos" in str(handed_on)
    assert KEY not in str(handed_on)
    assert {".parquet", ".log", ".json", ".db", ".duckdb"} <= {path.suffix for path, _ in kept(published.home)}
    assert [path for path, content in kept(published.home) if b"youSent" in content], "captures are searched"
    assert [path for path, content in kept(published.home) if KEY.encode() in content] == []
    assert KEY not in repr(rows(published))
