"""Airflow's components under one small supervisor: starts them, restarts what dies, stops all of it.

`up` leaves a supervisor in the background, `run_night` holds one for the time of a night. Both keep
`<home>/airflow/supervisor.json` (who runs, where), so that `down` cleans up even after a supervisor was killed.
"""

from __future__ import annotations

import base64
import fcntl
import importlib.metadata
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from rich.progress import Progress

from ouidire import processes
from ouidire import settings as settings_module
from ouidire.airflow_api import DAGS, AirflowError, Api, NightReport, NightWatch
from ouidire.brands import load_brands
from ouidire.settings import ROOT, Settings

BIN = Path(sys.executable).parent
SAMPLE = ("127.0.0.1", 8765)
"""Where sample/brands.yml expects the sample web."""
POOLS = {"warehouse": (1, "one writer in the lake at a time")}

COMPONENTS = {
    "api-server": [str(BIN / "airflow"), "api-server"],
    "scheduler": [str(BIN / "airflow"), "scheduler", "--skip-serve-logs"],  # logs are files of this machine
    "dag-processor": [str(BIN / "airflow"), "dag-processor"],
    "triggerer": [str(BIN / "airflow"), "triggerer", "--skip-serve-logs"],
    "sample-web": [sys.executable, "-m", "ouidire.sampleweb"],
}
NIGHT = ("api-server", "scheduler", "dag-processor")
LAST_TO_STOP = ("api-server", "sample-web")
_detached: list[subprocess.Popen[bytes]] = []
"""Supervisors that outlive us: their handles are kept, for a dropped one warns that its process still runs."""


