"""Every night: plan -> collect -> read -> commit, one day of every source. The stages are in ouidire/night.py."""

# mypy: disallow-untyped-decorators=False
# (Airflow's decorators are not followed by mypy, see pyproject.toml)

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    CronPartitionTimetable,
    Param,
    TriggerRule,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

NIGHTS = Asset("committed_night", uri="x-ouidire://lake/night", group="ouidire")
"""A day of all sources is in the lake; the event's partition is the day."""

CATCH_UP_DAYS = 14
"""A missed night is caught up by itself for so long; an older one only when somebody asks for a backfill."""

SOURCES_A_READER = 8
"""A language model takes seconds to load in every task: few readers, each with many sources."""

RUNBOOK = f"""
### What a run does
One run listens to one UTC day (its **partition key**, such as `2026-10-30`), for every enabled source of `brands.yml`.

| task | does | when it is red |
|---|---|---|
| `plan` | lists what to ask, one batch a host | the message names the line of `brands.yml`, the missing key, or \
a day that has not begun |
| `collect` | asks politely, lands every answer and an outcome | its log says why; the other hosts go on |
| `share_out` | deals the sources to readers | |
| `read` | parses and understands what has landed | its log names the source; the others are committed |
| `commit` | replaces the day in the lake and wakes **model** | nothing of the day changed; clear it |
| `verdict` | is red when anything above is, so that a night with a hole is seen | look left of it |

### What to do
- **Run a day again**: *Trigger*, write the day as partition key. It replays stored answers and gives the same rows.
- **Ask the network again**: the same, with `refetch` on.
- **Many days**: *Trigger > Backfill*, from and to included, reprocess *all runs* for days that already ran.
- **One source failed**: mend it, then clear its `collect` with *downstream*; the day is replaced whole.
- **Missed nights** (the machine was off) are caught up oldest first, up to {CATCH_UP_DAYS} days back; older ones by a
  backfill.
- **What was not seen** is in `coverage_daily`, never a silent zero.
"""


def _first_start() -> datetime:
    """When the schedule begins: the first `make up` of this home writes it down; before that, never by itself."""
    from ouidire import settings

    kept = settings.load().home / "airflow" / "first_start"
    return datetime.fromisoformat(kept.read_text(encoding="ascii").strip() if kept.exists() else "2100-01-01T00:00Z")


class UnreachableError(Exception):
    """A host did not answer; worth another try later in the night."""


