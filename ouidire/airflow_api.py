"""What we ask Airflow's REST API on this machine: pools, one night, the model run it wakes, the log of what failed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import requests

DAGS = ("listen", "model")
FAILED = ("failed", "upstream_failed")
DONE = ("success", "skipped", "removed", *FAILED)


class AirflowError(Exception):
    """Airflow, or a task it ran, failed; the words say which, why and what to do."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One task of one run, as the API tells it."""

    dag_id: str
    run_id: str
    task_id: str
    label: str
    state: str | None
    map_index: int
    try_number: int

    @property
    def name(self) -> str:
        """`listen.collect [carnets]`."""
        return f"{self.dag_id}.{self.task_id}" + (f" [{self.label}]" if self.map_index >= 0 else "")


class Api:
    """A logged-in client. Every call raises AirflowError with Airflow's own words when it is refused."""

    def __init__(self, base_url: str, password: str) -> None:
        self.base_url = base_url
        self._password = password
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between two processes of this machine

    def is_up(self) -> bool:
        """Whether the API server answers and can be logged in to."""
        try:
            return self._health() is not None and self._login()
        except requests.RequestException:
            return False

    def answers_tasks(self) -> bool:
        """Whether the interface that tasks report to answers.

        Its first answer takes seconds of work; a task waits five, gives up and asks again.
        """
        try:
            return self._session.get(f"{self.base_url}/execution/health", timeout=60).ok
        except requests.RequestException:
            return False

    def heartbeats(self) -> dict[str, datetime | None]:
        """Last sign of life of scheduler, dag_processor and triggerer (UTC)."""
        health = self._health() or {}
        beats = {name: part.get(f"latest_{name}_heartbeat") for name, part in health.items() if name != "metadatabase"}
        return {name: datetime.fromisoformat(beat) if beat else None for name, beat in beats.items()}

    def parsed_at(self, dag_id: str) -> datetime | None:
        """When the DAG file was last read (UTC); None before the first time."""
        found = self.call("GET", f"/dags/{dag_id}", accept=(200, 404))
        if "dag_id" not in found or not found["last_parsed_time"]:
            return None
        return datetime.fromisoformat(found["last_parsed_time"])

    def import_errors(self) -> list[str]:
        """DAG files that could not be read, with the last line of the reason."""
        errors = self.call("GET", "/importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]

    def make_pool(self, name: str, slots: int, description: str) -> None:
        """Create a pool; one that exists keeps the slots that somebody gave it."""
        body = {"name": name, "slots": slots, "description": description}
        self.call("POST", "/pools", body, accept=(201, 409))

    def pause(self, dag_id: str, is_paused: bool) -> bool:
        """Pause or unpause. Returns whether it was paused before."""
        before = bool(self.call("GET", f"/dags/{dag_id}")["is_paused"])
        if before != is_paused:
            self.call("PATCH", f"/dags/{dag_id}", {"is_paused": is_paused})
        return before

    def trigger(self, dag_id: str, day: date, conf: dict[str, Any] | None = None) -> str:
        """Start a run of a day. Returns its id."""
        body = {"logical_date": None, "partition_key": day.isoformat(), "conf": conf or {}}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def runs(self, dag_id: str, **filters: Any) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        query = {"limit": 100, "order_by": "-id", **filters}
        return list(self.call("GET", f"/dags/{dag_id}/dagRuns", query=query)["dag_runs"])

    def state(self, dag_id: str, run_id: str) -> str:
        """queued, running, success or failed."""
        return str(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def stop_run(self, dag_id: str, run_id: str) -> None:
        """Mark a run that is still active as failed; its tasks are stopped."""
        self.call("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", {"state": "failed"}, accept=(200, 404, 409))

    def tasks(self, dag_id: str, run_id: str) -> list[Task]:
        """Tasks of a run, those of a mapped task one by one."""
        place = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        found: list[dict[str, Any]] = []
        while True:  # Airflow gives 100 at a time
            page = self.call("GET", place, query={"limit": 100, "offset": len(found), "order_by": "id"})
            found += page["task_instances"]
            if not page["task_instances"] or len(found) >= page["total_entries"]:
                break
        return [
            Task(
                dag_id, run_id, t["task_id"], str(t.get("rendered_map_index") or t["map_index"]), t["state"],
                t["map_index"], t["try_number"],
            )
            for t in found
        ]  # fmt: skip

    def give_up(self, task: Task) -> None:
        """Mark a task that waits for another try as failed."""
        place = f"/dags/{task.dag_id}/dagRuns/{task.run_id}/taskInstances/{task.task_id}"
        self.call("PATCH", place + (f"/{task.map_index}" if task.map_index >= 0 else ""), {"new_state": "failed"})

    def log_tail(self, task: Task, lines: int = 15) -> str:
        """The end of a task's last log, the exception included."""
        place = f"/dags/{task.dag_id}/dagRuns/{task.run_id}/taskInstances/{task.task_id}/logs/{task.try_number}"
        content = self.call("GET", place, query={"map_index": task.map_index}, accept=(200, 404)).get("content", [])
        text = [line for entry in content for line in _log_lines(entry)]
        return "\n".join(text[-lines:]) or "(no log)"

    def call(
        self, method: str, path: str, body: Any = None, *, query: dict[str, Any] | None = None,
        accept: tuple[int, ...] = (200, 201),
    ) -> Any:  # fmt: skip
        """One request under /api/v2; the answer as JSON. Tried again when the server stumbles, but for a new run."""
        url = f"{self.base_url}/api/v2{path}"
        is_once = method == "POST" and path.endswith("/dagRuns")
        for _ in range(3):
            answer = self._session.request(method, url, json=body, params=query, timeout=120)
            if answer.status_code == requests.codes.unauthorized:
                self._login()
            elif answer.status_code < requests.codes.server_error or is_once:
                break
            else:
                time.sleep(1)
        if answer.status_code not in accept:
            raise AirflowError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else {}

    def _health(self) -> dict[str, Any] | None:
        answer = self._session.get(f"{self.base_url}/api/v2/monitor/health", timeout=10)
        return answer.json() if answer.ok else None

    def _login(self) -> bool:
        body = {"username": "admin", "password": self._password}
        answer = self._session.post(f"{self.base_url}/auth/token", json=body, timeout=10)
        if answer.ok:
            self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.ok


@dataclasses.dataclass(frozen=True)
class NightReport:
    """How a night went. `holes` names the tasks that failed while the rest of the night was committed."""

    day: date
    listen_run_id: str
    model_run_id: str
    seconds: float
    holes: list[str]


class NightWatch:
    """Follows one night: `listen` of a day, then the `model` run it wakes.

    `pulse` is called at every look; `show` gets words, tasks done and tasks known; `began` the id of the `listen` run.
    An impatient one does not sit out the minutes between two tries: a task has one try.
    """

    def __init__(
        self, api: Api, day: date, *, pulse: Callable[[], None], show: Callable[[str, int, int], None],
        began: Callable[[str], None], is_impatient: bool,
    ) -> None:  # fmt: skip
        self._api = api
        self._day = day
        self._pulse = pulse
        self._show = show
        self._began = began
        self._is_impatient = is_impatient
        self.run_id: str | None = None

    def run(self, conf: dict[str, Any] | None = None) -> NightReport:
        """Trigger and wait. Raises AirflowError with the log of the task that failed."""
        started, asked_at = time.monotonic(), datetime.now(UTC)
        self.run_id = self._api.trigger("listen", self._day, conf)
        self._began(self.run_id)
        holes = self._follow("listen", self.run_id, decisive="commit")
        model_run_id = self._woken(asked_at)
        self._follow("model", model_run_id, decisive="publish")
        return NightReport(self._day, self.run_id, model_run_id, time.monotonic() - started, holes)

    def _follow(self, dag_id: str, run_id: str, decisive: str) -> list[str]:
        """Wait for a run. Returns its failed tasks when the decisive one succeeded all the same."""
        for tasks in self._looks(dag_id, run_id):
            for task in tasks:
                if task.state == "up_for_retry" and self._is_impatient:
                    self._api.give_up(task)
        failed = [task for task in tasks if task.state in FAILED and task.task_id != "verdict"]
        if not any(task.task_id == decisive and task.state == "success" for task in tasks):
            culprit = next((task for task in failed if task.state == "failed"), None)
            raise AirflowError(self._words(culprit) if culprit else self._without_culprit(dag_id, run_id, tasks))
        return [task.name for task in failed]

    def _looks(self, dag_id: str, run_id: str) -> Iterator[list[Task]]:
        """The tasks of a run, again and again until it has ended; the last look comes after the end."""
        has_ended = False
        while not has_ended:
            self._pulse()
            tasks = self._api.tasks(dag_id, run_id)
            done = [task for task in tasks if task.state in DONE]
            has_ended = len(done) == len(tasks) > 0 and self._api.state(dag_id, run_id) in ("success", "failed")
            busy = [task for task in tasks if task.state in ("running", "up_for_retry")]
            self._show(f"{busy[0].name} {busy[0].state}" if busy else dag_id, len(done), len(tasks))
            yield tasks
            if not has_ended:
                time.sleep(0.4)

    def _woken(self, asked_at: datetime, patience: float = 60) -> str:
        """The model run of our day that began after we asked."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self._pulse()
            for run in self._api.runs("model"):
                if run["partition_key"] == self._day.isoformat() and _queued_at(run) >= asked_at:
                    return str(run["dag_run_id"])
            time.sleep(0.2)
        raise AirflowError(
            f"listen committed {self._day} but `model` did not wake within {patience:.0f} s; is it paused? "
            "`ouidire build` builds and publishes without Airflow"
        )

    def _words(self, task: Task) -> str:
        return f"{task.name} failed on {self._day} (try {task.try_number}):\n{self._api.log_tail(task)}"

    def _without_culprit(self, dag_id: str, run_id: str, tasks: list[Task]) -> str:
        states = ", ".join(f"{task.name}: {task.state}" for task in tasks)
        return f"{dag_id} run {run_id} of {self._day} ended without result; tasks: {states}"


def _queued_at(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["queued_at"] or run["run_after"])


def _log_lines(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield str(entry)
        return
    if entry.get("event", "").startswith("::"):  # markers that fold the log in the UI
        return
    yield str(entry.get("event", ""))
    for problem in entry.get("error_detail") or []:
        yield f"{problem.get('exc_type')}: {problem.get('exc_value')}"
        yield from problem.get("exc_notes") or []
        yield from (line for inner in problem.get("exceptions") or [] for line in _log_lines({"error_detail": inner}))
