"""The command: exit statuses, and errors that name the offender and the remedy."""

import builtins
import errno
import io
import json
import runpy
import sys
from pathlib import Path

import pytest

import nlp
from ouidire import cli, night
from ouidire.brands import load_brands
from warehouse.build import CheckError

BRANDS = """\
settings: {timezone: Europe/Paris}
brands:
  - id: tellur
    name: Tellur
    products: [{id: bivouac, name: Bivouac 500}]
sources:
  - {id: export, type: file, languages: [fr], columns: {id: ref, text: message, created_at: date, author: who}}
"""


@pytest.fixture
def ouidire(tmp_path, monkeypatch, capsys):
    """Run the command in a home of its own: (status, standard output, standard error)."""
    (tmp_path / "brands.yml").write_text(BRANDS, encoding="utf-8")
    monkeypatch.setenv("OUIDIRE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("OUIDIRE_BRANDS", str(tmp_path / "brands.yml"))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["ouidire", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def export(tmp_path):
    """An export of another tool: two good rows, three bad ones."""
    rows = [
        {
            "ref": "1",
            "message": "J'ai acheté le Bivouac 500 : je le recommande vivement.",
            "date": "2026-10-02",
            "who": "Léa",
        },
        {"ref": "2", "message": "Mon Bivouac 500 fuit, à éviter !", "date": "2026-10-03T08:00:00+02:00", "who": "Jo"},
        {"ref": "3", "message": "", "date": "2026-10-03", "who": "Jo"},
        {"ref": "4", "message": "Bonjour", "date": "hier soir peut-être", "who": "Jo"},
    ]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n{not json\n", encoding="utf-8")
    return path


def test_an_export_becomes_umots_and_bad_rows_are_kept_with_their_reasons(ouidire, export):
    status, out, _ = ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    assert status == 0
    assert "2 posts imported as export on 2026-11-01, 3 rows refused" in out
    _, out, _ = ouidire("sql", "SELECT polarity, product_id, sentence FROM umot_feed ORDER BY created_at", "--json")
    assert [(row["polarity"], row["product_id"]) for row in map(json.loads, out.splitlines())] == [
        ("for", "bivouac"),
        ("against", "bivouac"),
    ]
    _, out, _ = ouidire("sql", "SELECT reason FROM quarantine", "--json")
    assert len(out.splitlines()) == 3


def test_an_import_twice_gives_the_same_rows(ouidire, export):
    ask = ("sql", "SELECT post_id, text, umot FROM listening_feed ORDER BY 1", "--json")
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    once = ouidire(*ask)
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    assert ouidire(*ask) == once


def test_a_person_can_be_forgotten(ouidire, export, tmp_path):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    _, out, _ = ouidire("sql", "SELECT DISTINCT author_id FROM core_posts WHERE text LIKE '%fuit%'", "--json")
    author = json.loads(out)["author_id"]
    ouidire("digest")
    _, said, _ = ouidire("forget", "--author", author)
    assert said.startswith(f"author {author} is erased and kept out: 1 post, ")
    assert said.count("\n") == 1
    page = (tmp_path / "var" / "digest.html").read_text(encoding="utf-8")
    assert "Tellur" in page
    assert "fuit" not in page
    for _ in range(2):
        _, out, _ = ouidire("sql", "SELECT count(*) AS n FROM core_posts WHERE text LIKE '%fuit%'", "--json")
        assert json.loads(out) == {"n": 0}
        ouidire("import", export, "--source", "export", "--day", "2026-11-02")  # and stays forgotten


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("sql", "SELECT 1"), 1, "is not there yet; run `make run`"),
        (("digest",), 1, "is not there yet; run `make run`"),
        (("run", "--from", "2026-10-01"), 2, "--from and --to go together"),
        (("run", "--from", "2026-10-02", "--to", "2026-10-01"), 2, "swap them"),
        (("run", "--day", "2026-13-01"), 2, "is not a date; write it as 2026-10-30"),
        (("forget",), 2, "give --author or --post"),
        (("frobnicate",), 2, "No such command"),
        (("import", "absent.csv", "--source", "export"), 2, "does not exist"),
        (
            ("import", __file__, "--source", "nowhere"),
            1,
            "source 'nowhere' is not in brands.yml; sources there: export",
        ),
        (("demo", "."), 1, "sites"),
        (("run", "--day", "2999-01-01"), 1, "2999-01-01 has not begun yet (UTC); the newest day there is"),
        (("run", "--from", "2026-10-02", "--to", "2999-01-01"), 1, "2999-01-01 has not begun yet (UTC)"),
        (("collect", "--day", "2999-01-01"), 1, "has not begun yet (UTC)"),
        (("import", __file__, "--source", "export", "--day", "2999-01-01"), 1, "has not begun yet (UTC)"),
        (("try", ""), 1, "'' holds no letter or digit; write the name as people write it"),
        (("try", "!?"), 1, "'!?' holds no letter or digit"),
        (
            ("explain", "Je recommande le Bivouac 500.", "--html", "/nonexistent/a.html"),
            1,
            "/nonexistent/a.html: no such file or",
        ),
    ],
)
def test_errors_name_the_offender_and_the_remedy(ouidire, words, status, said):
    found, _, err = ouidire(*words)
    assert (found, said in " ".join(err.replace("│", " ").split())) == (status, True), err


