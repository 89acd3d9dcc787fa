"""Rules as data: `lang/<code>/lexicon.yml` and `patterns.yml`, read and tried on sentences.

Patterns are written in the language of `patterns.py`. A rule is tried only on sentences that hold one of its anchor
words, found when it is compiled.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from nlp.patterns import Compiler, RuleError, marks_of
from nlp.sieve import Sieve
from nlp.times import time_tables, unfilled
from nlp.tokens import Canon, Sentence
from ouidire.records import RULE_CUES

RULE_VERSION: Final = "11"
"""Raised when a change of rules, words or code changes what is found."""

LANG: Final = Path(__file__).parent / "lang"

EMITS: Final = ("act", "trap", "signal", *RULE_CUES)
"""What a rule may yield.

A trap is a false friend: it takes the place of a shorter match of the kind that its `value` names, and yields nothing.
A signal is weak evidence that only counts in sums (judgement, talk of one's own), but for irony, which turns the acts
of its sentence around.
"""

LATE: Final = ("act", "act_beside", "purchase")
"""What a rule may need that is only known once the acts, or the cues, are found."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of patterns.yml."""

    id: str
    emits: str
    polarity: str = "for"
    modality: str | None = None
    """Set when the words themselves decide it; else the context does."""
    strength: float = 0.6
    confidence: float = 0.8
    value: str | None = None
    """The value of a cue without brackets; the name of a signal; what a trap is a trap for.

    Of a `when`, with the tables of `times.yml` to fill in: "P{count}{unit}"; without one, its date (`nlp/times.py`).
    """
    needs: str | None = None
    """`thing`: what it says of "it" only counts in a post that shows that it is about something to use or buy.
    `lived`: only in one that is about something its author went through.

    `act`: it is only tried in a post with an act of the author's own; `act_beside`: only in the sentence of such an act
    and in those next to it. `purchase`: only in the sentence of a cue of purchase or switch.
    """
    is_name: bool = False
    """Whether the part in brackets must look like a name: a handle, or a word with a capital, a digit or "_"."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule found in a sentence. Places are offsets into the sentence's line; `first`..`last` is the whole match."""

    rule: Rule
    sentence: Sentence
    first: int
    last: int
    span: tuple[int, int]
    value: tuple[int, int] | None
    slots: tuple[tuple[str, str], ...] = ()
    """Of a `when`: each table of `times.yml` that has a word in it, and that word."""


@dataclass(frozen=True)
class _Pattern:
    rule: Rule
    source: str
    is_of_things: bool = False
    """Whether it is matched on the line in which names of the catalogue are masked."""

    @functools.cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when a sentence first holds all it needs: few texts need every pattern, and all take a second."""
        return re.compile(self.source)


class Grammar:
    """The words and rules of one language."""

    def __init__(self, code: str, lexicon: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]) -> None:
        self.code = code
        self.classes = _classes(lexicon["classes"])
        self.aspects = {word: name for name, words in _classes(lexicon.get("aspects", {})).items() for word in words}
        """What a reason is about -> the words that name it, turned around."""
        self.classes["aspect"] = tuple(self.aspects)
        self.times = time_tables(lexicon.get("times", {}))
        """Tables of words of time: name -> word -> what it says."""
        if twice := self.times.keys() & self.classes.keys():
            raise RuleError(f"{code}: tables of times.yml with the name of a class of lexicon.yml: {sorted(twice)}")
        self.classes |= {name: tuple(table) for name, table in self.times.items()}
        marks = marks_of(self.classes)
        self.canon = Canon(lexicon["spelling"], lexicon["elisions"], marks)
        self.experience: dict[str, float] = lexicon["experience"]
        """What each weak signal adds to the evidence that the author has first-hand experience; 1 is enough."""
        self.weights: dict[str, float] = {word: float(w) for w, words in lexicon["advocacy"].items() for word in words}
        self.rules: dict[str, Rule] = {}
        self.patterns: list[_Pattern] = []
        self._sieve = Sieve()
        self._late_sieves = {need: Sieve() for need in LATE}
        self._compiler = Compiler(self.classes, frozenset(self.times), marks)
        for row in rules:
            self._add(row)

    def words(self, name: str) -> frozenset[str]:
        """The words of a class; none if the language has no such class."""
        return frozenset(self.classes.get(name, ()))

    @functools.cached_property
    def _phrases(self) -> dict[str, re.Pattern[str]]:
        choice = self._compiler.choice
        return {name: re.compile(rf"(?<!\S){choice(words)}") for name, words in self.classes.items()}

    def holds(self, name: str, line: str) -> bool:
        """Whether a stretch of a sentence's line holds a word or phrase of a class of the lexicon."""
        pattern = self._phrases.get(name)
        return pattern is not None and pattern.search(line) is not None

    def without(self, name: str, line: str) -> str:
        """A stretch of a line with a dash for each word or phrase of a class of the lexicon."""
        pattern = self._phrases.get(name)
        return line if pattern is None else pattern.sub("- ", line)

    def aspect_of(self, line: str) -> str | None:
        """The aspect that the first words of `aspects.yml` in a stretch of a line name, up to 4; None without any."""
        words = line.split()
        for i in range(len(words)):
            for length in (4, 3, 2, 1):
                phrase = " ".join(words[i : i + length])
                if phrase in self.aspects:
                    return self.aspects[phrase]
        return None

    def matches(self, sentence: Sentence) -> Iterator[Match]:
        """Every match of every rule that needs no act in the sentence, overlapping ones included, in their order."""
        yield from self._found(sentence, self._sieve)

    def late_matches(self, sentence: Sentence, need: str) -> Iterator[Match]:
        """The matches of the rules that need an act so: `act` or `act_beside`."""
        yield from self._found(sentence, self._late_sieves[need])

    def _found(self, sentence: Sentence, sieve: Sieve) -> Iterator[Match]:
        for pattern in map(self.patterns.__getitem__, sieve.passed(sentence.keys)):
            line = (sentence.masked or sentence.line) if pattern.is_of_things else sentence.line
            for found in pattern.regex.finditer(line):
                yield _match(pattern.rule, sentence, found)

    def _add(self, row: Mapping[str, Any]) -> None:
        fields = {key: value for key, value in row.items() if key != "patterns"}
        rule = Rule(**fields)
        if rule.emits not in EMITS or rule.id in self.rules:
            raise RuleError(f"{self.code}: rule {rule.id!r}: emits {rule.emits!r} unknown, or the id is used twice")
        self.rules[rule.id] = rule
        for source in row["patterns"]:
            if rule.emits == "when" and (empty := unfilled(rule.value, source)):
                raise RuleError(f"{self.code}: rule {rule.id!r}: pattern {source!r} has nothing for {empty}; add it")
            regex, needs = self._compiler.compile(source, rule.id, has_slots=rule.emits == "when")
            self._late_sieves.get(rule.needs or "", self._sieve).add(len(self.patterns), needs)
            is_of_things = "{thing}" in source or "{kind}" in source
            self.patterns.append(_Pattern(rule, regex, is_of_things))


@functools.cache
def load_grammar(code: str) -> Grammar:
    """The rules of a language. Raises RuleError when a file of its folder cannot be used."""
    folder = LANG / code
    lexicon = read_yaml(folder / "lexicon.yml")
    aspects = folder / "aspects.yml"
    lexicon["aspects"] = read_yaml(aspects) if aspects.exists() else {}
    times = folder / "times.yml"
    lexicon["times"] = read_yaml(times) if times.exists() else {}
    return Grammar(code, lexicon, read_yaml(folder / "patterns.yml"))


def read_yaml(path: Path) -> Any:
    """A data file of ours, by libyaml: ten times as fast as plain Python. Raises OSError, yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@functools.cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have rules: one folder each."""
    return tuple(sorted(path.parent.name for path in LANG.glob("*/patterns.yml")))


def _classes(raw: Mapping[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    """Classes with the classes they name put in their place."""

    def open_up(name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        if name in above or name not in raw:
            raise RuleError(f"lexicon class {name!r} is unknown or names itself ({' > '.join(above)})")
        value = raw[name]
        for word in value.split() if isinstance(value, str) else value:
            if word.startswith("{"):
                yield from open_up(word.strip("{}"), (*above, name))
            else:
                yield word.replace("_", " ")

    return {name: tuple(dict.fromkeys(open_up(name))) for name in raw}


def _match(rule: Rule, sentence: Sentence, found: re.Match[str]) -> Match:
    groups = found.re.groupindex
    opening = next((name for name in ("s", "h") if name in groups), 0)
    start = found.start(opening)
    end = found.start("e") if "e" in groups else found.end()
    value = (found.start("v"), found.start("w")) if "v" in groups else None
    slots = tuple((name, found[name].strip()) for name in groups if len(name) > 1 and found[name])
    return Match(rule, sentence, found.start(), found.end(), (start, end), value, slots)
