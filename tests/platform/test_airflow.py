"""A really running Airflow: nights, reruns and backfills give the rows that `ouidire run` gives."""

import os
import shutil
import signal
from datetime import timedelta

import pytest
from rich.progress import Progress

from ouidire import night, processes, sampleweb, settings, supervise
from ouidire.airflow_api import AirflowError

pytestmark = pytest.mark.slow

SAMPLE = settings.ROOT / "sample"


@pytest.fixture(scope="module")
def days():
    last = max(post.at for post in sampleweb.told(sampleweb.load(SAMPLE))).date()
    return night.days(last - timedelta(days=13), last)


@pytest.fixture(scope="module")
def command(tmp_path_factory, days):
    """Fourteen nights without a scheduler; the sample web stays up for the others."""
    home = tmp_path_factory.mktemp("command")
    with sampleweb.running(SAMPLE, port=0) as base:
        words = (SAMPLE / "brands.yml").read_text(encoding="utf-8")
        (home / "brands.yml").write_text(
            words.replace("127.0.0.1:8765", base.removeprefix("http://")), encoding="utf-8"
        )
        here = settings.load({"OUIDIRE_HOME": str(home), "OUIDIRE_BRANDS": str(home / "brands.yml")})
        with Progress(disable=True) as progress:
            night.run_days(here, days, progress=progress)
        yield here


@pytest.fixture(scope="module")
def here(command, tmp_path_factory):
    """Another home, whose author hashes can be compared with those of the command."""
    home = tmp_path_factory.mktemp("airflow")
    shutil.copy(command.home / "author.key", home)
    return settings.load({"OUIDIRE_HOME": str(home), "OUIDIRE_BRANDS": str(command.brands)})


@pytest.fixture(scope="module")
def one_night(here, days, rows):
    """The last day, through Airflow started for it; the same again."""
    supervise.run_night(here, days[-1])
    first = rows(here)
    report = supervise.run_night(here, days[-1])
    return first, rows(here), report


@pytest.fixture(scope="module")
def airflow(here, one_night):
    """`make up` on a port of its own, without a schedule: last night's real date is none of the sample's."""
    env = {"AIRFLOW__API__PORT": str(processes.free_port()), "AIRFLOW__SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "0"}
    os.environ.update(env)
    supervise.up(here, say=lambda words: None)
    try:
        yield supervise.Airflow(supervise._api(here, supervise.running(here).port), None)
    finally:
        supervise.down(here, say=lambda words: None)
        for name in env:
            del os.environ[name]


def test_a_rerun_gives_the_same_rows(one_night, differences):
    first, second, report = one_night
    assert first["core_posts"]
    assert differences(first, second) == {}
    assert report.holes == []


def test_nothing_is_left_after_a_night(here, one_night):
    assert supervise.running(here) is None
    assert [path.name for path in (here.home / "airflow").glob("supervisor.json")] == []


def test_a_backfill_gives_the_rows_of_the_command(  # noqa: PLR0917 what is compared, and how
    airflow, here, command, days, rows, differences, wait_for
):
    body = {
        "dag_id": "listen", "from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[-1]}T00:00:00Z",
        "max_active_runs": 3, "reprocess_behavior": "completed",
    }  # fmt: skip
    airflow.api.call("POST", "/backfills", body)

    def are_done():
        listened = [run for run in airflow.api.runs("listen") if run["run_type"] == "backfill"]
        modelled = [
            run for run in airflow.api.runs("model") if run["partition_key"] in {d.isoformat() for d in days[:-1]}
        ]
        assert "failed" not in {run["state"] for run in listened + modelled}
        states = [run["state"] for run in listened], {run["state"] for run in modelled}
        return states == (["success"] * 14, {"success"})

    wait_for(are_done, 600)
    wait_for(lambda: all(run["state"] == "success" for run in airflow.api.runs("model")), 300)
    assert differences(rows(command), rows(here)) == {}


def test_a_killed_scheduler_is_restarted_and_works(airflow, here, days, wait_for):
    before = supervise.running(here).sessions["scheduler"][0]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: supervise.running(here).sessions["scheduler"][0] != before, 30)
    assert airflow.run_night(days[0]).holes == []


def test_a_run_without_a_day_is_refused(airflow, wait_for):
    run_id = airflow.api.call("POST", "/dags/listen/dagRuns", {"logical_date": None})["dag_run_id"]
    wait_for(lambda: airflow.api.state("listen", run_id) == "failed", 60)
    states = {task.task_id: task for task in airflow.api.tasks("listen", run_id)}
    assert states["commit"].state == "upstream_failed"
    assert "Trigger `listen` again with a partition key" in airflow.api.log_tail(states["plan"])


def test_tasks_are_labelled_with_their_sources(airflow):
    run = next(run for run in airflow.api.runs("listen") if run["state"] == "success")
    names = {task.name for task in airflow.api.tasks("listen", run["dag_run_id"])}
    assert any(name.startswith("listen.collect [") and "carnets" in name for name in names), names


def test_a_failing_stage_is_told_with_its_log(command, days, tmp_path):
    broken = settings.load({"OUIDIRE_HOME": str(tmp_path), "OUIDIRE_BRANDS": str(tmp_path / "none.yml")})
    with pytest.raises(AirflowError, match=r"listen.plan failed(?s:.*)BrandsError(?s:.*)none.yml: no such file"):
        supervise.run_night(broken, days[0])
    assert supervise.running(broken) is None


def test_down_leaves_no_process(here, airflow):
    state = supervise.running(here)
    supervise.down(here, say=lambda words: None)
    left = [pid for leader, ticks in state.sessions.values() for pid in processes.session_members(leader, ticks)]
    assert left == []
    assert supervise.running(here) is None