def test_nobody_is_kept_out_by_a_slip(ouidire, export, tmp_path):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    ledger = tmp_path / "var" / "suppressions.jsonl"
    for option in ("--author", "--post"):
        status, _, err = ouidire("forget", option, "nope")
        assert status == 1
        assert "'nope' was never heard here; ids: columns author_id and post_id" in " ".join(err.split())
    assert not ledger.exists()
    assert ouidire("forget", "--author", "nope", "--unheard")[:2] == (
        0,
        "author nope: nothing of it is stored; it is kept out\n",
    )
    assert json.loads(ledger.read_text(encoding="utf-8")) == {"author_id": "nope"}


REFUSALS = [
    (("sql", ""), "'' asks nothing; write a SELECT"),
    (("sql", " -- nothing"), "asks nothing; write a SELECT"),
    (("digest", "--day", "2020-01-01", "--days", 1), "2020-01-01: nothing was listened to then; the file holds"),
    (("digest", "--day", "2026-10-01"), "2026-09-02 to 2026-10-01: nothing was listened to then; the file holds"),
    (("digest", "--day", "2026-11-09", "--days", 2), "2026-11-08 to 2026-11-09: nothing was listened to then"),
    (
        ("import", __file__, "--source", "blog"),
        "source 'blog' is of type 'feed'; import into a source of type file",
    ),
    (("sql", "SELECT 1", "--out", f"{__file__}/a.csv"), "a file stands where a folder is needed"),
    (("build",), "check all_is_well: nothing is. Broken by: []"),
    (("maintain",), "/lake.lock: not yours to open or write there; ask its owner, or set OUIDIRE_HOME"),
]
"""What is asked of a home that holds an import, and what must be said of it."""


def test_a_command_that_cannot_says_why_in_a_sentence(ouidire, export, monkeypatch):
    home = export.parent
    (home / "brands.yml").write_text(BRANDS + '  - {id: blog, type: feed, url: "https://b.example/feed"}\n', "utf-8")
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    monkeypatch.setattr(night, "model", _raising(CheckError("check all_is_well: nothing is. Broken by: []")))
    monkeypatch.setattr(night, "maintain", _raising(PermissionError(errno.EACCES, "", str(home / "var/lake.lock"))))
    for words, said in REFUSALS:
        status, _, err = ouidire(*words)
        assert (status, said in err, "Traceback" in err) == (1, True, False), err


def _raising(error):
    def stage(*_, **__):
        raise error

    return stage


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_ends_in_a_sentence(ouidire, monkeypatch, error):
    monkeypatch.setattr(night, "model", _raising(error))
    status, _, err = ouidire("build")
    assert (status, err.startswith("stopped; what was done stays")) == (130, True)


@pytest.mark.parametrize("error", [RuntimeError("a mistake of ours"), ConnectionResetError(errno.ECONNRESET, "reset")])
def test_a_mistake_of_ours_keeps_its_traceback(ouidire, monkeypatch, error):
    monkeypatch.setattr(night, "model", _raising(error))
    with pytest.raises(type(error)):
        ouidire("build")