@dag(
    dag_id="listen",
    dag_display_name="listen: the night",
    description="Collects, reads and commits one day of every source.",
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
    start_date=_first_start(),
    catchup=True,
    max_active_runs=1,  # oldest night first, and no host asked by two nights at once
    params={
        "refetch": Param(
            False,
            type="boolean",
            title="Ask the network again",
            description="Off: answers already stored for the day are replayed, and give the same rows.",
        )
    },
    default_args={
        "owner": "data-engineering",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": 3.0,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(hours=4),
    },
    doc_md=RUNBOOK,
    tags=["ouidire", "nightly", "collect"],
)
def listen() -> None:
    """Shape of the night; each task imports what it needs when it runs, so that this file parses at once."""

    @task(task_display_name="plan")
    def plan() -> list[list[dict[str, Any]]]:
        """Jobs of the day in batches, one host a batch. Refuses a run without a day."""
        from ouidire import night, settings

        return night.plan(settings.load(), _day())

    @task(map_index_template="{{ label }}")
    def collect(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Answers of one host, stored; one outcome a job. A failure here leaves the other hosts alone."""
        from ouidire import night, settings

        _label(job["source_id"] for job in batch)
        here = settings.load()
        secrets = {source: _connection(source) for source in night.secretive(here, batch)}
        outcomes = night.collect(here, batch, refetch=get_current_context()["params"]["refetch"], secrets=secrets)
        _try_again_later(outcomes)
        return outcomes

    @task
    def share_out(batches: Sequence[list[dict[str, Any]]]) -> list[list[str]]:
        """Sources in brands.yml, dealt to readers; a source without a job today is read too: it may hold an import."""
        from ouidire import brands, settings

        print(f"{sum(map(len, batches))} jobs planned")
        sources = [source.id for source in brands.load_brands(settings.load().brands).sources if source.enabled]
        return [sources[i : i + SOURCES_A_READER] for i in range(0, len(sources), SOURCES_A_READER)]

    @task(map_index_template="{{ label }}", trigger_rule=TriggerRule.ALL_DONE)
    def read(sources: list[str]) -> None:
        """Posts, mentions, acts and cues of some sources. Pushes `read`: those that went well, even when one fails."""
        from ouidire import night, settings

        _label(sources)
        done, problems = [], []
        for source in sources:
            try:
                print(source, night.read(settings.load(), _day(), [source]))
                done.append(source)
            except Exception as error:  # noqa: BLE001 - raised below, after the other sources had their turn
                error.add_note(f"source {source!r}: its stored answers are kept; clear this task once mended")
                problems.append(error)
        get_current_context()["ti"].xcom_push("read", done)
        if problems:
            raise ExceptionGroup(f"{len(problems)} of {len(sources)} sources could not be read", problems)

    @task(pool="warehouse", outlets=[NIGHTS], trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def commit() -> list[str]:
        """Replace the day of every source that was read, in one transaction. Returns the created_dates touched."""
        from ouidire import night, settings

        shares = get_current_context()["ti"].xcom_pull(task_ids=["read"], key="read")
        sources = [source for share in shares if share for source in share]
        return night.commit(settings.load(), [(_day(), source) for source in sources])

    @task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
    def verdict() -> None:
        """Runs only when something is red: turns the whole night red, though what went well is committed."""
        raise AirflowFailException("this night has a hole: see the red tasks; what went well is committed")

    planned = plan()
    collected = collect.expand(batch=planned)
    reading = read.expand(sources=share_out(planned))
    committed = commit()
    collected >> reading >> committed
    [planned, collected, reading, committed] >> verdict()


def _day() -> date:
    """The UTC day of this run. Fails, without another try, when it has none or one that has not begun.

    A scheduled run that is too old to be caught up is skipped.
    """
    from ouidire import days

    run = get_current_context()["dag_run"]
    try:
        day = date.fromisoformat(run.partition_key or "")
    except ValueError:
        raise AirflowFailException(
            f"this run has no day: its partition key is {run.partition_key!r}. Trigger `listen` again with a "
            'partition key such as 2026-10-30 (in the UI: Trigger > Partition key; by REST: {"logical_date": null, '
            '"partition_key": "2026-10-30"}), or backfill a range of days.'
        ) from None
    today = days.today()
    if words := days.not_begun(day, today):
        raise AirflowFailException(
            f"{words}: nothing is asked or written. Trigger `listen` again with a day up to {today}."
        )
    if run.run_type == "scheduled" and today - day > timedelta(days=CATCH_UP_DAYS):
        raise AirflowSkipException(
            f"{day} is more than {CATCH_UP_DAYS} days ago: not caught up by itself; backfill it if you want it"
        )
    return day


def _connection(source: str) -> dict[str, str]:
    """Fields of the connection `ouidire_<source id>`: login, password and what `extra` holds; {} where there is none.

    Stays in the task: neither returned, logged nor pushed.
    """
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = Connection.get(f"ouidire_{source}")
    except AirflowNotFoundException:
        return {}
    told = {"login": found.login, "password": found.password, **found.extra_dejson}
    return {name: value for name, value in told.items() if isinstance(value, str) and value}


def _label(names: Any) -> None:
    get_current_context()["label"] = ", ".join(dict.fromkeys(names))


def _try_again_later(outcomes: list[dict[str, Any]]) -> None:
    """On a scheduled night, let the backoff retry a host that did not answer; the last try is taken as it is."""
    context = get_current_context()
    down = sorted({outcome["source"] for outcome in outcomes if outcome["state"] == "unreachable"})
    if down and context["dag_run"].run_type == "scheduled" and context["ti"].try_number <= context["ti"].max_tries:
        raise UnreachableError(f"no answer from {', '.join(down)}; asked again later tonight")


listen()
