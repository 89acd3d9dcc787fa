"""brands.yml: what is refused, with which line and which remedy."""

from pathlib import Path

import pytest

from ouidire.brands import BrandsError, load_brands

GOOD = """\
settings: {timezone: Europe/Paris}
categories:
  - {id: mugs, name: Mugs}
brands:
  - id: tellur
    name: Tellur
    aliases: [Tellure]
    handles: ["@tellur"]
    domains: [tellur.example]
    products:
      - {id: bivouac, name: Bivouac 500, aliases: [Bivouac], category: mugs}
rivals:
  - {id: nord, name: Nord}
sources:
  - {id: blog, type: feed, url: "https://blog.example/feed", queries: ["mug"]}
"""


def load(tmp_path: Path, text: str):
    path = tmp_path / "brands.yml"
    path.write_text(text, encoding="utf-8")
    return load_brands(path)


def test_a_good_file_gives_every_name_once(tmp_path):
    brands = load(tmp_path, GOOD)
    assert [tuple(target) for target in brands.targets()] == [
        ("Tellur", "tellur", None),
        ("Tellure", "tellur", None),
        ("Bivouac 500", "tellur", "bivouac"),
        ("Bivouac", "tellur", "bivouac"),
        ("Nord", "nord", None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "aliases: [Tellure]",
            "aliasses: [Tellure]",
            7,
            "'aliasses' is not a known key; known here: id, name, aliases",
        ),
        ("aliases: [Tellure]", "aliases: [on]", 7, 'on without quotes is read by YAML as yes or no; write "on"'),
        ("aliases: [Tellure]", "aliases: [42]", 7, 'put it in quotes: "42"'),
        ("aliases: [Tellure]", "aliases: ['!']", 7, "holds no letter or digit"),
        ("aliases: [Tellure]", "aliases: [NORD]", 13, "'Nord' already stands for 'tellur' (as 'NORD')"),
        ("name: Nord}", "name: Téllur}", 13, "already stands for 'tellur' (as 'Tellur')"),
        ("{id: nord,", "{id: tellur,", 13, "brand id 'tellur' is used twice"),
        ("rivals:\n", "rivals:\nrest:\n", 12, "write a list: an entry a line, each after a dash; or leave the key"),
        ("type: feed", "type: tiktok", 15, "source type 'tiktok' is unknown; known: "),
        ("category: mugs", "category: cups", 11, "category 'cups' is unknown; known: mugs"),
        ("https://blog.example", "blog.example", 15, "write a full address"),
        ("https://blog.example", "https://blog example", 15, "has white space in its host 'blog example'; write the"),
        ("blog.example/feed", "www.amazon.fr/dp/1", 15, "Amazon forbids reading its pages outside its API; import an"),
        ("Europe/Paris", "Paris", 1, "'Paris' is not a time zone; write one such as"),
        ("    name: Tellur\n", "    name: Tellur\n    name: Tellus\n", 7, "'name' is written twice"),
        ("brands:\n", "brands:\n\t", 5, "not readable as YAML"),
        ('url: "https://blog.example/feed", ', "", 15, "has no url; add the address to listen to"),
        (
            "tellur.example",
            "https://Tellur.example/shop",
            9,
            "write the name of the site alone, in small letters: tellur.",
        ),
        ("[tellur.example]", "[Tellur.example]", 9, "in small letters: tellur.example"),
        ("[tellur.example]", "['our site']", 9, "in small letters: tisonne.example"),
        ("id: tellur", "id: Tellur France", 5, "write small letters, digits and underscores, 40 at most, a letter"),
        ("id: tellur", "id: Tellur France", 5, "such as tellur_france"),
        ("id: tellur", "id: 3", 5, 'put it in quotes: "3"'),
        ("[Tellure]", "[350, Tellure]", 7, '350: is read as no text; put it in quotes: "350"'),
        ("[Tellure]", "[3.5]", 7, 'put it in quotes: "3.5"'),
        ("[Tellure]", "[true]", 7, "put it in quotes"),
        ("aliases: [Tellure]", "aliases: Tellure", 7, "write it in brackets: [Tellure]"),
        ('queries: ["mug"]', "queries: mug", 15, "write it in brackets: [mug]"),
        ('queries: ["mug"]', "languages: [fr-FR]", 15, "(ISO 639-1), such as fr, en or es"),
        ('queries: ["mug"]', "languages: [french]", 15, "write the code of two small letters"),
        ('"@tellur"', '"@tellur france"', 8, "write the account alone, such as @tisonne"),
        ('"@tellur"', '"https://mastodon.example/@tellur"', 8, "write the account alone, such as @tisonne"),
        ('"@tellur"', "mastodon.example/@tellur", 8, "write the account alone, such as @tisonne"),
        ('"@tellur"', "www.tellur.example", 8, "write the account alone, such as @tisonne"),
        ('"@tellur"', '"@"', 8, "holds no letter or digit"),
        (
            "sources:\n",
            'sources:\n  - {id: b, type: wordpress, url: "https://blog.example/feed/", queries: [gourde, mug]}\n',
            16,
            "'https://blog.example/feed' for 'mug' is asked by 'b' already; keep one",
        ),
        (
            "sources:\n",
            'sources:\n  - {id: b, type: feed, url: "https://c.example"}\n'
            '  - {id: c, type: forum, url: "https://c.example/"}\n',
            16,
            "'https://c.example/' is asked by 'b' already",
        ),
        (
            "name: Nord}",
            'name: Nord, handles: ["@nord", TELLUR]}',
            13,
            "'TELLUR' already belongs to 'tellur'; an account",
        ),
        (
            "name: Nord}",
            "name: Nord, domains: [www.tellur.example]}",
            13,
            "(as 'tellur.example'); a site has one owner",
        ),
        ("name: Nord}", "name: Nord, domains: [shop.tellur.example]}", 13, "'shop.tellur.example' already belongs to"),
        ("name: Nord}", "name: Nord, domains: [tellur.example, example.com]}", 13, "'tellur.example' already belongs"),
        ("name: Nord}", "name: Nord, senses: {examples: [le nord], other: [une gare]}}", 13, "'une gare' holds no"),
        ("name: Nord}", "name: Nord, senses: {examples: [le nord], other: []}}", 13, "senses.other"),
        ("name: Nord}", "name: Nord, senses: {examples: [le nord]}}", 13, "senses.other: missing; add it"),
        ("name: Nord}", "name: Nord, senses: {meant: [a]}}", 13, "known here: examples, other"),
        ("name: Nord}", "name: Nord, senses: {examples: [le nord], other: []}}", 13, "write at least 1"),
        ("  - {id: nord, name: Nord}", "  - Nord", 13, "rivals.0: write keys with their values; known here: id, name,"),
        (GOOD, "- Tellur\n", 1, "the whole file: write keys with their values; known here: settings, ca"),
    ],
)
def test_what_is_refused_says_line_value_and_remedy(tmp_path, old, new, line, words):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(BrandsError) as refusal:
        load(tmp_path, text)
    assert any(f"brands.yml:{line}: " in problem and words in problem for problem in refusal.value.problems), (
        refusal.value.problems
    )