def test_a_home_that_cannot_be_written_is_a_finding_and_a_sentence(ouidire, tmp_path, monkeypatch):
    (tmp_path / "plain").touch()
    monkeypatch.setenv("OUIDIRE_HOME", str(tmp_path / "plain" / "var"))
    status, out, _ = ouidire("doctor")
    assert (status, f"bad  home: {tmp_path}/plain/var: a part of this path is a file" in out) == (1, True)
    assert "brands.yml: 1 brand, 0 rivals, 1 product, 2 names, 1 source\n" in out, "the rest is looked at all the same"
    for words in (("run", "--day", "2026-10-01"), ("status",), ("build",)):
        status, _, err = ouidire(*words)
        assert (status, "plain" in err, "set OUIDIRE_HOME to a folder of yours" in err) == (1, True, True), words


BENEATH_A_FILE = [
    ("sql", "SELECT 1"), ("query", "umots"), ("search", "gourde"), ("digest",), ("coverage",), ("status",),
    ("reprocess",), ("correct", "--list"), ("run", "--day", "2026-10-01"), ("build",), ("maintain",),
    ("explain", "--post", "p"),
]  # fmt: skip


@pytest.mark.parametrize("words", BENEATH_A_FILE, ids=" ".join)
def test_a_home_that_is_a_file_is_told_by_every_command(ouidire, tmp_path, words):
    (tmp_path / "var").touch()
    status, _, err = ouidire(*words)
    is_told = "is a file, not a folder; set OUIDIRE_HOME" in err or "a file stands where a folder is needed" in err
    assert (status, is_told, "Traceback" in err) == (1, True, False), err


def test_ctrl_c_while_the_command_loads_ends_in_a_sentence(monkeypatch, capsys):
    real = builtins.__import__

    def stopped(name, *rest):
        if name == "ouidire.commands":
            raise KeyboardInterrupt
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", stopped)
    with pytest.raises((SystemExit, KeyboardInterrupt)) as end:  # an interrupt that escapes would end the tests
        runpy.run_path(cli.__file__)
    assert isinstance(end.value, SystemExit)
    assert (end.value.code, capsys.readouterr().err) == (130, "stopped before anything was done\n")


def test_explain_names_every_language_that_is_read(ouidire):
    languages = sorted(path.name for path in Path(nlp.__path__[0], "lang").iterdir() if (path / "lexicon.yml").exists())
    said = " ".join(ouidire("explain", "--help")[1].replace("│", " ").split())
    told = said.partition("when it cannot be told: ")[2].partition(".")[0]
    assert sorted(told.split(", ")) == languages


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        ({"a.csv": ""}, 1, "{path}: the file is empty; export it again"),
        ({"a.csv": "titre\n"}, 1, "{path}: no column 'message'; there are: titre; mend `columns` in brands.yml"),
        ({"a.parquet": "PAR0"}, 1, "{path}: a part of it is missing, or it is not of the format that its name says"),
        ({"a.jsonl": "{{oops\n"}, 1, "0 posts imported as export on 2026-11-01, 1 row refused."),
        ({"a.csv": 'ref,message\n1,""\n'}, 1, "0 posts imported as export on 2026-11-01, 1 row refused."),
        ({"a.csv": "ref,message\n"}, 0, "0 posts imported as export on 2026-11-01, 0 rows refused."),
    ],
)
def test_an_import_of_nothing(ouidire, tmp_path, content, status, told):
    ((name, words),) = content.items()
    path = tmp_path / name
    path.write_text(words, encoding="utf-8")
    found, out, err = ouidire("import", path, "--source", "export", "--day", "2026-11-01")
    assert (found, told.format(path=path) in out + err, err.count(str(path)) <= 1) == (status, True, True), out + err


