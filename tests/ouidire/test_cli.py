"""The command: exit statuses, and errors that name the offender and the remedy."""

import io
import json
import sys

import pytest

from ouidire import cli
from ouidire.brands import load_brands

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


def test_a_person_can_be_forgotten(ouidire, export):
    ouidire("import", export, "--source", "export", "--day", "2026-11-01")
    _, out, _ = ouidire("sql", "SELECT DISTINCT author_id FROM core_posts WHERE text LIKE '%fuit%'", "--json")
    assert ouidire("forget", "--author", json.loads(out)["author_id"])[0] == 0
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
    ],
)
def test_errors_name_the_offender_and_the_remedy(ouidire, words, status, said):
    found, _, err = ouidire(*words)
    assert (found, said in " ".join(err.replace("│", " ").split())) == (status, True), err


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

    status, out, _ = ouidire("correct", post, "--set", "umot=none", "--why", "said in jest")
    assert (status, "umot none" in out, "0 UMOTs in it now" in out) == (0, True, True)
    assert "said in jest" in ouidire("correct", "--list")[1]
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
    status, _, said = ouidire("init", *words, "--out", path)
    assert (status, "is there already" in said) == (1, True)
    assert ouidire("init", "--brand", "!", "--out", tmp_path / "bad.yml")[0] == 1
    assert not (tmp_path / "bad.yml").exists()


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
    assert (status, "1 rows in" in out, (tmp_path / "one.xlsx").exists()) == (0, True, True)
    assert ouidire("sql", "SELEC 1")[0] == 1