@dataclass
class State:
    """supervisor.json."""

    pid: int
    ticks: int
    """Start time of the supervisor, see processes.start_ticks."""
    mode: str
    """up or night."""
    port: int
    boot: str
    sessions: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Component -> pid and start ticks of the process that leads its session."""
    restarts: int = 0
    run_id: str | None = None
    """The `listen` run that a night follows."""


@dataclass
class Component:
    """One started component."""

    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    """Times it died within a minute of its start, in a row."""
    due: float | None = None
    """Monotonic seconds of its next start, once dead."""


class Supervisor:
    """Runs components while it is entered; holds the lock of a home, so there is one at a time."""

    def __init__(self, settings: Settings, names: tuple[str, ...], mode: str, port: int) -> None:
        self.folder = _folder(settings)
        pid = os.getpid()
        self.state = State(pid, processes.start_ticks(pid) or 0, mode, port, processes.boot_id())
        self._names = names
        self._environment = environment(settings, port, is_night=mode == "night")
        self._components: dict[str, Component] = {}
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Supervisor:
        self._lock = _take_lock(self.folder)
        self.left_over = sweep(self.folder)
        for name in self._names:
            log_of(self.folder, name).unlink(missing_ok=True)
            self._start(name, deaths=0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        _state_file(self.folder).unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    def tick(self) -> None:
        """Restart what has died, later each time it dies young. In a night, AirflowError when that does not help."""
        for name, component in list(self._components.items()):
            if component.process.poll() is None:
                continue
            if component.due is None:
                self._mourn(name, component)
            elif time.monotonic() >= component.due:
                self.state.restarts += 1
                self._start(name, component.deaths)

    def stop(self, grace: float = 20) -> None:
        """Stop all: what the others report to comes last. A task still running after `grace` seconds is killed."""
        first = [name for name in self._components if name not in LAST_TO_STOP]
        for names, patience in ((first, grace), (list(self._components), 1.0)):
            deadline = time.monotonic() + patience
            for name in names:
                self._components[name].process.terminate()
            for name in names:
                process = self._components[name].process
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
                processes.kill_session(*self.state.sessions[name])
                process.wait()
        self._components.clear()

    def note_run(self, run_id: str | None) -> None:
        """Remember the run that is followed: if we are killed, the next supervisor ends it."""
        self.state.run_id = run_id
        self._save()

    def _start(self, name: str, deaths: int) -> None:
        with log_of(self.folder, name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                COMPONENTS[name], env=self._environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._components[name] = Component(process, time.monotonic(), deaths)
        self.state.sessions[name] = (process.pid, processes.start_ticks(process.pid) or 0)
        self._save()

    def _mourn(self, name: str, component: Component) -> None:
        processes.kill_session(*self.state.sessions[name])
        is_young = time.monotonic() - component.started < 60
        component.deaths = component.deaths + 1 if is_young else 1
        component.due = time.monotonic() + min(2.0 ** (component.deaths - 1), 60)
        words = f"{name} died with status {component.process.returncode}"
        _note(self.folder, f"{words}; restart in {component.due - time.monotonic():.0f} s")
        if component.deaths >= 3 and self.state.mode == "night":
            log = log_of(self.folder, name)
            raise AirflowError(f"{words}, {component.deaths} times in a row; the end of {log}:\n{processes.tail(log)}")

    def _save(self) -> None:
        fresh = self.folder / ".supervisor.json"
        fresh.write_text(json.dumps(asdict(self.state)), encoding="utf-8")
        fresh.replace(_state_file(self.folder))


class Airflow:
    """An Airflow that answers: ours for the time of a night (`crew`), or the one that `up` keeps."""

    def __init__(self, api: Api, crew: Supervisor | None) -> None:
        self.api = api
        self._crew = crew
        self._since = datetime.now(UTC) if crew else datetime.min.replace(tzinfo=UTC)

    def wait_ready(self, patience: float = 180) -> None:
        """Until the API answers users and tasks, the pools exist and both DAG files are read as they are now."""
        self._wait(self.api.is_up, patience, "its API does not answer")
        self._wait(self.api.answers_tasks, patience, "its API does not answer tasks")
        for name, (slots, why) in POOLS.items():
            self.api.make_pool(name, slots, why)
        if self._crew and (left := self._crew.left_over) and left.run_id:
            self.api.stop_run("listen", left.run_id)
        self._wait(self._dags_are_read, patience, f"it has not read {' and '.join(DAGS)} in {ROOT / 'dags'}")

    def run_night(self, day: date, progress: Progress | None = None, conf: dict[str, Any] | None = None) -> NightReport:
        """Run `listen` for a day, and the `model` that it wakes. Raises AirflowError with the failing task's log."""
        show = _shower(progress)
        show("starting", 0, 0)
        self.wait_ready()
        paused = [dag_id for dag_id in DAGS if self.api.pause(dag_id, False)]
        watch = NightWatch(
            self.api, day, pulse=self._pulse, show=show, began=self._note_run, is_impatient=self._crew is not None
        )
        try:
            return watch.run(conf)
        except BaseException:
            if self._crew and watch.run_id:  # left active, it would hold up the next night
                with suppress(AirflowError, requests.RequestException):
                    self.api.stop_run("listen", watch.run_id)
            raise
        finally:
            self._note_run(None)
            for dag_id in paused:
                self.api.pause(dag_id, True)

    def _dags_are_read(self) -> bool:
        if errors := self.api.import_errors():
            raise AirflowError("Airflow cannot read " + "; ".join(errors))
        return all((read_at := self.api.parsed_at(dag_id)) and read_at >= self._since for dag_id in DAGS)

    def _wait(self, is_done: Callable[[], bool], patience: float, trouble: str) -> None:
        deadline = time.monotonic() + patience
        while not is_done():
            self._pulse()
            if time.monotonic() > deadline:
                raise AirflowError(f"Airflow is not ready after {patience:.0f} s: {trouble}; see `ouidire doctor`")
            time.sleep(0.2)

    def _pulse(self) -> None:
        if self._crew:
            self._crew.tick()

    def _note_run(self, run_id: str | None) -> None:
        if self._crew:
            self._crew.note_run(run_id)


@contextmanager
def airflow(settings: Settings) -> Iterator[Airflow]:
    """The Airflow that `up` keeps, else one started now and stopped at the end.

    Does not wait until it is ready: other work can be done meanwhile.
    """
    state = running(settings)
    if state is not None and state.mode == "up":
        yield Airflow(_api(settings, state.port), None)
        return
    prepare(settings)
    port = processes.free_port()
    with _woken(_api(settings, port)), Supervisor(settings, NIGHT, "night", port) as crew:
        yield Airflow(_api(settings, port), crew)


@contextmanager
def _woken(api: Api) -> Iterator[None]:
    """Let Airflow do the work of its first answer to a task as soon as it can, while ours goes on."""
    ended = threading.Event()

    def ask() -> None:
        while not api.answers_tasks() and not ended.wait(0.5):
            pass

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:  # after the components have stopped: whatever is still asked is refused at once
        ended.set()
        thread.join()


