"""The supervisor, with small programs in the place of Airflow's components."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ouidire import processes, settings, supervise
from ouidire.airflow_api import AirflowError, Api
from ouidire.brands import BrandsError

STAY = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "import sys; print('no oil', file=sys.stderr); sys.exit(3)"]


@pytest.fixture
def here(tmp_path):
    found = settings.load({"OUIDIRE_HOME": str(tmp_path)})
    return replace(found, brands=settings.ROOT / "sample" / "brands.yml")


@pytest.fixture
def components(monkeypatch):
    found = {"api-server": STAY, "scheduler": STAY}
    monkeypatch.setattr(supervise, "COMPONENTS", found)
    return found


def until(condition, patience=20):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def leaders(state):
    return [pid for pid, _ in state.sessions.values()]


def test_what_it_starts_it_stops(here, components):
    with supervise.Supervisor(here, tuple(components), "up", 1) as crew:
        assert supervise.running(here) == crew.state
        pids = leaders(crew.state)
        assert all(processes.start_ticks(pid) for pid in pids)
        assert set(supervise.status(here)) == {"supervisor", "api-server", "scheduler"}
    assert [pid for pid in pids if processes.start_ticks(pid)] == []
    assert supervise.running(here) is None
    assert supervise.status(here) == {}


def test_a_killed_component_is_restarted(here, components):
    with supervise.Supervisor(here, tuple(components), "up", 1) as crew:
        before = crew.state.sessions["scheduler"][0]
        os.kill(before, signal.SIGKILL)
        until(lambda: crew.tick() or crew.state.restarts == 1)
        after, ticks = crew.state.sessions["scheduler"]
        assert after != before
        assert processes.is_same(after, ticks)
        assert supervise.running(here).restarts == 1
    assert "scheduler died with status -9; restart in 1 s" in supervise.log_of(crew.folder, "supervisor").read_text()


def test_a_night_gives_up_on_a_component_that_keeps_dying(here, components):
    components["scheduler"] = DIE

    def run_for_ever():
        with supervise.Supervisor(here, tuple(components), "night", 1) as crew:
            while True:
                crew.tick()
                time.sleep(0.02)

    with pytest.raises(AirflowError, match=r"scheduler died with status 3, 3 times in a row(?s:.*)no oil"):
        run_for_ever()
    assert supervise.running(here) is None


def test_there_is_one_supervisor_a_home(here, components):
    with (
        supervise.Supervisor(here, tuple(components), "night", 1),
        pytest.raises(AirflowError, match=f"already run by pid {os.getpid()}(?s:.*)make down"),
        supervise.Supervisor(here, tuple(components), "up", 1),
    ):
        pass


def test_what_a_killed_supervisor_left_is_swept(here, components):
    crew = supervise.Supervisor(here, tuple(components), "night", 1)
    crew.__enter__()
    crew.note_run("manual__1")
    pids = leaders(crew.state)
    path = crew.folder / "supervisor.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    state["ticks"] += 1  # as if the supervisor's process were gone
    path.write_text(json.dumps(state), encoding="utf-8")
    crew._lock.close()
    said = []
    supervise.down(here, said.append)
    assert said == ["Airflow is stopped."]
    for component in crew._components.values():
        component.process.wait()
    assert [pid for pid in pids if processes.start_ticks(pid)] == []
    supervise.down(here, said.append)
    assert said[-1] == "Airflow was not running."


def test_the_interface_of_tasks_is_woken_as_soon_as_it_answers():
    asked = []

    class Health(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(503 if len(asked) == 1 else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    port = processes.free_port()
    api = Api(f"http://127.0.0.1:{port}", "")
    with supervise._woken(api):
        assert not api.answers_tasks()  # nobody listens yet
        with ThreadingHTTPServer(("127.0.0.1", port), Health) as server:
            threading.Thread(target=server.serve_forever, args=(0.02,)).start()
            until(lambda: len(asked) == 2)
            server.shutdown()
    time.sleep(0.7)
    assert asked == ["/execution/health"] * 2


def test_what_is_never_woken_holds_nothing_up():
    began = time.monotonic()
    with supervise._woken(Api(f"http://127.0.0.1:{processes.free_port()}", "")):
        time.sleep(0.1)
    assert time.monotonic() - began < 3


def test_sessions_of_before_a_reboot_are_left_alone(here):
    other = subprocess.Popen(STAY, start_new_session=True)
    try:
        ticks = processes.start_ticks(other.pid)
        folder = here.home / "airflow"
        folder.mkdir()
        state = supervise.State(1, 1, "up", 8080, "another boot", {"scheduler": (other.pid, ticks)})
        (folder / "supervisor.json").write_text(json.dumps(vars(state)), encoding="utf-8")
        assert supervise.sweep(folder) == state
        assert processes.is_same(other.pid, ticks)
    finally:
        other.kill()
        other.wait()


def test_up_refuses_a_port_in_use_and_names_it(here, monkeypatch):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AIRFLOW__API__PORT", str(port))
        with pytest.raises(
            AirflowError, match=f"port {port} of 127.0.0.1 is in use(?s:.*)AIRFLOW__API__PORT=8081 make up"
        ):
            supervise.up(here)


def test_up_says_a_mistake_in_brands_yml(here, tmp_path):
    broken = tmp_path / "brands.yml"
    broken.write_text("brands: []\n", encoding="utf-8")
    with pytest.raises(BrandsError):
        supervise.up(replace(here, brands=broken))


def test_secrets_are_made_once_and_private(here):
    first, second = supervise.environment(here, 1), supervise.environment(here, 2)
    names = ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")
    assert all(first[name] == second[name] for name in names)
    assert len({first[name] for name in names}) == 3
    for name in ("secrets.json", "passwords.json"):
        assert (here.home / "airflow" / name).stat().st_mode & 0o777 == 0o600


def test_the_operator_decides_but_not_against_the_supervisor(here, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "9")
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://elsewhere.example")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    env = supervise.environment(here, 8081)
    assert env["AIRFLOW__CORE__PARALLELISM"] == "9"
    assert env["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8081"
    assert env["NO_PROXY"] == env["no_proxy"] == "127.0.0.1,localhost,intranet.example"
    assert env["OUIDIRE_HOME"] == str(here.home)


def test_a_night_has_no_schedule(here):
    name = "AIRFLOW__SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP"
    assert supervise.environment(here, 1, is_night=True)[name] == "0"
    assert name not in supervise.environment(here, 1)


def test_the_sample_web_is_served_when_brands_yml_listens_to_it(here, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "is_port_free", lambda port: True)
    assert "sample-web" in supervise._components_of_up(here)
    monkeypatch.setattr(processes, "is_port_free", lambda port: False)
    assert "sample-web" not in supervise._components_of_up(here), "somebody serves it already"
    monkeypatch.setattr(processes, "is_port_free", lambda port: True)
    other = tmp_path / "brands.yml"
    other.write_text(here.brands.read_text(encoding="utf-8").replace(":8765", ":9"), encoding="utf-8")
    assert "sample-web" not in supervise._components_of_up(replace(here, brands=other))
