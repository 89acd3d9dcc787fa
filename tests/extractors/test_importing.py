"""Exports of other tools: mapped, refused with their line, replayed, replaced."""

from __future__ import annotations

import errno
import gzip
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
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
from ouidire.records import Engagement, Outcome, Post, Quarantine

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


def gzipped(content):
    """Without the time: it would get into the tests' names, which every worker of pytest-xdist must give alike."""
    return gzip.compress(content, mtime=0)


def as_parquet(rows, most=None):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows).slice(0, most), sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", as_jsonl(ROWS)),
        ("a.jsonl.gz", gzipped(as_jsonl(ROWS))),
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
        ("a.parquet", b"PAR0", "a part of it is missing, or it is not of the format"),
        ("a.parquet", as_parquet(ROWS)[:-9], "export it again, or mend its name"),
        ("a.jsonl.gz", b"not gzip", "(Not a gzipped file (b'no')); export it again"),
        ("a.jsonl.gz", gzipped(as_jsonl(ROWS))[:-12], "export it again, or mend its name"),
        ("a.jsonl.gz", gzipped(b"")[:10] + b"\xff" * 9, "(Error -3 while decompressing data"),
        ("a.csv", b"titre,corps\n1,2\n", "no column 'body'; there are: corps, titre; mend `columns` in brands.yml"),
        ("a.csv", b"titre,corps\n", "no column 'body'; there are: corps, titre; mend `columns` in brands.yml"),
        ("a.csv", b"\n\ntitre,corps\n1,2\n", "no column 'body'; there are: corps, titre; mend"),
        ("a.csv", "titre\tcorps\r\n".encode("utf-16"), "no column 'body'; there are: corps, titre; mend"),
        ("a.parquet", as_parquet([{"titre": "x"}]), "no column 'body'; there are: titre; mend"),
        ("a.parquet", as_parquet([{"titre": "x"}], 0), "no column 'body'; there are: titre; mend"),
        ("a.jsonl", b'{"titre": "x"}\n', "no column 'body'; there are: titre; mend"),
        *(
            (name, content, "the file is empty; export it again")
            for name in ("a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "a.csv.gz")
            for content in (b"", b" \r\n", b"\xef\xbb\xbf", b"\xff\xfe")
            if content == b"" or not name.endswith("gz")
        ),
        ("a.jsonl.gz", gzipped(b""), "the file is empty; export it again"),
    ],
)
def test_a_file_that_cannot_be_read(imported, tmp_path, name, content, words):
    outcome, posts, refused = imported(name, content)
    assert (outcome.state, posts, refused) == ("drifted", [], [])
    assert words in outcome.reason
    assert str(tmp_path) not in outcome.reason, "the command names the file"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"id,body\n"),
        ("a.csv", "id;body".encode("utf-16")),
        ("a.parquet", as_parquet(ROWS, 0)),
        ("a.json", b"[]"),
    ],
)
def test_an_export_without_posts_is_empty(imported, name, content):
    outcome, posts, refused = imported(name, content)
    assert (outcome.state, outcome.reason, posts, refused) == ("empty", None, [], [])


def test_rows_that_are_all_broken_are_set_aside_and_no_success(imported, monkeypatch):
    monkeypatch.setattr(importing, "_CHUNK", 2)
    outcome, posts, refused = imported("a.jsonl", b"{oops\n" * 3)
    assert (outcome.state, posts, len(refused)) == ("drifted", [], 3)
    assert outcome.reason == "none of its 3 rows can be read, see quarantine"
    outcome, posts, _ = imported("b.jsonl", b"{oops\n" * 3 + b'{"titre": "x"}\n')
    assert (outcome.state, "no column 'body'" in outcome.reason) == ("drifted", True), "seen beyond the first chunk"


def test_rows_without_words_are_no_empty_export(imported, settings):
    """They are rows until they are read: what tells of them then is the partition's own outcome."""
    outcome, posts, refused = imported("a.jsonl", b'{"body": ""}\n{"body": null}\n')
    (told,) = lake.read_rows(settings, DAY, "tool", Outcome, "outcomes")
    assert (outcome.post_count, posts, len(refused)) == (2, [], 2)
    assert (told.state, told.post_count, told.quarantined_count) == ("drifted", 0, 2)
    assert told.reason == "none of its 2 rows can be read, see quarantine"
    imported("a.jsonl", as_jsonl(ROWS))
    (told,) = lake.read_rows(settings, DAY, "tool", Outcome, "outcomes")
    assert (told.state, told.reason, told.post_count) == ("complete", None, 2)


