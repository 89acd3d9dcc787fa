"""What the tests of a running Airflow share: published rows, and patience."""

import time

import pytest

CLOCKS = ("run_date", "byte_count", "finished_at", "seen_at", "observed_at", "engagement_at", "published_at")
"""Ends of the names of columns that tell when and at what cost we looked, not what was said."""


@pytest.fixture(scope="session")
def rows():
    """Gives every published table of a home, without the clocks, in an order of its own."""

    def read(here):
        from warehouse.connect import open_published

        with open_published(here.published) as con:
            tables = "SELECT table_name FROM information_schema.tables ORDER BY 1"
            return {name: _rows(con, name) for (name,) in con.execute(tables).fetchall()}

    return read


@pytest.fixture(scope="session")
def differences():
    """Gives the tables whose rows differ, with the first rows of each side; {} when there are none."""

    def compare(left, right):
        return {
            name: (sorted(set(left.get(name, [])) - set(right.get(name, [])))[:3],
                   sorted(set(right.get(name, [])) - set(left.get(name, [])))[:3])
            for name in left.keys() | right.keys()
            if left.get(name) != right.get(name)
        }  # fmt: skip

    return compare


@pytest.fixture(scope="session")
def wait_for():
    """Waits until a condition holds; fails after so many seconds."""

    def wait(condition, patience):
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.5)

    return wait


def _rows(con, name):
    columns = [column[0] for column in con.execute(f'DESCRIBE "{name}"').fetchall()]
    kept = ", ".join(f'"{column}"' for column in columns if not column.endswith(CLOCKS))
    return sorted(map(repr, con.execute(f'SELECT {kept} FROM "{name}"').fetchall()))