def test_an_import_that_is_refused_says_why_and_takes_nothing_away(ouidire, export, tmp_path):
    """Only its own rows are counted, and what the day had before stays published; its outcome is published too."""
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    (tmp_path / "list.json").write_text("[1, 2]", encoding="utf-8")
    status, out, err = ouidire("import", tmp_path / "list.json", "--source", "export", "--day", "2026-11-01")
    assert (status, "0 posts imported as export on 2026-11-01, 2 rows refused." in out) == (1, True)
    assert f"{tmp_path}/list.json: none of its 2 rows can be read, see quarantine" in err
    export.write_text("", encoding="utf-8")
    status, out, err = ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    assert (status, "0 posts imported as export on 2026-11-01, 0 rows refused." in out) == (1, True)
    assert f"{export}: the file is empty; export it again" in err
    ask = (
        "SELECT query, state, post_count FROM outcomes UNION ALL SELECT '', '', count(*) FROM listening_feed ORDER BY 1"
    )
    _, out, _ = ouidire("sql", ask, "--json")
    assert [tuple(json.loads(line).values()) for line in out.splitlines()] == [
        ("", "", 2), ("export.jsonl", "drifted", 2), ("list.json", "drifted", 0),
    ]  # fmt: skip


def test_an_analyst_who_may_only_read_sees_the_digest(ouidire, export, monkeypatch):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    monkeypatch.setattr(Path, "write_text", _raising(PermissionError(errno.EACCES, "")))
    status, out, _ = ouidire("digest")
    assert (status, "digest.html is not yours to write" in out, "Moments of truth" in out) == (0, True, True)


def test_words_between_colons_are_no_emoji(ouidire, export):
    row = {"ref": "9", "message": "merci :heart: pour mon Bivouac 500, root:x:0", "date": "2026-10-04", "who": "Jo"}
    export.write_text(json.dumps(row), encoding="utf-8")
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    for words in (("sql", "SELECT text FROM core_posts"), ("search", "merci"), ("try", "merci", "--for", "bivouac")):
        _, out, _ = ouidire(*words)
        assert "merci :heart: pour mon Bivouac 500, root:x:0" in out, words
    assert "1 post\n" in ouidire("search", "merci")[1]


def test_an_address_that_was_found_stays_on_one_line(ouidire, export, tmp_path):
    catalogue = (tmp_path / "brands.yml").read_text(encoding="utf-8").replace("who}", "who, url: link}")
    (tmp_path / "brands.yml").write_text(catalogue, encoding="utf-8")
    address = f"https://forum.example/{'long-' * 30}thread"
    row = {"ref": "9", "message": "merci pour mon Bivouac 500", "date": "2026-10-04", "who": "Jo", "link": address}
    export.write_text(json.dumps(row), encoding="utf-8")
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    assert f"{address}\n" in ouidire("search", "merci")[1]


OUTCOME = {"source": "blog", "run_date": "2026-10-01", "query": "", "post_count": 2, "reason": None}


@pytest.mark.parametrize(
    ("outcomes", "status", "lines"),
    [
        (
            [{"state": "complete"}, {"state": "empty", "source": "cafe", "post_count": 0}],
            0,
            ["blog: 2 posts", "cafe: 0 posts"],
        ),
        (
            [{"state": "unreachable", "post_count": 0, "reason": "no answer"}],
            1,
            ["blog: 0 posts; unreachable: no answer"],
        ),
        (
            [{"state": "complete", "post_count": 1}, {"state": "truncated", "reason": "cut", "post_count": 0}],
            1,
            ["blog: 1 post; truncated (1 of 2 jobs, 2026-10-01): cut"],
        ),
        ([], 0, []),
    ],
)
def test_a_run_says_what_each_source_gave(ouidire, monkeypatch, outcomes, status, lines):
    told = [OUTCOME | outcome for outcome in outcomes]
    monkeypatch.setattr(night, "collect_day", lambda *_, **__: told)
    found, out, _ = ouidire("run", "--day", "2026-10-01")
    *said, path = out.splitlines()
    assert (found, said, path.endswith("listening.duckdb")) == (status, lines, True)


@pytest.mark.parametrize(("state", "status"), [("complete", 0), ("empty", 0), ("blocked", 1), ("not_asked", 1)])
def test_a_collection_ends_like_a_run(ouidire, monkeypatch, state, status):
    told = [OUTCOME | {"state": "complete"}, OUTCOME | {"state": state, "source": "cafe"}]
    monkeypatch.setattr(night, "collect_day", lambda *_, **__: told)
    found, out, _ = ouidire("collect", "--day", "2026-10-01")
    assert (found, [line.split()[1] for line in out.splitlines()]) == (status, ["source", "blog", "cafe"])