def run_night(settings: Settings, day: date, progress: Progress | None = None) -> NightReport:
    """Run one night through Airflow: `listen` for the day, then `model`. Raises AirflowError when it fails."""
    with airflow(settings) as started:
        return started.run_night(day, progress)


def up(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Start Airflow in the background and wait until it is ready; says the address and the login."""
    state = running(settings)
    if state is not None and state.mode != "up":
        raise AirflowError(f"a night runs here (pid {state.pid}); wait for its end, or `make down` to stop it")
    if state is None:
        state = _spawn(settings, say)
    Airflow(_api(settings, state.port), None).wait_ready()
    say(f"Airflow: http://127.0.0.1:{state.port}  user admin  password {_secrets(settings)['admin_password']}")
    say(f"Logs: {log_of(_folder(settings), '*')}  Stop: make down")


def down(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Stop whatever runs for this home, and what a killed supervisor left."""
    state = running(settings)
    if state is not None:
        say("stopping Airflow; running tasks get 20 seconds to end")
        with suppress(ProcessLookupError):
            os.kill(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + 60
        while running(settings) is not None and time.monotonic() < deadline:
            time.sleep(0.1)
        if processes.is_same(state.pid, state.ticks):
            os.kill(state.pid, signal.SIGKILL)
    left = sweep(_folder(settings))
    for child in [child for child in _detached if state and child.pid == state.pid]:
        child.wait()
        _detached.remove(child)
    say("Airflow is stopped." if state or left else "Airflow was not running.")


def running(settings: Settings) -> State | None:
    """Who runs Airflow for this home; None when nobody does."""
    state = _read_state(_folder(settings))
    return state if state and processes.is_same(state.pid, state.ticks) else None


def status(settings: Settings) -> dict[str, str]:
    """A line about the supervisor and one about each component; empty when nothing runs."""
    state = running(settings)
    if state is None:
        return {}
    alive = {name: processes.is_same(*session) for name, session in state.sessions.items()}
    lines = {"supervisor": f"pid {state.pid}, {state.mode}, http://127.0.0.1:{state.port}, {state.restarts} restarts"}
    return lines | {
        name: f"pid {state.sessions[name][0]}" if is_alive else "down, being restarted"
        for name, is_alive in alive.items()
    }


def environment(settings: Settings, port: int, *, is_night: bool = False) -> dict[str, str]:
    """Environment of the components.

    An AIRFLOW__… variable that the operator set wins over our choices, but not over what the supervisor depends on.
    """
    home, kept, url = _folder(settings), _secrets(settings), f"http://127.0.0.1:{port}"
    choices = {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # 5 keeps an ended task in its slot for 5 s
        "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "15",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    if is_night:
        choices |= {
            "AIRFLOW__SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "0",  # the schedule is for `up`: one night, no other
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.4",
        }
    forced = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        # The default of 5 s ends in "database is locked", and a scheduler that meets the API's 500 dies of it.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout=60",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__FERNET_KEY": kept["fernet_key"],
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": kept["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": kept["jwt_secret"],
        "PYTHONPATH": str(ROOT),  # a DAG does not find our packages by itself, and this beats an installed `nlp`
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NO_PROXY": ",".join(filter(None, ("127.0.0.1,localhost", os.environ.get("NO_PROXY")))),
        "OUIDIRE_HOME": str(settings.home),
        "OUIDIRE_BRANDS": str(settings.brands),
        "OUIDIRE_CATALOG": settings.catalog,
        "OUIDIRE_DATA": settings.data,
    } | ({"OUIDIRE_S3_SECRET": settings.s3_secret} if settings.s3_secret else {})
    return {**choices, **os.environ, **forced, "no_proxy": forced["NO_PROXY"]}


def prepare(settings: Settings) -> None:
    """Make Airflow's folder, secrets and database; does nothing when they are there for this version of Airflow."""
    folder = _folder(settings)
    stamp, version = folder / "migrated", importlib.metadata.version("apache-airflow-core")
    if stamp.exists() and stamp.read_text(encoding="ascii") == version and (folder / "airflow.db").exists():
        return
    done = subprocess.run(  # noqa: S603 - our own command
        [str(BIN / "airflow"), "db", "migrate"], env=environment(settings, 0), cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
    )  # fmt: skip
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-15:])
        raise AirflowError(f"Airflow's database in {folder} cannot be made or upgraded:\n{last}")
    stamp.write_text(version, encoding="ascii")


