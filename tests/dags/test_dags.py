"""The DAG files as Airflow reads them: light to parse, documented, and with the right refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DAGS = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    env = {**os.environ, "AIRFLOW_HOME": str(home), "OUIDIRE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("describe.py"))],
        env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_dag_file_is_described(told):
    assert sorted(told["dags"]) == DAGS


def test_parsing_loads_nothing_heavy(told):
    assert told["heavy"] == []


@pytest.mark.parametrize("name", DAGS)
def test_a_dag_carries_its_runbook(told, name):
    dag = told["dags"][name]
    assert "What to do" in dag["doc_md"]
    assert all(f"`{task}`" in dag["doc_md"] for task in dag["tasks"])
    assert dag["display_name"].startswith(f"{name}: ")
    assert "ouidire" in dag["tags"]
    assert dag["max_active_runs"] == 1


@pytest.mark.parametrize("name", DAGS)
def test_tasks_are_owned_explained_and_tried_again(told, name):
    for task_id, task in told["dags"][name]["tasks"].items():
        assert task["owner"] not in ("", "airflow"), task_id
        assert task["doc"], task_id
        assert task["retries"] >= 2 or task_id == "verdict", task_id
        assert task["backoff"] > 1, task_id


def test_one_writer_in_the_lake(told):
    pools = {task_id: task["pool"] for dag in told["dags"].values() for task_id, task in dag["tasks"].items()}
    assert {task_id for task_id, pool in pools.items() if pool == "warehouse"} == {
        "commit", "build", "publish", "retain", "erase_due", "compact",
    }  # fmt: skip


def test_maintenance_goes_on_after_a_failure_and_never_begins_by_itself(told):
    maintain = told["dags"]["maintain"]
    assert maintain["catchup"] is False
    assert "0 5 * * 0" in maintain["schedule"]
    assert [maintain["tasks"][task]["trigger_rule"] for task in ("erase_due", "compact")] == ["all_done", "all_done"]


def test_the_night_wakes_the_model(told):
    assert told["dags"]["listen"]["tasks"]["commit"]["outlets"] == ["committed_night"]
    assert told["same_asset"]
    assert "PartitionedAssetTimetable" in told["dags"]["model"]["schedule"]


def test_missed_nights_are_caught_up(told):
    listen = told["dags"]["listen"]
    assert listen["catchup"] is True
    assert listen["start_date"].startswith("2100-"), "never scheduled before the first `make up`"
    assert told["missed_recently"][0] == told["missed_recently"][1]
    assert told["missed_long_ago"].startswith("AirflowSkipException: 2026-01-02 is more than 14 days ago")
    assert "backfill" in told["missed_long_ago"]
    assert told["old_backfill"] == "2026-01-02"


def test_the_first_up_listens_to_the_night_before_it(told):
    assert told["after_up"] == {
        "start_date": "2026-11-21 00:00:00+00:00",
        "first": "2026-11-20",
        "second": "2026-11-21",
    }


def test_a_failed_source_does_not_stop_the_night(told):
    tasks = told["dags"]["listen"]["tasks"]
    assert tasks["read"]["trigger_rule"] == "all_done"
    assert tasks["commit"]["trigger_rule"] == "all_done_min_one_success"
    assert tasks["verdict"]["trigger_rule"] == "one_failed"


def test_mapped_tasks_are_labelled(told):
    tasks = told["dags"]["listen"]["tasks"]
    assert tasks["collect"]["label"] == tasks["read"]["label"] == "{{ label }}"


def test_a_run_without_a_day_is_refused_with_the_remedy(told):
    for words in (told["unkeyed"], told["bad_key"]):
        assert words.startswith("AirflowFailException: this run has no day")
        assert '"partition_key": "2026-10-30"' in words
        assert "backfill" in words
    assert "'2026-13-01'" in told["bad_key"]
    assert told["keyed"] == "2026-10-30"


def test_a_day_that_has_not_begun_is_refused_before_anything_is_written(told):
    assert len(told["ahead"]) == 4
    for words in told["ahead"]:
        assert words.startswith("AirflowFailException: 2")
        assert "has not begun yet (UTC): nothing is asked or written" in words
    assert told["today"][0] == told["today"][1]


def test_only_a_silent_host_of_a_scheduled_night_is_asked_later(told):
    assert "cafe" in told["retried"].pop("unreachable")
    assert set(told["retried"].values()) == {None}


def test_refetch_is_off_unless_asked(told):
    assert told["dags"]["listen"]["params"] == {"refetch": False}
    assert told["dags"]["model"]["params"] == {"full": False}
