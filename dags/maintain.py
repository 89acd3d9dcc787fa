"""Every week: what is too old goes, erasure that is due is finished, files are few. The work is in ouidire/night.py."""

# mypy: disallow-untyped-decorators=False
# (Airflow's decorators are not followed by mypy, see pyproject.toml)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

RUNBOOK = """
### What a run does
On Sundays at 05:00 UTC, after the night. It asks no source anything, and no figure changes by it.

| task | does | when it is red |
|---|---|---|
| `retain` | removes raw captures older than `settings.keep_captures_days` of `brands.yml` (400; null keeps all) | its \
message names the file; clear it |
| `erase_due` | finishes erasures and deletions that were interrupted: captures, staging, lake, old files | clear it \
until it is green: somebody's words are still there |
| `compact` | merges small files of the lake, forgets snapshots older than `settings.keep_snapshots_days` (7), removes \
files that none needs since a day | the lake is whole as it was; clear it |

### What to do
- **Run it now**: *Trigger*. It can be run at any moment: the pool makes it wait for the night's commit.
- **A night older than its captures** is not parsed again: a rerun gives the rows that it has. New rules do apply
  (`ouidire reprocess`), for they read the posts. `refetch` asks the sources that can be asked about the past.
- **Erase somebody**: not here but with `ouidire forget`, at once.
"""


@dag(
    dag_id="maintain",
    dag_display_name="maintain: the house",
    description="Retention, erasure that is due, compaction of the lake.",
    schedule=CronTriggerTimetable("0 5 * * 0", timezone="UTC", run_immediately=False),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "data-engineering",
        "pool": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": 3.0,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(hours=4),
    },
    doc_md=RUNBOOK,
    tags=["ouidire", "weekly", "maintenance"],
)
def maintain() -> None:
    """One after the other: compaction last, so that it also takes what erasure left."""

    @task
    def retain() -> dict[str, int]:
        """Raw captures that are too old."""
        from ouidire import night, settings

        return night.retain(settings.load())

    @task(trigger_rule="all_done")
    def erase_due() -> dict[str, int]:
        """Erasures and deletions that were interrupted."""
        from ouidire import night, settings

        return night.erase_due(settings.load())

    @task(trigger_rule="all_done")
    def compact() -> dict[str, int]:
        """Small files, old snapshots and their files."""
        from ouidire import night, settings

        return night.compact(settings.load())

    retain() >> erase_due() >> compact()


maintain()
