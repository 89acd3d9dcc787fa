"""The line interface, the batch interface, and input that nobody asked for."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nlp.pipeline import Reader, identify
from nlp.reading import Context
from nlp.rules import RuleError
from nlp.understand import MAX_CHARACTERS, Understanding, commercial_of, run_stream, understand, understand_post
from ouidire.brands import Brands
from ouidire.records import Post, Quarantine

MADE_AT = datetime(2026, 10, 1, tzinfo=UTC)
POST = Post(
    run_date=date(2026, 10, 2), source="forum", post_id="p1", native_id="1", source_type="forum", instance="f.example",
    kind="reply", url=None, canonical_url=None, thread_id="t1", parent_id=None, position=1, author_id="a",
    is_owned=False, thread_title="Quel mug ?", title=None, text="Je recommande vivement le Bivouac.", lang=None,
    rating=None, quoted_url=None, created_at=MADE_AT, created_precision="second", edited_at=None, seen_at=MADE_AT,
    deleted_at=None, content_hash="h", licence=None,
)  # fmt: skip
BRANDS = Brands.model_validate(
    {
        "brands": [
            {"id": "tis", "name": "Tisonne", "products": [{"id": "biv", "name": "Bivouac 500", "aliases": ["Bivouac"]}]}
        ]
    }
)


def stream(*lines: str) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    out, err = io.StringIO(), io.StringIO()
    status = run_stream(lines, out, err, None)
    return status, [*map(json.loads, out.getvalue().splitlines())], [*map(json.loads, err.getvalue().splitlines())]


def test_one_object_a_line_in_order():
    status, found, errors = stream(*(json.dumps({"id": str(i), "text": "Foncez !", "lang": "fr"}) for i in range(3)))
    assert (status, errors) == (0, [])
    assert [post["id"] for post in found] == ["0", "1", "2"]
    assert found[0]["acts"][0]["span"] == "Foncez"
    keys = (
        "id lang mentions acts stance experience purchase seeks_advice influenced_by commercial umot tips suggestions"
    )
    assert {*keys.split(), "reasons", "advocacy", "candidates"} <= set(found[0])


@pytest.mark.parametrize(
    ("text", "commercial", "kinds"),
    [
        ("Mug at https://shop.example/m?a=1&tag=deals-21", "probable", []),
        ("Mug at https://shop.example/m?stage=2", "organic", []),
        ("Affiliate link: https://shop.example/m?aff=me", "disclosed", ["affiliate"]),
        ("Code at https://git.example/m?ref=main", "organic", []),
    ],
)
def test_an_address_that_pays_for_the_click(text: str, commercial: str, kinds: list[str]):
    found = Reader(None).read(text, "en", Context())
    assert found.commercial == kinds
    assert commercial_of(found, is_owned=False) == commercial


def test_quoted_lines_are_another_persons():
    text = "> Je l'ai acheté, foncez !\n> Quel mug prendre ?\nÀ fuir."
    _, (found,), _ = stream(json.dumps({"id": "1", "lang": "fr", "text": text}))
    assert [(act["span"], act["polarity"]) for act in found["acts"]] == [("À fuir", "against")]
    assert text[found["acts"][0]["start"] : found["acts"][0]["end"]] == "À fuir"
    assert (found["purchase"], found["seeks_advice"]) == ("none", False)
    (rows,) = understand([replace(POST, text=text)], BRANDS)
    assert isinstance(rows, Understanding)
    assert [act.polarity for act in rows.acts] == ["against"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("foncez", "not JSON"),
        ("[]", "not an object"),
        ('{"text": "x"}', "id"),
        ('{"id": true, "text": "x"}', "id"),
        ('{"id": "1"}', "text"),
        ('{"id": "1", "text": 3}', "text"),
        ('{"id": "1", "text": NaN}', "NaN"),
        ('{"id": "1", "text": "\\ud800"}', "surrogate"),
        ('{"id": "1", "text": "x", "lang": 3}', "lang"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_bad_line_is_named_and_left_out(line: str, problem: str):
    status, found, errors = stream(line, '{"id": "2", "text": "ok"}')
    assert status == 1
    assert [post["id"] for post in found] == ["2"]
    assert errors[0]["line"] == 1
    assert problem in errors[0]["error"]


def test_bytes_that_are_not_utf8_spoil_their_own_line_only():
    lines = io.TextIOWrapper(
        io.BytesIO(b'{"id": "1", "text": "caf\xe9"}\n{"id": "2", "text": "ok"}\n'), encoding="utf-8"
    )
    out, err = io.StringIO(), io.StringIO()
    assert run_stream(lines, out, err, None) == 1
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == ["2"]


def test_a_long_text_is_cut_and_says_so():
    found = understand_post({"id": "1", "text": "Foncez ! " * 200_000, "lang": "fr"}, Reader(None))
    assert found["truncated_at"] == MAX_CHARACTERS
    assert max(act["end"] for act in found["acts"]) <= MAX_CHARACTERS


@pytest.mark.parametrize("text", ["🙂" * 50_000, "a\u200b" * 20_000, "\u202e" * 1000, "<div>" * 5000, "\x00", "\ufeff"])
def test_hard_inputs_are_read(text: str):
    assert understand_post({"id": "1", "text": text, "lang": "fr"}, Reader(None))["umot"] == "none"


def test_zero_width_characters_do_not_hide_an_act():
    text = "Je recom\u200bmande\u200b ce mug"
    (act,) = understand_post({"id": "1", "text": text, "lang": "fr"}, Reader(None))["acts"]
    assert act["span"] == text[act["start"] : act["end"]] == "Je recom\u200bmande"


def test_a_language_without_rules_says_so():
    found = understand_post({"id": "1", "text": "Ich empfehle den Becher jedem, wirklich."}, Reader(None))
    assert (found["lang"], found["acts"], found["advocacy"]) == ("de", [], None)
    assert "mentions only" in found["note"]


@pytest.mark.parametrize(
    ("text", "hints", "code"),
    [
        ("Foncez !", (None, "fr"), "fr"),
        ("Great mug", ("en", "fr"), "en"),
        ("This mug keeps my coffee hot all day long.", ("fr",), "en"),
        ("👍👍", (), None),
        ("x", (), None),
        ("ok 10/10", (), None),
        ("x", (None, "fr"), "fr"),
    ],
)
def test_identify(text: str, hints: tuple[str | None, ...], code: str | None):
    assert identify(text, hints)[0] == code


def test_a_batch_gives_rows_of_the_partition():
    (found,) = understand([POST], BRANDS)
    assert isinstance(found, Understanding)
    (act,), (reading,) = found.acts, found.readings
    assert (act.text, act.product_id, act.target, act.run_date, act.source) == (
        "Je recommande vivement", "biv", "le Bivouac", POST.run_date, "forum",
    )  # fmt: skip
    assert (reading.umot, reading.commercial, reading.lang) == ("positive", "organic", "fr")
    assert len({act.span_id, *(m.span_id for m in found.mentions)}) == 1 + len(found.mentions)


def test_a_short_post_takes_the_language_of_its_thread_then_of_its_source():
    short = replace(POST, post_id="p2", text="Foncez !")
    _, by_thread = understand([POST, short], None, default_lang="en")
    (by_source,) = understand([short], None, default_lang="en")
    assert [row.readings[0].lang for row in (by_thread, by_source) if isinstance(row, Understanding)] == ["fr", "en"]


def test_a_post_of_the_brand_itself_is_no_moment_of_truth():
    (found,) = understand([replace(POST, is_owned=True)], BRANDS)
    assert isinstance(found, Understanding)
    assert (found.readings[0].umot, found.readings[0].commercial) == ("none", "probable")


def test_a_bad_post_is_quarantined_and_the_batch_goes_on():
    bad, erased = replace(POST, post_id="bad", text="\ud800"), replace(POST, post_id="gone", text=None)
    quarantined, good = understand([bad, erased, POST], BRANDS)
    assert isinstance(quarantined, Quarantine)
    assert (quarantined.item, quarantined.stage) == ("bad", "understand")
    assert isinstance(good, Understanding)


def test_a_broken_rule_file_stops_the_batch(monkeypatch: pytest.MonkeyPatch):
    def broken(_: str) -> None:
        raise RuleError("fr: rule 'x'")

    monkeypatch.setattr("nlp.pipeline._grammar", broken)
    with pytest.raises(RuntimeError, match="rule 'x'"):
        list(understand([POST], None))