def test_one_brand_may_write_its_accounts_and_sites_in_several_ways(tmp_path):
    text = GOOD.replace('["@tellur"]', '["@tellur", Tellur]').replace("[tellur.ex", "[www.tellur.example, tellur.ex")
    text = text.replace("name: Nord}", "name: Nord, handles: [tellur_fan], domains: [nottellur.example]}")
    assert load(tmp_path, text).rivals[0].handles == ["tellur_fan"]


@pytest.mark.parametrize(
    "handle",
    [
        "@tellur",
        "tellur",
        "@tellur@social.example",
        "tellur@social.example",
        "did:plc:aaaabbbbccccddddeeeeffff",
        "tellur.bsky.example",
        "UC-aaaabbbbcccc_ddddeee",
        "tellur.officiel-fr",
        "Tellur France",
        "76561190000000000",
        "Tellur & Fils",
        "u/tellur",
        "テルル",
    ],
)
def test_an_account_is_written_as_its_source_writes_it(tmp_path, handle):
    assert load(tmp_path, GOOD.replace('"@tellur"', f'"{handle}"')).brands[0].handles == [handle]


def test_one_address_may_be_asked_two_things_or_wait_disabled(tmp_path):
    feed = '  - {id: other, type: feed, url: "https://blog.example/feed"'
    for rest in (
        ", queries: [gourde]}",
        ", queries: [mug], options: {max_requests: 3}}",
        ", queries: [mug], enabled: false}",
    ):
        assert len(load(tmp_path, f"{GOOD}{feed}{rest}\n").sources) == 2


def test_octal_looking_words_stay_words(tmp_path):
    brands = load(tmp_path, GOOD.replace("[Tellure]", "[0755]"))
    assert brands.brands[0].aliases == ["0755"]


