"""A result as a file: CSV, Parquet, JSON lines or XLSX, by the ending of its name."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from pyarrow import csv

from warehouse.connect import WarehouseError

MOST_XLSX_ROWS: Final = 1_048_575
"""Rows of a sheet, less the header (Excel specifications and limits)."""

MOST_XLSX_CHARACTERS: Final = 32_767


def export(con: DuckDBPyConnection, path: Path) -> int:
    """Write the result that the connection holds. Returns the rows written.

    Raises WarehouseError for an ending that is not known, or for more rows than a sheet holds.
    """
    writers = {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl, ".xlsx": _xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise WarehouseError(f"{path}: unknown ending; write a name that ends in {', '.join(writers)}")
    table = con.to_arrow_table()
    path.parent.mkdir(parents=True, exist_ok=True)
    writer(table, path)
    return int(table.num_rows)


def _parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


def _csv(table: pa.Table, path: Path) -> None:
    """UTF-8 with a byte order mark, which is how a spreadsheet recognises it. Lists become JSON."""
    flat = [_as_text(column) if pa.types.is_nested(column.type) else column for column in table.columns]
    with path.open("wb") as file:
        file.write("\ufeff".encode())
        csv.write_csv(pa.Table.from_arrays(flat, names=table.column_names), file)


def _as_text(column: pa.ChunkedArray) -> pa.Array:
    values = column.to_pylist()
    return pa.array([None if value is None else _json(value) for value in values], pa.string())


def _jsonl(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_json(row) + "\n" for row in table.to_pylist())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _xlsx(table: pa.Table, path: Path) -> None:
    if table.num_rows > MOST_XLSX_ROWS:
        raise WarehouseError(
            f"{path}: {table.num_rows:,} rows, a sheet holds {MOST_XLSX_ROWS:,}; write .parquet or .csv"
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("result")
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=name) for name in table.column_names]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for batch in table.to_batches():
        for row in batch.to_pylist():
            sheet.append([_cell(sheet, value) for value in row.values()])
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a sheet takes it: words are never read as a formula, instants lose their zone (they are UTC)."""
    if isinstance(value, (list, dict)):
        value = _json(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value)[:MOST_XLSX_CHARACTERS])
        cell.data_type = "s"
        return cell
    return value if isinstance(value, (int, float, bool, date, type(None))) else str(value)