def sweep(folder: Path) -> State | None:
    """Kill what a supervisor that was killed left running; call it with the lock held, or when nobody runs."""
    state = _read_state(folder)
    if state is None or processes.is_same(state.pid, state.ticks):
        return None
    if state.boot == processes.boot_id():
        for session in state.sessions.values():
            processes.kill_session(*session)
    _state_file(folder).unlink(missing_ok=True)
    return state


def log_of(folder: Path, name: str) -> Path:
    """Output of one component."""
    return folder / f"{name}.log"


def serve(settings: Settings) -> None:
    """Be the supervisor of `up`, until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Supervisor(settings, _components_of_up(settings), "up", _port()) as crew:
        while not ended.wait(0.5):
            crew.tick()


def _spawn(settings: Settings, say: Callable[[str], None]) -> State:
    port = _port()
    if not processes.is_port_free(port):
        raise AirflowError(
            f"port {port} of 127.0.0.1 is in use by another program; stop it, or choose another port: "
            "AIRFLOW__API__PORT=8081 make up"
        )
    load_brands(settings.brands)  # a mistake in it is said here, not in a log
    say("starting Airflow")
    prepare(settings)
    _write_first_start(settings)
    log = log_of(_folder(settings), "supervisor")
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "ouidire.supervise"], env=environment(settings, port), cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    _detached.append(child)
    while (state := running(settings)) is None:
        if child.poll() is not None:
            raise AirflowError(f"the supervisor ended at once; the end of {log}:\n{processes.tail(log)}")
        time.sleep(0.1)
    return state


def _components_of_up(settings: Settings) -> tuple[str, ...]:
    """All of Airflow, and the sample web when brands.yml listens to it and nobody serves it yet."""
    wanted = tuple(name for name in COMPONENTS if name != "sample-web")
    hosts = {(urlsplit(s.url).hostname, urlsplit(s.url).port) for s in load_brands(settings.brands).sources if s.url}
    return (*wanted, "sample-web") if SAMPLE in hosts and processes.is_port_free(SAMPLE[1]) else wanted


def _port() -> int:
    return int(os.environ.get("AIRFLOW__API__PORT", "8080"))


def _api(settings: Settings, port: int) -> Api:
    return Api(f"http://127.0.0.1:{port}", _secrets(settings)["admin_password"])


def _folder(settings: Settings) -> Path:
    folder = settings.home / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _state_file(folder: Path) -> Path:
    return folder / "supervisor.json"


def _read_state(folder: Path) -> State | None:
    try:
        found = json.loads(_state_file(folder).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return State(**{**found, "sessions": {name: (pid, ticks) for name, (pid, ticks) in found["sessions"].items()}})


def _take_lock(folder: Path) -> IO[bytes]:
    lock = (folder / "supervisor.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        state = _read_state(folder)
        raise AirflowError(
            f"Airflow of {folder} is already run by pid {state.pid if state else '?'}; "
            "wait for the end of that night, or stop it with `make down`"
        ) from None
    return lock


def _secrets(settings: Settings) -> dict[str, str]:
    """Keys and the admin password, made once and readable by their owner only."""
    path = _folder(settings) / "secrets.json"
    if not path.exists():
        kept = {
            "admin_password": secrets.token_urlsafe(12),
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "secret_key": secrets.token_hex(32),
            "jwt_secret": secrets.token_hex(32),
        }
        _write_private(path.with_name("passwords.json"), json.dumps({"admin": kept["admin_password"]}))
        _write_private(path, json.dumps(kept))
    return {str(name): str(value) for name, value in json.loads(path.read_text(encoding="ascii")).items()}


def _write_first_start(settings: Settings) -> None:
    """Last midnight, once: the first scheduled run listens to the day before it, and none is missed after it."""
    path = _folder(settings) / "first_start"
    if not path.exists():
        path.write_text(f"{datetime.now(UTC):%Y-%m-%dT00:00:00+00:00}", encoding="ascii")


def _write_private(path: Path, content: str) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(content, encoding="ascii")
    fresh.replace(path)


def _shower(progress: Progress | None) -> Callable[[str, int, int], None]:
    """Show words and how many tasks of how many are done."""
    if progress is None:
        return lambda words, done, total: None
    bar = progress.add_task("airflow", total=None)
    return lambda words, done, total: progress.update(
        bar, description=f"airflow {words}", completed=done, total=total or None
    )


def _note(folder: Path, words: str) -> None:
    with log_of(folder, "supervisor").open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}\n")


if __name__ == "__main__":
    serve(settings_module.load())
