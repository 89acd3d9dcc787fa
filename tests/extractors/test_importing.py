"""Exports of other tools: mapped, refused with their line, replayed, replaced."""

from __future__ import annotations

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from extractors import importing
from extractors.collect import import_file
from extractors.parse import parse_partition
from extractors.presets import presets
from ouidire import lake
from ouidire.records import Engagement, Post, Quarantine

DAY = date(2026, 10, 14)
ROWS = [
    {"id": "1", "body": "Très bien; vraiment", "who": "Zoé", "at": "2026-10-01 10:00:00"},
    {"id": "2", "body": "Bof", "who": "", "at": ""},
]


@pytest.fixture
def imported(settings, brands_of, tmp_path):
    """Import a file of that name and content; give outcome, posts and refusals."""
    brands = brands_of("id: tool, type: file, columns: {id: id, text: body, author: who, created_at: at}")

    def run(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        outcome = import_file(settings, brands, "tool", path, DAY)
        parse_partition(settings, brands, DAY, "tool")
        posts = sorted(lake.read_rows(settings, DAY, "tool", Post, "posts"), key=lambda post: post.native_id)
        return outcome, posts, list(lake.read_rows(settings, DAY, "tool", Quarantine, "quarantine"))

    return run


def test_two_imports_of_one_name_do_not_mix(settings, brands_of, tmp_path, monkeypatch):
    """A worker thought dead goes on beside its next try: the second waits, and what it lands replaces the first."""
    brands = brands_of("id: tool, type: file, columns: {id: id, text: body, author: who, created_at: at}")
    monkeypatch.setattr(importing, "_CHUNK", 1)
    at_work = []
    real = importing._lines

    def slowly(path, read):
        at_work.append(path.parent.name)
        for line in real(path, read):
            assert at_work in (["one"], ["two"]), "both write at once"
            time.sleep(0.01)
            yield line
        at_work.remove(path.parent.name)

    monkeypatch.setattr(importing, "_lines", slowly)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rows = [{"id": f"{name}{n}", "body": f"Avis {name} {n}", "who": "Zoé", "at": "2026-10-01"} for n in range(12)]
        (tmp_path / name / "rows.jsonl").write_bytes(as_jsonl(rows))
    with ThreadPoolExecutor(2) as pool:
        paths = [tmp_path / name / "rows.jsonl" for name in ("one", "two")]
        outcomes = list(pool.map(lambda path: import_file(settings, brands, "tool", path, DAY), paths))
    assert [(outcome.state, outcome.post_count) for outcome in outcomes] == [("complete", 12)] * 2
    parse_partition(settings, brands, DAY, "tool")
    found = {post.native_id[:3] for post in lake.read_rows(settings, DAY, "tool", Post, "posts")}
    assert len(found) == 1, "rows of both files"


def as_jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_csv(rows, delimiter=","):
    lines = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in cells) for cells in lines).encode()


def as_parquet(rows):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", as_jsonl(ROWS)),
        ("a.jsonl.gz", gzip.compress(as_jsonl(ROWS))),
        ("a.csv", as_csv(ROWS)),
        ("semicolons.csv", as_csv(ROWS, ";")),
        ("bom.csv", b"\xef\xbb\xbf" + as_csv(ROWS)),
        ("old.csv", as_csv(ROWS).decode().encode("cp1252")),
        ("a.tsv", as_csv(ROWS, "\t")),
        ("a.parquet", as_parquet(ROWS)),
    ],
)
def test_every_format_gives_the_same_rows(imported, name, content):
    outcome, posts, refused = imported(name, content)
    assert (outcome.state, outcome.query, outcome.post_count, refused) == ("complete", name, 2, [])
    assert [(p.native_id, p.text, p.created_precision) for p in posts] == [
        ("1", "Très bien; vraiment", "second"), ("2", "Bof", "fetched"),
    ]  # fmt: skip
    assert posts[0].author_id is not None
    assert posts[1].author_id is None
    assert f"{posts[0].created_at:%Y-%m-%d %H:%M}" == "2026-10-01 10:00"


def test_bad_rows_are_set_aside_with_their_line(imported):
    lines = [as_jsonl(ROWS[:1]), b"{oops\n", b"[1]\n", b"\n", b'{"id": "5", "body": null}\n',
             b'{"id": "6", "body": "\\ud800x"}\n',
             b'{"id": "7", "body": "y", "at": "soon"}\n', b"[" * 50_000 + b"\n", b"\xff\xfe\n"]  # fmt: skip
    outcome, posts, refused = imported("a.jsonl", b"".join(lines))
    assert outcome.state == "complete"
    assert [(p.native_id, p.text[:1]) for p in posts] == [("1", "T"), ("6", "\ufffd")]
    assert sorted(row.item for row in refused) == ["line 2", "line 3", "line 5", "line 7", "line 8", "line 9"]


def test_a_cell_too_many_in_csv(imported):
    _, posts, refused = imported("a.csv", b"id,body,who,at\n1,ok,z,\n2,a,b,,surplus\n")
    assert len(posts) == 1
    assert "more cells than the header's 4" in refused[0].reason