def test_all_problems_come_together(tmp_path):
    text = GOOD.replace("type: feed", "type: tiktok").replace("category: mugs", "category: cups")
    with pytest.raises(BrandsError) as refusal:
        load(tmp_path, text)
    assert len(refusal.value.problems) == 2


def test_a_missing_file_says_what_to_copy(tmp_path):
    with pytest.raises(BrandsError, match=r"copy sample/brands\.yml"):
        load_brands(tmp_path / "absent.yml")


@pytest.mark.parametrize(
    ("handle", "url", "owned"),
    [
        ("@Tellur", None, True),
        ("tellur", None, True),
        ("tellur_fan", None, False),
        (None, "https://shop.tellur.example/x", True),
        (None, "https://nottellur.example/x", False),
        (None, None, False),
    ],
)
def test_owned_accounts_and_sites(tmp_path, handle, url, owned):
    assert load(tmp_path, GOOD).is_owned(handle, url) is owned


CAMPAIGN = """\
campaigns:
  - id: autumn
    name: Autumn
    brand: tellur
    products: [bivouac]
    starts: 2026-10-05
    ends: 2026-10-25
    creators: ["@cleo"]
    codes: [CLEO10]
    budget: 900
    objectives:
      - {kpi: organic_umots_for, target: 12}
      - {kpi: share_of_voice, target: 0.4, baseline_days: 56, deadline: 2026-11-08}
people:
  - id: cleo
    accounts: [{source: blog, handle: Cleo}, {source: blog, handle: "@cleo"}]
"""


def test_campaigns_and_people_are_read(tmp_path):
    brands = load(tmp_path, GOOD + CAMPAIGN)
    campaign = brands.campaigns[0]
    assert (campaign.starts.isoformat(), campaign.ends.isoformat(), campaign.budget) == (
        "2026-10-05",
        "2026-10-25",
        900,
    )
    assert [objective.kpi for objective in campaign.objectives] == ["organic_umots_for", "share_of_voice"]
    assert brands.people[0].accounts[1].handle == "@cleo"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("ends: 2026-10-25", "ends: 2026-10-01", 22, "ends 2026-10-01 before it starts 2026-10-05; swap them"),
        ("ends: 2026-10-25", "ends: 25/10/2026", 22, "is no date; write one such as 2026-10-30"),
        ("brand: tellur", "brand: nord", 19, "'nord' is not one of your brands: tellur"),
        ("products: [bivouac]", "products: [tarn]", 20, "'tarn' is not a product of 'tellur'; its products: bivouac"),
        ("target: 12", "target: 30%", 27, "'30%': is no number; write 0.3 for 30%"),
        ("target: 12", "target: many", 27, "'many': is no number; write 12, or 0.3 for 30 %"),
        ("budget: 900", "budget: 900 EUR", 25, "is no number; write 12"),
        (
            "kpi: share_of_voice, target: 0.4, baseline_days: 56, deadline: 2026-11-08",
            "kpi: organic_umots_for, target: 6",
            28,
            "'organic_umots_for' stands twice; keep one",
        ),
        ('creators: ["@cleo"]', 'creators: ["https://social.example/@cleo"]', 23, "write the account alone"),
        ("kpi: organic_umots_for", "kpi: buzz", 27, "'buzz': nothing measures it; known: posts, authors"),
        ("kpi: organic_umots_for, target: 12", "kpi: share_of_voice, target: 12", 27, "write a number from 0 to 1"),
        ("deadline: 2026-11-08", "deadline: 2026-10-01", 28, "lies before the campaign starts"),
        ("    codes: [CLEO10]\n    budget: 900", "    budget: 900", None, None),
        ("{source: blog, handle: Cleo}", "{source: blo, handle: Cleo}", 31, "source 'blo' is unknown; known: blog"),
    ],
)
def test_a_campaign_that_contradicts_itself_is_refused_with_its_line(tmp_path, old, new, line, words):
    text = (GOOD + CAMPAIGN).replace(old, new)
    if words is None:  # without codes, a count of their uses would always be 0
        text, line, words = text.replace("organic_umots_for", "code_uses"), 26, "neither codes nor links"
    with pytest.raises(BrandsError) as refused:
        load(tmp_path, text)
    assert f"brands.yml:{line}:" in str(refused.value)
    assert words in str(refused.value)


def test_one_mistake_is_told_once(tmp_path):
    with pytest.raises(BrandsError) as refused:
        load(tmp_path, (GOOD + CAMPAIGN).replace("target: 12", "target: 30%").replace("budget: 900", "budget: a lot"))
    assert len(refused.value.problems) == 2