def test_a_sick_catalogue_is_told_by_doctor_and_stops_a_run(ouidire, tmp_path):
    (tmp_path / "brands.yml").write_text(BRANDS.replace("name: Tellur", "nam: Tellur"), encoding="utf-8")
    status, out, _ = ouidire("doctor")
    assert status == 1
    assert "brands.yml:4" in out
    assert "'nam' is not a known key" in " ".join(out.split())
    status, _, err = ouidire("run", "--day", "2026-10-01")
    assert status == 1
    assert "'nam' is not a known key" in err


def test_doctor_is_content_with_a_good_home(ouidire, export):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    status, out, _ = ouidire("doctor")
    assert status == 0, out
    assert "bad" not in out.split()


def test_a_reading_is_explained_corrected_and_read_again(ouidire, export, tmp_path):
    page = tmp_path / "why.html"
    status, out, _ = ouidire("explain", "Je recommande le <b>Bivouac 500</b>, acheté en mai.", "--html", page)
    assert status == 0
    assert "for, asserted" in out
    assert "[fr.act." in out
    assert "&lt;b&gt;" in page.read_text(encoding="utf-8")
    assert "<b>Bivouac" not in page.read_text(encoding="utf-8")

    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    _, out, _ = ouidire("sql", "SELECT post_id FROM umot_feed WHERE polarity = 'for'", "--json")
    post = json.loads(out)["post_id"]
    assert "Je le recommande" in ouidire("explain", "--post", post)[1].replace("je le", "Je le")

    status, out, _ = ouidire("correct", post, "--set", "umot=none", "--why", "said in jest", "--by", "Ann")
    assert (status, "umot none" in out, "0 UMOTs in it now" in out) == (0, True, True)
    assert "said in jest" in ouidire("correct", "--list")[1]
    out = ouidire("explain", "--post", post)[1]
    assert "corrected: umot = none (said in jest, Ann)" in out
    assert "corrected: so what is published is stance for, experience claimed, purchase bought, umot none" in out
    gold = json.loads(ouidire("correct", "--gold")[1])
    assert (gold["id"], gold["umot"], len(gold["acts"])) == (post, "none", 1)

    status, out, _ = ouidire("correct", post, "--set", "purchase=none", "--later")
    purchase = ("sql", f"SELECT purchase FROM core_readings WHERE post_id = '{post}'", "--json")
    assert (status, "`ouidire build` takes it in" in out, "bought" in ouidire(*purchase)[1]) == (0, True, True)
    assert ouidire("build")[0] == 0
    assert "none" in ouidire(*purchase)[1]

    (tmp_path / "brands.yml").write_text(BRANDS.replace("Bivouac 500", "Zinal"), encoding="utf-8")
    status, out, _ = ouidire("reprocess")
    assert status == 0
    assert "mention" in out
    assert "umot none" not in out
    status, _, said = ouidire("correct", post, "--set", "umot=maybe")
    assert (status, "write one of positive, negative, none" in said) == (1, True)


def test_an_explanation_of_nothing_says_so_in_words(ouidire):
    status, out, _ = ouidire("explain", "")
    assert status == 0
    assert "language unknown: mentions only" in out
    assert "influenced by  nobody named" in out
    assert "advocacy       not scored: no model of its language" in out
    assert "None" not in out


def test_bad_corrections_are_bad_usage(ouidire):
    assert ouidire("correct")[0] == 2
    assert ouidire("correct", "p", "--cue", "words")[0] == 2
    assert ouidire("reprocess")[0] == 1


def test_an_alias_is_tried_on_what_is_there_before_it_is_saved(ouidire, export, tmp_path):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    status, out, _ = ouidire("try", "fuit", "--for", "bivouac")
    assert status == 0
    assert "its letters stand in 1 of 2 posts; it would be read in 1 of them" in out
    assert "Mon Bivouac 500 fuit" in out
    status, out, _ = ouidire("try", "Bivouac 500", "--for", "bivouac")
    assert "it would be read in 0 of them" in out
    status, out, _ = ouidire("try", "recomm", "--for", "bivouac")
    assert "le recommande vivement" in out.partition("not read in 1:")[2]
    assert ouidire("try", "Bivouac 500", "--for", "tellur")[0] == 1
    status, _, said = ouidire("try", "Bivouaque", "--for", "nothing")
    assert (status, "known: bivouac, tellur" in said) == (1, True)


