"""What may be given to a parameter of a named query: told in its header, checked before the question is asked.

A value that cannot be would answer with no rows, which reads like a finding. A header says, in brackets:

    (1, 4 or 13)                       one of these
    (whole number from 1 to 36500)
    (date)                             2026-10-30
    (code of a language)               two small letters
    (brands.brand_id)                  a value of that column of the published file
    (brands.brand_id where is_rival)   the same, of some rows
    (any words)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from duckdb import DuckDBPyConnection

from warehouse.connect import WarehouseError

MOST_TOLD: Final = 30
"""Of more allowed values than this an error tells only those that resemble what was given."""

_PARAM: Final = re.compile(r"-- param (\w+): +(\S.*?) \(([^()]+)\) = (.*)")
_COLUMN: Final = re.compile(r"([a-z_]+)\.([a-z_]+)(?: where ([a-z_ ]+))?")
_WHOLE: Final = re.compile(r"whole number from (\d+) to (\d+)")
_FREE: Final = "any words"
_LANGUAGE: Final = "code of a language"


@dataclass(frozen=True)
class Param:
    """A value that the asker may change. `default` is None for NULL."""

    name: str
    sentence: str
    default: str | None
    allowed: str = _FREE
    """What the header says in brackets."""

    def check(self, con: DuckDBPyConnection, given: str) -> str | None:
        """The value as the query takes it; empty is NULL. Raises WarehouseError: parameter, value, what is allowed."""
        value = given.strip()
        if not value and self.default is None:
            return None
        wrong = _wrong(con, self.allowed, value)
        if wrong:
            raise WarehouseError(f"parameter {self.name}: {given!r}; {wrong}")
        return value


def read_param(where: str, line: str) -> Param:
    """A parameter from its line of the header. Raises WarehouseError naming `where` and the form to write."""
    found = _PARAM.fullmatch(line.rstrip())
    if not found:
        raise WarehouseError(f"{where}: {line!r}; write `-- param name: what it means (what is allowed) = default`")
    name, sentence, allowed, default = found.groups()
    if not _is_known(allowed):
        raise WarehouseError(
            f"{where}: param {name}: ({allowed}); write values as in (1, 4 or 13), "
            f"(whole number from 1 to 10), (date), ({_LANGUAGE}), a column such as (brands.brand_id), or ({_FREE})"
        )
    return Param(name, sentence, None if default.strip().upper() == "NULL" else default.strip(), allowed)


def tables_of(param: Param) -> set[str]:
    """The published table that holds the allowed values, if one does."""
    column = _COLUMN.fullmatch(param.allowed)
    return {column[1]} if column else set()


def _is_known(allowed: str) -> bool:
    shapes = (_COLUMN, _WHOLE)
    return allowed in _KINDS or any(shape.fullmatch(allowed) for shape in shapes) or len(_choices(allowed)) > 1


def _wrong(con: DuckDBPyConnection, allowed: str, value: str) -> str | None:
    """What to write instead of a value that is not allowed; None for one that is."""
    if kind := _KINDS.get(allowed):
        return kind(value)
    if whole := _WHOLE.fullmatch(allowed):
        fits = re.fullmatch(r"[0-9]{1,9}", value) and int(whole[1]) <= int(value) <= int(whole[2])
        return None if fits else f"write a {allowed}"
    if column := _COLUMN.fullmatch(allowed):
        return _not_in_column(con, column, value)
    return None if value in _choices(allowed) else f"write {allowed}"


def _choices(allowed: str) -> list[str]:
    return re.split(r", | or ", allowed)


def _not_in_column(con: DuckDBPyConnection, column: re.Match[str], value: str) -> str | None:
    table, name, condition = column.groups()
    rows = f"from {table} where {name} is not null" + (f" and {condition}" if condition else "")
    if con.execute(f"select 1 {rows} and {name}::varchar = $value limit 1", {"value": value}).fetchone():
        return None
    known = [str(one) for (one,) in con.execute(f"select distinct {name} {rows} order by all").fetchall()]
    if len(known) <= MOST_TOLD:
        return f"write one of {', '.join(known)}" if known else f"{table} has no {name} to choose from yet"
    near = difflib.get_close_matches(value, known, n=MOST_TOLD, cutoff=0.4) or known[:MOST_TOLD]
    return f'write one of {len(known)}, such as {", ".join(near)}; all: ouidire sql "SELECT DISTINCT {name} {rows}"'


def _no_words(value: str) -> str | None:
    return None if value else "write a value"


def _no_language(value: str) -> str | None:
    return None if re.fullmatch(r"[a-z]{2}", value) else "write the code of a language, such as fr or en"


def _no_date(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "write a date such as 2026-10-30"
    return None


_KINDS: Final[dict[str, Callable[[str], str | None]]] = {_FREE: _no_words, _LANGUAGE: _no_language, "date": _no_date}
