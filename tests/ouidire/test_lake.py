"""Partitions on disk: whole or not at all."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ouidire import disk, lake, settings
from ouidire.records import Quarantine

DAY = date(2026, 10, 1)


@pytest.fixture
def here(tmp_path):
    return settings.load({"OUIDIRE_HOME": str(tmp_path)})


def test_an_empty_variable_is_none():
    """Pasted without its value, a variable must not make the checkout the home."""
    names = ("HOME", "BRANDS", "CATALOG", "DATA", "S3_SECRET")
    empty = {f"OUIDIRE_{name}": "" for name in names}
    assert settings.load(empty) == settings.load({})
    assert settings.load({}).home == settings.ROOT / "var"


def row(n: int) -> Quarantine:
    return Quarantine(run_date=DAY, source="s", query="", stage="parse", item=str(n), reason="why")


def read(here):
    return list(lake.read_rows(here, DAY, "s", Quarantine, "quarantine"))


def test_rows_come_back_as_they_were(here):
    assert read(here) == []
    assert lake.write_rows(here, DAY, "s", "quarantine", [row(1), row(2)]) == 2
    assert read(here) == [row(1), row(2)]
    lake.write_rows(here, DAY, "s", "quarantine", [row(3)])
    assert read(here) == [row(3)]


def test_a_long_table_is_written_in_batches(here):
    with lake.TableWriter(here, DAY, "s", "quarantine") as writer:
        for n in range(lake.BATCH + 5):
            writer.write([row(n)])
    assert writer.count == lake.BATCH + 5
    assert read(here)[-1] == row(lake.BATCH + 4)


def test_an_error_half_way_leaves_what_was_there(here):
    lake.write_rows(here, DAY, "s", "quarantine", [row(1)])

    def half():
        with lake.TableWriter(here, DAY, "s", "quarantine") as writer:
            writer.write(row(n) for n in range(lake.BATCH))
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        half()
    assert read(here) == [row(1)]
    assert len(list(lake.partition_dir(here.staging, DAY, "s").iterdir())) == 1


REFUSED = {
    "write rows": lambda here, _: lake.write_rows(here, DAY, "s", "quarantine", [row(1)]),
    "write a file": lambda _, path: lake.write_parquet(path.parent / "fresh.parquet", pa.table({"a": [1]})),
    "read a file": lambda _, path: pq.ParquetFile(path / "absent.parquet"),
}


@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_a_file_that_arrow_is_refused_is_named(here, monkeypatch, ask):
    path = here.home / "it's.parquet"  # a folder: nobody may write a file there, be it root
    path.mkdir()
    monkeypatch.setattr(lake, "_fresh_name", lambda _: path)
    with pytest.raises(OSError, match="Failed to open local file") as refused:
        ask(here, path)
    words = disk.refusal(refused.value, here.home)
    assert words is not None
    assert words.startswith(f"{path}")
    assert "set OUIDIRE_HOME to a folder of yours" in words


def test_the_author_key_is_made_once_and_private(here):
    key = here.author_key
    assert len(key) == 32
    assert here.author_key == key
    assert (here.home / "author.key").stat().st_mode & 0o077 == 0