def test_a_line_beyond_reason(imported, monkeypatch):
    monkeypatch.setattr("extractors.importing._LONGEST_LINE", 1000)
    long = b'{"id": "9", "body": "' + b"x" * 5000 + b'"}\n'
    _, posts, refused = imported("a.jsonl", long + as_jsonl(ROWS))
    assert [p.native_id for p in posts] == ["1", "2"]
    assert (refused[0].item, "longer than" in refused[0].reason) == ("line 1", True)


def test_again_changes_nothing_and_a_new_version_replaces(imported, settings):
    first = imported("a.jsonl", as_jsonl(ROWS))
    assert imported("a.jsonl", as_jsonl(ROWS)) == first
    _, posts, _ = imported("a.jsonl", as_jsonl([{**ROWS[0], "id": "9"}]))
    assert [p.native_id for p in posts] == ["9"]
    _, posts, _ = imported("b.jsonl", as_jsonl(ROWS))
    assert [p.native_id for p in posts] == ["1", "2", "9"], "another file of the day is added"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"PK", "ends in none of .jsonl, .csv, .tsv, .parquet, .json"),
        ("a.parquet", b"PAR0", "a.parquet"),
        ("a.jsonl.gz", b"not gzip", "a.jsonl.gz"),
        ("a.csv", b"titre,corps\n1,2\n", "no column 'body'; there are: corps, titre; mend `columns` in brands.yml"),
    ],
)
def test_a_file_that_cannot_be_read(imported, name, content, words):
    outcome, posts, _ = imported(name, content)
    assert (outcome.state, posts) == ("drifted", [])
    assert words in outcome.reason


def test_rows_without_id_are_told_apart_by_their_words(imported):
    _, posts, _ = imported("a.jsonl", b'{"body": "x"}\n{"body": "x"}\n{"body": "y"}\n')
    assert sorted(p.text for p in posts) == ["x", "y"]


def test_only_into_a_source_of_type_file(settings, brands_of, tmp_path):
    brands = brands_of('id: blog, type: feed, url: "https://a.example/feed"')
    with pytest.raises(ValueError, match="import into a source of type file"):
        import_file(settings, brands, "blog", tmp_path / "a.jsonl", DAY)


def test_many_rows_land_in_chunks(imported, settings):
    _, posts, _ = imported("a.jsonl", b"".join(b'{"id": "%d", "body": "mot %d"}\n' % (n, n) for n in range(5_001)))
    assert len(posts) == 5_001
    (partition,) = settings.captures.glob("*/*")
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in partition.glob("*.parquet"))
    assert rows == 3


PRESETS = yaml.safe_load((Path(__file__).parent / "fixtures/file/presets.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("preset", sorted(presets()))
def test_export_of_a_tool(settings, brands_of, tmp_path, preset):
    """Two rows each: the first can be read, the second says nothing and is set aside."""
    case = PRESETS[preset]
    expected, likes = case["expected"], case["likes"]
    brands = brands_of(f"id: tool, type: file, languages: [fr], options: {{preset: {preset}, timezone: Europe/Paris}}")
    path = tmp_path / case["name"]
    path.write_bytes(case["content"].encode(case["charset"]))
    outcome = import_file(settings, brands, "tool", path, DAY)
    assert outcome.state == "complete", outcome.reason
    parse_partition(settings, brands, DAY, "tool")
    (post,) = lake.read_rows(settings, DAY, "tool", Post, "posts")
    assert {field: getattr(post, field) for field in expected} == expected
    assert f"{post.created_at:%Y-%m-%d}" == "2026-10-14"
    assert post.created_precision in ("second", "minute")
    assert (post.author_id is None) == (preset == "twitter_archive"), "an archive is its owner's and does not say who"
    assert len(list(lake.read_rows(settings, DAY, "tool", Quarantine, "quarantine"))) == 1
    counts = [row.like_count for row in lake.read_rows(settings, DAY, "tool", Engagement, "engagement")]
    assert counts == ([likes] if likes is not None else [])


def test_columns_come_before_the_preset(settings, brands_of, tmp_path):
    brands = brands_of("id: tool, type: file, columns: {text: avis}, options: {preset: generic, kind: review}")
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text,avis\n1,non,oui\n")
    import_file(settings, brands, "tool", path, DAY)
    parse_partition(settings, brands, DAY, "tool")
    (post,) = lake.read_rows(settings, DAY, "tool", Post, "posts")
    assert (post.text, post.kind) == ("oui", "review")


def test_a_preset_that_is_none(settings, brands_of, tmp_path):
    brands = brands_of("id: tool, type: file, options: {preset: sprinkle}")
    path = tmp_path / "a.csv"
    path.write_bytes(b"text\nx\n")
    outcome = import_file(settings, brands, "tool", path, DAY)
    assert outcome.state == "drifted"
    assert "preset 'sprinkle' is unknown; known: brandwatch" in outcome.reason
