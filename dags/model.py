"""After every committed night: build core and marts, check them, publish. The stages are in ouidire/night.py."""

# mypy: disallow-untyped-decorators=False
# (Airflow's decorators are not followed by mypy, see pyproject.toml)

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, get_current_context, task

NIGHTS = Asset("committed_night", uri="x-ouidire://lake/night", group="ouidire")
"""The same asset as in listen.py, which emits it."""

RUNBOOK = """
### What a run does
Wakes when **listen** has committed a day, whatever day it is and in whatever order.

| task | does | when it is red |
|---|---|---|
| `build` | `sql/core`, `sql/marts` for the dates that changed, `sql/checks`, in one transaction | the message names \
the file; nothing has changed, the published file is the last good one |
| `publish` | writes a new `listening.duckdb` and renames it into place | analysts keep the last good file; clear it |

### What to do
- **Build again**: *Trigger*, without a key. With `full` on, every date is built again (after a change of definition).
- **A check failed**: run its file in `sql/checks/` as a query: its rows are what is wrong.
"""


@dag(
    dag_id="model",
    dag_display_name="model: the marts",
    description="Builds, checks and publishes what a committed night changed.",
    schedule=PartitionedAssetTimetable(assets=NIGHTS),
    catchup=False,
    max_active_runs=1,  # one writer
    params={
        "full": Param(
            False,
            type="boolean",
            title="Build every date",
            description="Off: only the dates that changed and what depends on them.",
        )
    },
    default_args={
        "owner": "analytics",
        "pool": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": 3.0,
        "max_retry_delay": timedelta(minutes=30),
        "execution_timeout": timedelta(hours=2),
    },
    doc_md=RUNBOOK,
    tags=["ouidire", "nightly", "marts"],
)
def model() -> None:
    """Build, then publish."""

    @task
    def build() -> dict[str, Any]:
        """Core and marts of the dirty dates, and the checks."""
        from ouidire import night, settings

        return night.model(settings.load(), full=get_current_context()["params"]["full"])

    @task
    def publish() -> str:
        """The file that analysts open, replaced whole."""
        from ouidire import night, settings

        return night.publish(settings.load())

    build() >> publish()


model()
