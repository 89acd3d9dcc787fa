"""The pattern language, and what a rule file must hold to be used."""

from __future__ import annotations

import pytest

from nlp.catalogue import Catalogue
from nlp.pipeline import make_nlp
from nlp.rules import Grammar, RuleError
from nlp.tokens import sentences
from ouidire.brands import Brands

BRANDS = Brands.model_validate(
    {
        "categories": [{"id": "flasks", "name": "Flasks", "words": ["flask"]}],
        "brands": [{"id": "pel", "name": "Pellwick", "products": [{"id": "tarn", "name": "Tarn 16"}]}],
    }
)

LEXICON = {
    "classes": {"drink": "tea coffee hot_cocoa", "np_stop": "and in so", "adverb": "really so very_much soo~"},
    "spelling": {},
    "elisions": [],
    "experience": {},
    "advocacy": {},
}


def found(pattern: str, text: str) -> list[str]:
    rule = {"id": "x", "emits": "act", "patterns": [pattern]}
    grammar = Grammar("xx", LEXICON, [rule])
    lines = sentences(make_nlp(None).make_doc(text), grammar.canon, frozenset())
    matches = [(line.line, match) for line in lines for match in grammar.matches(line)]
    return [" ".join(line[slice(*(match.value or match.span))].split()) for line, match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("buy it|this", "Buy THIS now", ["buy this"]),
        ("love {drink}", "I love hot cocoa", ["love hot cocoa"]),
        ("love very? tea", "love tea, love very tea", ["love tea", "love very tea"]),
        ("so* good", "so so so good", ["so so so good"]),
        ("so+ good", "good", []),
        ("not ..2 good", "not at all good", ["not at all good"]),
        ("not ..2 good", "not now, so good", []),
        ("^ avoid", "I avoid it. Avoid it", ["avoid"]),
        ("run END", "run. run away", ["run"]),
        ("buy !it {drink}", "buy tea", ["buy tea"]),
        ("like < tea > in", "like tea in", ["tea"]),
        ("thanks to ( #np )", "thanks to old Maud and me", ["old maud"]),
        ("recommend~ it", "recommending it", ["recommending it"]),
        ("keep ~ing", "keep leaking", ["keep leaking"]),
        ("{adverb}* good", "really so good", ["really so good"]),
        ("{adverb} tea", "very much tea, so tea, sooo tea, some tea", ["very much tea", "so tea", "sooo tea"]),
        ("so good", "so good", ["so good"]),
        ("{adverb}|all good", "all good, really good", ["all good", "really good"]),
        ("thanks to ( #np )", "thanks to Maud so much", ["maud"]),
        ("not ..2 good", "not really so good", ["not really so good"]),
    ],
)
def test_pattern_language(pattern: str, text: str, expected: list[str]):
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("{drinks} now", "no class 'drinks'"),
        ("so? #np", "no fixed word"),
        ("from ( #np ) to ( #np )", "two values"),
        ("buy a|#w now", "#w is no word to choose from"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused_by_name(pattern: str, problem: str):
    with pytest.raises(RuleError, match=problem):
        found(pattern, "tea")


def test_a_table_of_times_fills_the_value_of_a_when_once():
    times = {"unit": {"W": "week weeks"}, "period": {"M": "moon"}}
    rule = {"id": "x", "emits": "when", "value": "P{count}{unit}", "patterns": ["{count} {unit} ago"]}
    (line,) = sentences(make_nlp(None).make_doc("2 weeks ago"), make_nlp(None).tokenizer.canon, frozenset())
    (match,) = Grammar("xx", LEXICON | {"times": times}, [rule]).matches(line)
    assert match.slots == (("count", "2"), ("unit", "weeks"))
    for pattern, problem in (("{count} {unit} or {unit} ago", "twice"), ("{unit} ago", "'count'")):
        with pytest.raises(RuleError, match=problem):
            Grammar("xx", LEXICON | {"times": times}, [rule | {"patterns": [pattern]}])
    with pytest.raises(RuleError, match="drink"):
        Grammar("xx", LEXICON | {"times": {"drink": {"1": "tea"}}}, [])


def test_a_rule_id_is_used_once():
    rule = {"id": "x", "emits": "act", "patterns": ["buy it"]}
    with pytest.raises(RuleError, match="twice"):
        Grammar("xx", LEXICON, [rule, rule])


def test_names_of_the_catalogue_and_words_for_its_categories_are_elements():
    rule = {"id": "x", "emits": "act", "patterns": ["take ( the {thing} )", "leave this {kind}"]}
    grammar = Grammar("xx", LEXICON, [rule])
    catalogue = Catalogue(BRANDS, grammar.canon)
    (line,) = sentences(make_nlp(None).make_doc("Take the flask Tarn 16, leave this flask"), grammar.canon, frozenset())
    catalogue.mask(line, list(catalogue.in_words(line.words)))
    assert {line.line[slice(*(m.value or m.span))].strip() for m in grammar.matches(line)} == {
        "the flask tarn 16", "leave this flask",
    }  # fmt: skip
