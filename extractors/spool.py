"""What was read in answers, on disk until it becomes rows: so that no answer is read twice, and memory stays flat.

A walk leaves its spool beside its captures. It is never the truth: captures are. It counts only when it came to its
end, its captures have not changed since, and the same code read them with the same words of brands.yml about the
source; in any other case the captures are read again. It goes as soon as it was parsed, with captures that expire, and
whenever words are erased.
"""

from __future__ import annotations

import dataclasses
import hashlib
import marshal
import struct
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, Final, Self

from extractors.source import AuthorDraft, Page, PostDraft
from ouidire import lake
from ouidire.brands import Source as SourceConfig
from ouidire.settings import Settings

_POST: Final = tuple(field.name for field in dataclasses.fields(PostDraft))
_AUTHOR: Final = tuple(field.name for field in dataclasses.fields(AuthorDraft))
_INSTANTS: Final = tuple(map(_POST.index, ("created_at", "edited_at")))
_WRITER: Final = _POST.index("author")
_post_values, _author_values = attrgetter(*_POST), attrgetter(*_AUTHOR)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TAIL: Final = struct.Struct("<Q8s")
_MARK: Final = b"spooled1"


class SpoolError(Exception):
    """A sealed spool cannot be read: a crash of the machine tore it, or it was removed meanwhile."""


class Read:
    """What one answer holds for the rows: reasons why there is no post, each with its item, and drafts."""

    def __init__(self, refused: Sequence[tuple[str, str]], columns: list[Any]) -> None:
        self.refused = refused
        self.columns = columns
        """Values of the drafts by field, as they are on disk."""

    @classmethod
    def of(cls, page: Page) -> Self:
        """What of a page becomes rows."""
        columns: list[Any] = list(zip(*map(_post_values, page.posts), strict=True))
        if columns:
            for place in _INSTANTS:
                columns[place] = [at and _since_1970(at) for at in columns[place]]
            columns[_WRITER] = [author and _author_values(author) for author in columns[_WRITER]]
        return cls([(refused.reason, refused.item) for refused in page.refused], columns)

    @property
    def drafts(self) -> list[PostDraft]:
        """The drafts."""
        if not self.columns:
            return []
        columns = list(self.columns)
        for place in _INSTANTS:
            columns[place] = [at and _EPOCH + timedelta(*at) for at in columns[place]]
        columns[_WRITER] = [author and AuthorDraft(*author) for author in columns[_WRITER]]
        return list(map(PostDraft, *columns))

    def values(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Some fields of each draft, but neither instants nor authors: cheaper than the whole."""
        return zip(*(self.columns[_POST.index(name)] for name in names), strict=True) if self.columns else iter(())


class Spool:
    """Reads by the number of their capture, in a file: one of our own, or one that is sealed and opened when needed."""

    def __init__(self, where: Path | IO[bytes], places: dict[int, tuple[int, int]] | None = None) -> None:
        self._where = where
        self._places: dict[int, tuple[int, int]] = places or {}
        self._end = 0

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new one in the place of any other; it does not count until it is sealed."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(path.open("wb"))

    @classmethod
    def sealed(cls, path: Path, mark: str) -> Self | None:
        """The one that a walk sealed with that mark (`mark_of`); None when there is none that counts."""
        captures = [found.stat().st_mtime_ns for found in path.parent.glob(f"{path.stem}-*.parquet")]
        try:
            if not captures or max(captures) > path.stat().st_mtime_ns:
                return None
            with path.open("rb") as file:
                file.seek(-_TAIL.size, 2)
                start, seal = _TAIL.unpack(file.read())
                file.seek(start)
                told, places = marshal.loads(file.read()) if seal == _MARK else (None, None)  # noqa: S302 our own file
        except (OSError, ValueError, TypeError, EOFError):  # gone meanwhile, shorter than its tail, or torn
            return None
        return cls(path, places) if told == mark else None

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def put(self, number: int, read: Read) -> None:
        """Keep what was read, in one that is being made. Raises TypeError when a draft holds what no draft may."""
        packed = _packed(read)
        self._places[number] = (self._end, len(packed))
        self._end += self._own.write(packed)

    def get(self, number: int) -> Read:
        """What was kept. Raises LookupError, and SpoolError when a sealed one cannot be read."""
        start, length = self._places[number]
        where = self._where  # a path is opened anew: a day may have more of them than files may be open
        try:
            with where.open("rb", buffering=0) if isinstance(where, Path) else nullcontext(where) as file:
                file.seek(start)
                return Read(*marshal.loads(file.read(length)))  # noqa: S302 our own file
        except (OSError, ValueError, TypeError, EOFError) as error:
            raise SpoolError(f"{where}: {error}") from None

    def seal(self, mark: str) -> None:
        """Let it count; its captures must have landed by now."""
        self._own.write(marshal.dumps((mark, self._places)))
        self._own.write(_TAIL.pack(self._end, _MARK))

    def close(self) -> None:
        """Close our own file."""
        self._own.close()

    @property
    def _own(self) -> IO[bytes]:
        if isinstance(self._where, Path):
            raise ValueError(f"{self._where} is sealed")
        return self._where


def spool_path(settings: Settings, day: date, source_id: str, stem: str) -> Path:
    """The file of one generation of a journal; `stem` is how the names of its captures begin."""
    return lake.partition_dir(settings.captures, day, source_id) / f"{stem}{lake.SPOOL}"


def mark_of(config: SourceConfig) -> str:
    """Hash of all that decides how an answer of a source is read, but for the answer."""
    return hashlib.sha256(f"{_code()} {config.model_dump_json()}".encode()).hexdigest()


@cache
def _code() -> str:
    """Of our own files, and of the moment at which a library was last put in or taken out."""
    libraries = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    found = hashlib.sha256(f"{sys.version} {libraries}".encode())
    for path in sorted(Path(__file__).parent.rglob("*.*")):
        if path.suffix in (".py", ".yml"):
            found.update(path.read_bytes())
    return found.hexdigest()


def _since_1970(at: datetime) -> tuple[int, int, int]:
    """Days, seconds and microseconds: exact for any year, and sooner written than any words."""
    span = at - _EPOCH
    return span.days, span.seconds, span.microseconds


def _packed(read: Read) -> bytes:
    held: Any = (read.refused, read.columns)
    try:
        return marshal.dumps(held)
    except ValueError:  # libraries give words of classes of their own, which hold whole documents
        return marshal.dumps(_plain(held))


def _plain(value: Any) -> Any:
    """The same without classes of libraries. Raises TypeError when it is neither words, number nor list of them."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    kind = next((kind for kind in (str, int, float) if isinstance(value, kind)), None)
    if kind is None:
        raise TypeError(f"a draft holds a {type(value).__name__}: {value!r:.80}")
    return kind(value)