def test_init_writes_a_catalogue_that_loads(ouidire, tmp_path):
    path = tmp_path / "mine.yml"
    words = ("--brand", "Zoé & Fils", "--product", "N° 5", "--rival", "Été", "--site", "https://zoe.example/feed/")
    status, out, _ = ouidire("init", *words, "--site", "forum=f.example", "--out", path)
    assert (status, "ouidire doctor" in out) == (0, True)
    made = load_brands(path)
    assert [target.alias for target in made.targets()] == ["Zoé & Fils", "N° 5", "Été"]
    assert [(source.type, source.url) for source in made.sources] == [
        ("feed", "https://zoe.example/feed/"),
        ("forum", "https://f.example"),
    ]
    assert f"`export OUIDIRE_BRANDS={path} OUIDIRE_HOME={tmp_path}/var/mine`" in out
    status, _, said = ouidire("init", *words, "--out", path)
    assert (status, "is there already" in said) == (1, True)


def test_init_refuses_white_space_in_a_host(ouidire, tmp_path):
    status, _, said = ouidire("init", "--brand", "Zoé", "--site", "foo bar", "--out", tmp_path / "mine.yml")
    assert (status, "has white space in its host 'foo bar'" in said) == (1, True)
    assert not (tmp_path / "mine.yml").exists()


def test_init_keeps_answers_that_are_refused(ouidire, tmp_path):
    words = ("init", "--brand", "Zoé", "--product", "!", "--out", tmp_path / "bad.yml")
    status, _, said = ouidire(*words)
    assert (status, "holds no letter or digit" in said) == (1, True)
    assert not (tmp_path / "bad.yml").exists()
    draft = tmp_path / "bad.draft.yml"
    assert f"your answers are kept in {draft}" in said
    assert f"{draft}:" in said, "the line is that of the draft"
    assert "Zoé" in draft.read_text(encoding="utf-8")
    assert f"kept in {tmp_path / 'bad.draft1.yml'}" in ouidire(*words)[2], "an earlier draft stays"


def test_init_in_the_place_in_use_needs_no_word_of_it(ouidire, tmp_path, monkeypatch):
    monkeypatch.setenv("OUIDIRE_BRANDS", str(tmp_path / "fresh.yml"))
    status, out, _ = ouidire("init", "--brand", "Zoé")
    assert (status, "Next: `ouidire doctor`" in out) == (0, True)


ANSWERS = "Zoé\n\nN° 5\nÉté\nGourdes\ngourde isotherme, water bottle\nhttps://zoe.example/feed/\n\n"


@pytest.mark.parametrize(
    ("given", "categories"),
    [
        (ANSWERS, [("gourdes", "Gourdes", ["gourde isotherme", "water bottle"])]),
        (ANSWERS.replace("gourde isotherme, water bottle", ""), [("gourdes", "Gourdes", ["Gourdes"])]),
        (ANSWERS.replace("Gourdes\ngourde isotherme, water bottle", ""), []),
        (
            ("--brand", "Zoé", "--rival", "Été", "--category", "Tea pots = théière, ,teapot", "--category", "Zoé"),
            [("tea_pots", "Tea pots", ["théière", "teapot"]), ("zoe", "Zoé", ["Zoé"])],
        ),
        (("--brand", "Zoé", "--rival", "Été"), []),
    ],
)
def test_init_asks_for_the_kind_of_product(ouidire, tmp_path, monkeypatch, given, categories):
    words, answers = ((), given) if isinstance(given, str) else (given, "")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    status, out, said = ouidire("init", *words, "--out", tmp_path / "mine.yml")
    assert status == 0, said
    made = load_brands(tmp_path / "mine.yml")
    assert [(one.id, one.name, one.words) for one in made.categories] == categories
    expected = categories[0][0] if categories else None
    assert [(brand.id, brand.category) for brand in made.all_brands] == [("zoe", expected), ("ete", expected)]
    assert ("creator_shortlist" in out) is (not categories)


