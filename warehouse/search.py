"""Full-text search over verbatims: DuckDB's fts, loaded from its wheel, in a file beside the published one.

No published table or view depends on it. The index is made at the first search after a publish, which removes the old
one: so nothing that was erased stays in it.
"""

from __future__ import annotations

import os
import re
import unicodedata
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
from duckdb import DuckDBPyConnection

from ouidire.disk import is_there
from ouidire.settings import Settings
from warehouse.connect import WarehouseError, exclusive, load_extension, open_index, quoted

STEMMERS: Final[Mapping[str, str]] = {"fr": "french", "en": "english", "es": "spanish", "de": "german", "it": "italian"}
"""Language -> Snowball stemmer of fts; every other language is matched by whole words."""

_OTHER: Final = "other"

_APOSTROPHE: Final = "['’ʼ‘]"
_CUT_SHORT: Final = (
    rf"\b(?:[ldnsjmtc]|qu|jusqu|lorsqu|puisqu|quoiqu){_APOSTROPHE}"  # l'été
    rf"|\b[a-z]+n{_APOSTROPHE}t\b"  # don't
    rf"|{_APOSTROPHE}(?:s|re|ve|ll|m|d)\b"  # the lid's, we've
)
"""What stands for a little word: no search looks for it, or `l'été` would find every `l'`."""

_BETWEEN: Final = rf"{_CUT_SHORT}|[^\p{{L}}\p{{N}}]+"
"""What lies between two words, in posts and in what is searched, once case and accents are gone."""


_WHOLE: Final = "nfc_normalize(lower(concat_ws(' ', title, text)))"
_OTHERWISE_ACCENTED: Final = f"""
    len(list_filter($accented::varchar[], lambda word:
        not contains({_WHOLE}, word)
        and contains(
            ' ' || regexp_replace(strip_accents({_WHOLE}), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'), ' ' || strip_accents(word)
        )
    ))
"""
"""How many of the accented words stand in a hit, but never with their accents."""


def search(settings: Settings, words: str, *, limit: int = 20, since: str | None = None) -> list[dict[str, Any]]:
    """Posts whose title or text hold the words, best first; case, accents and endings apart.

    Posts that have a word with other accents only ("êtes" for "été") come last.

    Keys: post_id, created_date, source, url, title, text, score (BM25, comparable within a language only), umot
    (positive, negative or none). Copies and deleted posts are left out. `since` is an ISO date.
    Raises WarehouseError when nothing is published, or when `words` holds no word.
    """
    if not looked_for(words):
        raise WarehouseError(f"{words!r} holds no word to look for; write what people would have written")
    path = index(settings)
    with open_index(path, read_only=True) as con:
        load_extension(con, "fts")
        parts = [_part(name) for name in (*STEMMERS, _OTHER)]
        found = con.execute(
            f"select * from ({' union all '.join(parts)}) as hits "  # noqa: S608 (our names)
            "where score is not null and ($since is null or created_date >= $since::date) "
            f"order by {_OTHERWISE_ACCENTED}, score desc, created_date desc, post_id limit $most",
            {"words": words, "since": since, "most": limit, "accented": _accented(words)},
        )
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def looked_for(words: str) -> list[str]:
    """The words of a search without those cut short: `l'été` is `été`, and `don't leak` is `leak`."""
    return re.findall(r"[^\W_]+", re.sub(_CUT_SHORT, " ", words, flags=re.ASCII | re.IGNORECASE))


def _accented(words: str) -> list[str]:
    """The words of a search that hold an accent, in small letters: who writes one means it."""
    looked = (unicodedata.normalize("NFC", word).lower() for word in looked_for(unicodedata.normalize("NFC", words)))
    return [word for word in looked if unicodedata.normalize("NFD", word) != word]


def index(settings: Settings) -> Path:
    """The index of the published file, made now if it is not there. Returns its path.

    Who may only read can search once it is there. Raises WarehouseError when it is not, and cannot be made.
    """
    path = settings.search_index
    if not is_there(settings.published):
        raise WarehouseError(f"{settings.published}: nothing published yet; run `ouidire run` first")
    if _is_current(settings):
        return path
    try:
        with exclusive(settings.home / "search.lock"):
            if not _is_current(settings):
                _make_anew(path, settings.published)
    except (OSError, duckdb.IOException) as error:
        if os.access(path.parent, os.W_OK) and not isinstance(error, PermissionError):
            raise
        raise WarehouseError(
            f"{path}: there is no index of the newest published file, and you may not write it there; let its owner "
            "run `ouidire search` with any word once, then search again"
        ) from error
    return path


def _is_current(settings: Settings) -> bool:
    path, published = settings.search_index, settings.published
    return path.exists() and path.stat().st_mtime_ns >= published.stat().st_mtime_ns


def _part(name: str) -> str:
    score = f"fts_main_{name}.match_bm25(post_id, $words)"
    return f"select post_id, created_date, source, url, title, text, umot, {score} as score from {name}"  # noqa: S608 (ours)


def _make_anew(path: Path, published: Path) -> None:
    """Make the index beside its place, then put it there: nobody meets half of one."""
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        _make(fresh, published)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _make(path: Path, published: Path) -> None:
    with open_index(path) as con:
        load_extension(con, "fts")
        con.execute(f"attach {quoted(str(published))} as published (read_only)")
        for lang, stemmer in (*STEMMERS.items(), (_OTHER, "none")):
            _fill(con, lang, stemmer)
        con.execute("detach published")


def _fill(con: DuckDBPyConnection, lang: str, stemmer: str) -> None:
    is_lang = (
        f"lang is null or lang not in ({', '.join(map(quoted, STEMMERS))})" if lang == _OTHER else f"lang = '{lang}'"
    )
    try:
        con.execute(f"""
            create table {lang} as
            select post_id, created_date, source, url, title, text, coalesce(readings.umot, 'none') as umot
            from published.core_posts as posts
            left join (select post_id, umot from published.core_readings) as readings using (post_id)
            where deleted_at is null and not is_duplicate and ({is_lang})
        """)  # noqa: S608 (our names)
    except duckdb.CatalogException as error:
        raise WarehouseError(f"the published file is of an older version: run `ouidire build`; {error}") from error
    con.execute(
        f"pragma create_fts_index('{lang}', 'post_id', 'title', 'text', stemmer = '{stemmer}', stopwords = 'none', "
        f"strip_accents = 1, lower = 1, ignore = {quoted(_BETWEEN)})"
    )
