"""Run in a process of its own: import the DAG files and tell about them in JSON."""

import importlib.util
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

FOLDER = Path(__file__).resolve().parent.parent.parent / "dags"
HEAVY = ("spacy", "thinc", "duckdb", "pyarrow", "trafilatura", "lxml", "requests", "extractors", "nlp", "warehouse")


def imported(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def description(dag):
    return {
        "display_name": dag.dag_display_name,
        "doc_md": dag.doc_md or "",
        "tags": sorted(dag.tags),
        "schedule": repr(dag.timetable),
        "catchup": dag.catchup,
        "start_date": str(dag.start_date),
        "max_active_runs": dag.max_active_runs,
        "params": {name: dag.params[name] for name in dag.params},
        "tasks": {
            task.task_id: {
                "pool": task.pool,
                "owner": task.owner,
                "retries": task.retries,
                "backoff": task.retry_exponential_backoff,
                "trigger_rule": getattr(task.trigger_rule, "value", task.trigger_rule),
                "outlets": [asset.name for asset in task.outlets],
                "label": task.map_index_template,
                "doc": task.doc_md or getattr(task, "python_callable", lambda: None).__doc__ or "",
            }
            for task in dag.tasks
        },
    }


def refusal(module, key, run_type="manual"):
    """What a run with that partition key is told: the day, or the exception and its words."""
    module.get_current_context = lambda: {"dag_run": SimpleNamespace(partition_key=key, run_type=run_type)}
    try:
        return str(module._day())
    except Exception as error:  # noqa: BLE001 - told as it is
        return f"{type(error).__name__}: {error}"


def retried(module, state, run_type, try_number):
    run = SimpleNamespace(partition_key="2026-10-30", run_type=run_type)
    module.get_current_context = lambda: {"dag_run": run, "ti": SimpleNamespace(try_number=try_number, max_tries=3)}
    try:
        module._try_again_later([{"source": "cafe", "state": state}])
    except module.UnreachableError as error:
        return str(error)
    return None


def after_up():
    """The start of the schedule, and the days of its first two runs, once `make up` has written when it began."""
    from airflow.timetables.base import TimeRestriction
    from airflow.timetables.trigger import CronPartitionTimetable

    from ouidire import settings

    kept = settings.load().home / "airflow" / "first_start"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("2026-11-21T00:00:00+00:00\n", encoding="ascii")
    dag = imported("listen").listen()
    timetable = CronPartitionTimetable("0 0 * * *", timezone=UTC, run_offset=-1, key_format="%Y-%m-%d")
    restriction = TimeRestriction(dag.start_date, None, dag.catchup)
    first = timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=restriction)
    second = timetable.next_dagrun_info_v2(last_dagrun_info=first, restriction=restriction)
    return {"start_date": str(dag.start_date), "first": first.partition_key, "second": second.partition_key}


def main():
    import airflow.sdk  # noqa: F401 - not counted among what our files load

    before = set(sys.modules)
    listen, model, maintain = imported("listen"), imported("model"), imported("maintain")
    added = {name.split(".")[0] for name in set(sys.modules) - before}
    old = date(2026, 1, 2)
    recent = datetime.now(UTC).date() - timedelta(days=listen.CATCH_UP_DAYS)
    told = {
        "heavy": sorted(added & set(HEAVY)),
        "dags": {
            "listen": description(listen.listen()),
            "model": description(model.model()),
            "maintain": description(maintain.maintain()),
        },
        "same_asset": listen.NIGHTS == model.NIGHTS,
        "unkeyed": refusal(listen, None),
        "bad_key": refusal(listen, "2026-13-01"),
        "keyed": refusal(listen, "2026-10-30"),
        "missed_long_ago": refusal(listen, old.isoformat(), "scheduled"),
        "missed_recently": [refusal(listen, recent.isoformat(), "scheduled"), recent.isoformat()],
        "ahead": [
            refusal(listen, (datetime.now(UTC).date() + timedelta(days=n)).isoformat(), kind)
            for n in (1, 2000)
            for kind in ("manual", "backfill")
        ],
        "today": [refusal(listen, datetime.now(UTC).date().isoformat()), datetime.now(UTC).date().isoformat()],
        "old_backfill": refusal(listen, old.isoformat(), "backfill"),
        "retried": {
            "unreachable": retried(listen, "unreachable", "scheduled", 1),
            "last_try": retried(listen, "unreachable", "scheduled", 4),
            "by_hand": retried(listen, "unreachable", "manual", 1),
            "forbidden": retried(listen, "forbidden", "scheduled", 1),
        },
    }
    told["after_up"] = after_up()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