MUGS = "categories: [{id: mugs, name: Mugs, words: [mug]}]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BRANDS, "categories: brands.yml names no kind of product"),
        (MUGS.replace(", words: [mug]", "") + BRANDS, "category mugs: has no words"),
        (MUGS + BRANDS, "brand tellur: has no category, nor have its products bivouac"),
        (MUGS + BRANDS.replace("500}", "500, category: mugs}"), "brand tellur: has no category: who speaks of it"),
        (MUGS + BRANDS.replace("    name: Tellur", "    name: Tellur\n    category: mugs"), None),
    ],
)
def test_doctor_says_what_has_no_category(ouidire, tmp_path, text, told):
    (tmp_path / "brands.yml").write_text(text, encoding="utf-8")
    status, out, _ = ouidire("doctor")
    assert status == 0
    assert told in out if told else "categor" not in out


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "name: Tellur",
            "name: Tellur\n    aliases: [le, Mug]",
            "brand tellur: 'le' and 'Mug' are also said every day",
        ),
        ("name: Bivouac 500", "name: but", "warn product bivouac: 'but' is also said every day; add `senses:`"),
        (
            "name: Tellur",
            "name: Mug\n    senses: {examples: [un Mug], other: [un mug]}",
            None,
        ),
        ("name: Tellur", "name: Bivouac", None),
        ("{timezone: Europe/Paris}", "{contact: me@a.example}", None),
        ("", "", "warn settings: sites that are asked are told https://example.org/ouidire, which is not yours"),
        ("sources:\n  - {id: export", "#", "warn sources: brands.yml names no place to listen to"),
    ],
)
def test_doctor_warns_of_what_a_night_would_miss(ouidire, tmp_path, old, new, told):
    text = BRANDS if "settings" in (told or "") else BRANDS.replace("{timezone", "{contact: me@a.example, timezone")
    (tmp_path / "brands.yml").write_text(text.replace(old, new), encoding="utf-8")
    status, out, _ = ouidire("doctor")
    assert status == 0, out
    warned = [line for line in out.splitlines() if line.startswith("warn") and "file" not in line]
    warned = [line for line in warned if "categories" not in line and "nothing committed" not in line]
    assert [told in line for line in warned] == [True] if told else not warned


CAMPAIGN = """\
campaigns:
  - {id: autumn, name: Autumn, brand: tellur, starts: 2026-10-01, ends: 2026-10-20,
     objectives: [{kpi: posts, target: 1}], creators: ["@LEA", Lea Martin, Lea Martyn, Zinedine]}
"""


def test_doctor_says_which_creator_was_never_heard(ouidire, export, tmp_path):
    (tmp_path / "brands.yml").write_text(BRANDS + CAMPAIGN, encoding="utf-8")
    assert "never heard" not in ouidire("doctor")[1], "nothing was heard yet"
    words = export.read_text(encoding="utf-8")
    export.write_text(words.replace('"Jo"', '"Léa Martin"'), encoding="utf-8")
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    status, out, _ = ouidire("doctor")
    told = [line.partition("campaign autumn: ")[2] for line in out.splitlines() if "never heard" in line]
    assert status == 0
    assert [line.partition(";")[0] for line in told] == [
        "creator 'Lea Martyn' was never heard",
        "creator 'Zinedine' was never heard",
    ]
    assert "heard was 'Léa Martin'" in told[0]
    assert "heard was" not in told[1]


def test_questions_have_names(ouidire, export, tmp_path):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    assert ouidire("search", "recommande")[1].count("Bivouac") >= 1
    assert "0 posts" in ouidire("search", "introuvable")[1]
    assert ouidire("search", "?")[0] == 1
    assert ouidire("query", "no_such_question")[0] == 1
    status, out, _ = ouidire("sql", "SELECT 1 AS one", "--out", tmp_path / "one.xlsx")
    assert (status, "1 row in" in out, (tmp_path / "one.xlsx").exists()) == (0, True, True)
    assert ouidire("sql", "SELEC 1")[0] == 1