def told_of(settings):
    """State, reason and posts by the name of a file, as the partition tells them."""
    return {
        row.query: (row.state, row.reason, row.post_count)
        for row in lake.read_rows(settings, DAY, "tool", Outcome, "outcomes")
    }


REFUSED = {
    "no such column": (b"titre,corps\n1,2\n", "no column 'body'", 0),
    "nothing in it": (b"", "the file is empty", 0),
    "all rows broken": (b"id,body,who,at\n1,a,b,c,d\n2,a,b,c,d\n", "none of its 2 rows can be read", 2),
}


@pytest.mark.parametrize(("content", "words", "set_aside"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_refused_takes_nothing_away(imported, settings, content, words, set_aside):
    imported("a.csv", as_csv(ROWS))
    for _ in range(2):
        outcome, posts, refused = imported("a.csv", content)
        assert (outcome.state, outcome.post_count, words in outcome.reason) == ("drifted", 0, True)
        assert ([post.native_id for post in posts], len(refused)) == (["1", "2"], set_aside)
    _, posts, _ = imported("b.csv", as_csv([{**row, "id": f"b{row['id']}"} for row in ROWS]))
    assert [post.native_id for post in posts] == ["1", "2", "b1", "b2"]
    told = told_of(settings)
    assert told["a.csv"] == ("drifted", outcome.reason, 2), "the attempt is told, and what was there counts"
    assert told["b.csv"] == ("complete", None, 2)
    _, posts, refused = imported("a.csv", as_csv([{**ROWS[0], "id": "9"}]))
    assert ([post.native_id for post in posts], refused) == (["9", "b1", "b2"], [])
    assert told_of(settings)["a.csv"] == ("complete", None, 1)


def test_what_landed_of_a_file_that_is_refused_never_surfaces(imported, settings, monkeypatch):
    monkeypatch.setattr(importing, "_CHUNK", 2)
    rows = [{"id": f"t{n}", "body": "Avis " + random.Random(n).randbytes(1000).hex()} for n in range(1000)]
    outcome, posts, _ = imported("t.jsonl.gz", gzipped(as_jsonl(rows))[:-400])
    assert (outcome.state, "a part of it is missing" in outcome.reason, posts) == ("drifted", True, [])
    _, posts, _ = imported("good.jsonl", as_jsonl(ROWS))
    assert [post.native_id for post in posts] == ["1", "2"]
    assert told_of(settings)["t.jsonl.gz"][::2] == ("drifted", 0)
    assert len(list(settings.captures.glob("*/*/*.parquet"))) == 1, "nor does it stay on disk"


class Killed(BaseException):
    """What nothing catches, as a kill."""


@pytest.mark.parametrize("earlier", [0, 1])
def test_an_import_that_is_killed_is_told_and_shows_nothing_of_itself(imported, settings, monkeypatch, earlier):
    """Whatever landed by then: the rows of before count until the new ones all do."""
    monkeypatch.setattr(importing, "_CHUNK", 2)
    if earlier:
        imported("a.jsonl", as_jsonl(ROWS))
    rows = as_jsonl([{"id": f"k{n}", "body": f"Avis {n}"} for n in range(200)])
    with monkeypatch.context() as patch:
        patch.setattr(importing.Journal, "save", dying(importing.Journal.save))
        with pytest.raises(Killed):
            imported("a.jsonl", rows)
    assert len(list(settings.captures.glob("*/*/*.parquet"))) > earlier, "chunks of it landed"
    _, posts, _ = imported("b.jsonl", as_jsonl([{**ROWS[0], "id": "b"}]))
    assert [post.native_id for post in posts] == [*["1", "2"][: 2 * earlier], "b"]
    words = "the import was interrupted; import the file again"
    assert told_of(settings)["a.jsonl"] == ("truncated", words, 2 * earlier)
    _, posts, _ = imported("a.jsonl", as_jsonl([{**ROWS[0], "id": "a"}]))
    assert [post.native_id for post in posts] == ["a", "b"]
    assert told_of(settings)["a.jsonl"] == ("complete", None, 1)


def dying(save):
    """The last save of an import lands the rows, and then the process is gone."""

    def run(self, **told):
        if told:
            self.flush()
            raise Killed
        save(self)

    return run


def test_a_disk_that_refuses_is_no_broken_file(imported, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing.Journal, "add", full)
    with pytest.raises(OSError, match="No space left"):
        imported("a.jsonl", as_jsonl(ROWS))


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
    assert "option preset is 'sprinkle'; write one of brandwatch, " in outcome.reason


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_columns_may_be_joined(settings, brands_of, tmp_path, name):
    brands = brands_of('id: tool, type: file, columns: {text: "Titre + Corps", id: ref}, options: {preset: ""}')
    rows = [{"ref": "1", "Titre": "Super", "Corps": "mug"}]
    content = as_parquet(rows) if name.endswith("parquet") else b"Export du 1er mai, en tout\r\n" + as_csv(rows)
    (tmp_path / name).write_bytes(content)
    outcome = import_file(settings, brands, "tool", tmp_path / name, DAY)
    assert outcome.state == "complete", outcome.reason
    parse_partition(settings, brands, DAY, "tool")
    assert [post.text for post in lake.read_rows(settings, DAY, "tool", Post, "posts")] == ["Super mug"]
    (tmp_path / name).write_bytes(as_parquet([{"Titre": "x"}]) if name.endswith("parquet") else b"Titre,ref\nx,1\n")
    outcome = import_file(settings, brands, "tool", tmp_path / name, DAY)
    assert "no column 'Titre + Corps'; there are: Titre" in outcome.reason


def days_of(year, count, rows_a_day=1):
    """As many rows on each of the first days of December of a year."""
    return [f"{year}-12-{day:02} 10:00" for day in range(1, count + 1) for _ in range(rows_a_day)]


COVERED = {
    "to the second": (["2026-10-06 00:10:05", "2026-10-07 00:10:59"], "2026-10-06 00:10:05", "2026-10-07 00:10:59"),
    "half an hour east": (
        ["2026-10-06T00:10+05:30", "2026-10-07T00:10+05:30"], "2026-10-05 18:40:00", "2026-10-06 18:40:00",
    ),
    "no date": (["", ""], None, None),
    "all of 1970": (["1970-01-01 00:00", "0070-01-01"], None, None),
    "a date the tool did not know, however often": (
        ["1970-01-01 00:00"] * 9 + days_of(2025, 5), "2025-12-01 10:00:00", "2025-12-05 10:00:00",
    ),
    "a row or two far away": (
        ["2000-01-01 00:00", "2011-01-01 00:00", *days_of(2025, 5)], "2025-12-01 10:00:00", "2025-12-05 10:00:00",
    ),
    "one in a hundred far away": (
        [*days_of(2003, 3), *days_of(2025, 10, 30)], "2025-12-01 10:00:00", "2025-12-10 10:00:00",
    ),
    "more than one in a hundred": (
        [*days_of(2003, 4), *days_of(2025, 10, 30)], "2003-12-01 10:00:00", "2025-12-10 10:00:00",
    ),
    "three seasons": (
        [*days_of(2023, 9), *days_of(2024, 9), *days_of(2025, 9)], "2023-12-01 10:00:00", "2025-12-09 10:00:00",
    ),
    "three seasons and a stray row": (
        ["2001-01-01 00:00", *days_of(2023, 9), *days_of(2024, 9), *days_of(2025, 9)],
        "2023-12-01 10:00:00", "2025-12-09 10:00:00",
    ),
    "a silence within the earlier rows only": (
        [*days_of(2019, 9), "2022-06-01 10:00", *days_of(2025, 9)], "2019-12-01 10:00:00", "2025-12-09 10:00:00",
    ),
    "a silence of just 90 days": (["2026-01-01", "2026-04-01"], "2026-01-01 00:00:00", "2026-04-01 00:00:00"),
    "two rows far apart": (["2026-01-01", "2026-06-01"], "2026-01-01 00:00:00", "2026-06-01 00:00:00"),
    "three rows, a year apart each": (
        ["2024-01-01", "2025-01-01", "2026-01-01"], "2025-01-01 00:00:00", "2026-01-01 00:00:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("dates", "first", "last"), COVERED.values(), ids=COVERED)
def test_an_export_covers_the_days_of_its_rows(imported, settings, dates, first, last):
    rows = [{"id": str(number), "body": f"Avis {number}", "at": at} for number, at in enumerate(dates)]
    imported("a.jsonl", as_jsonl(rows))
    (outcome,) = lake.read_rows(settings, DAY, "tool", Outcome, "outcomes")
    expected = [at and datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (first, last)]
    assert [outcome.covered_from_at, outcome.covered_to_at] == expected
