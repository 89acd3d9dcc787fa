"""The language in which rules are written, compiled to regular expressions that take linear time.

A pattern is words separated by spaces, matched on the canonical line of a sentence (see `tokens.py`: lower case, no
accents, contractions opened):

    recommande|conseille    one of these words           les_yeux_fermes    words in a row, inside an alternative
    {adverb}                one of a class of lexicon.yml    recommand~  ~ing    any word that begins, ends so
    x?  x*  x+              optional; up to 3; 1 to 3    ..4                up to 4 words, not crossing punctuation
    #np                     a noun phrase: 1 to 8 words up to a word of the class `np_stop` or punctuation
    #w  #np?  #w?           one word of a noun phrase; either may be left out
    #clause                 the rest of the clause: 1 to 16 words up to one of the class `clause_stop` or punctuation
    {thing}                 a name of the catalogue, the word for what it is allowed before it ("le mug Bivouac")
    {kind}                  a word for a category of the catalogue, or one of the class `goods`
    {count}  {unit} ...     a word of one of the tables of `times.yml`; a rule of kind `when` takes its value from them
    !x                      not followed by x            ^  $  END           start of clause, end, end inside a choice
    < >                     limits of the span (default: the whole match)
    ( )                     limits of the value: what a cue names, the target of an act

Every repetition is bounded, so the time is linear in the length of the text.

Words that rules allow or refuse nearly everywhere, the classes of `MARKED`, are not listed in each expression: what
follows them in a sentence's line tells them from the others. The expressions are a quarter to two fifths
shorter by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from nlp.tokens import KIND, THING

MARKED: Final = {"adverb": "\t\f", "np_stop": "\v\f"}
"""Class of the lexicon -> the characters that may follow its single words in a line, where others have a space."""

_WORD = r"[\w#@$€£%&'*]\S*\s"
_CLAUSE_START = r"(?:^(?:@\S+ ){0,5}|(?<=[.!?…,;:()\"¤\-] ))"
_CLAUSE_END = r"(?=[.!?…,;:()\"¤\-]|$)"


class RuleError(RuntimeError):
    """A rule file cannot be used; says the file, the rule and why."""


def marks_of(classes: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Word of a class of `MARKED` -> the character that follows it in a line: the one that all its classes share."""
    members = {name: _single(classes.get(name, ())) for name in MARKED}
    return {
        word: next(c for c in "\t\v\f" if all((c in ends) == (word in members[name]) for name, ends in MARKED.items()))
        for word in frozenset().union(*members.values())
    }


def _single(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if not {" ", "~"} & set(word))


class Compiler:
    """Patterns of one language to regular expressions over the canonical line, and the words a sentence must hold."""

    MARKS: Final = {
        "^": f"{_CLAUSE_START}(?P<h>)", "$": _CLAUSE_END,
        "<": "(?P<s>)", ">": "(?P<e>)", "(": "(?P<v>)", ")": "(?P<w>)",
    }  # fmt: skip
    PHRASES: Final = frozenset({"#np", "#np?", "#w", "#w?", "#clause"})
    MASKED: Final = {"{thing}": rf"(?:{KIND}+\s){{0,2}}{THING}+\s", "{kind}": rf"{KIND}+\s"}

    def __init__(
        self, classes: Mapping[str, tuple[str, ...]], tables: frozenset[str], marks: Mapping[str, str]
    ) -> None:
        self.classes = classes
        self.marks = marks
        self.tables = tables
        """Classes whose word a `when` keeps: named groups of its expression."""
        self._marked = [
            (rf"[^\s{THING}{KIND}]\S*+[{ends}]", members)
            for name, ends in MARKED.items()
            if (members := _single(classes.get(name, ())))
        ]
        self._known: dict[str, tuple[str, frozenset[str]]] = {}

    def compile(self, source: str, rule_id: str, *, has_slots: bool = False) -> tuple[str, tuple[frozenset[str], ...]]:
        """The expression, and what a sentence must hold one of each of: the rarest first."""
        elements = source.split()
        for mark, name in (("(", "values in brackets"), (")", "closing brackets"), ("^", "^"), ("<", "<"), (">", ">")):
            if elements.count(mark) > 1:
                raise RuleError(f"rule {rule_id!r}: pattern {source!r} has two {name}; keep one")
        slots = self._slots(elements) if has_slots else {}
        if len(set(slots.values())) < len(slots):
            raise RuleError(f"rule {rule_id!r}: pattern {source!r} has a table of times.yml twice; keep one")
        parts: list[str] = [r"(?<!\S)"]
        anchors: list[frozenset[str]] = []
        for i, element in enumerate(elements):
            part = self._element(element, anchors, rule_id)
            parts.append(f"(?P<{slots[i]}>{part})" if i in slots else part)
        usable = [a for a in anchors if "" not in a]
        if not usable:
            raise RuleError(f"rule {rule_id!r}: pattern {source!r} has no fixed word to look for; add one")
        usable.sort(key=lambda a: (min(map(len, a)) > 3, min(map(len, a)) > 2, -len(a)), reverse=True)
        return "".join(parts), tuple(usable)

    def _slots(self, elements: Iterable[str]) -> dict[int, str]:
        """Which elements are a table of `times.yml`, and which one."""
        names = ((i, element.removesuffix("?")) for i, element in enumerate(elements))
        return {i: name[1:-1] for i, name in names if name[:1] == "{" and name[1:-1] in self.tables}

    def _element(self, element: str, anchors: list[frozenset[str]], rule_id: str) -> str:
        if element in self.MARKS:
            return self.MARKS[element]
        if gap := re.fullmatch(r"\.\.(\d)", element):
            return f"(?:{_WORD}){{0,{gap[1]}}}?"
        if element in self.PHRASES:
            return self._phrase(element)
        if element.startswith("!"):
            return f"(?!{self.choice(self._words(element[1:], rule_id))})"
        core, count = (element[:-1], element[-1]) if len(element) > 1 and element[-1] in "?*+" else (element, "")
        if core not in self._known:
            words = self._words(core, rule_id)
            self._known[core] = self.choice(words), frozenset(map(_anchor, words))
        choice, keys = self._known[core]
        if count in ("", "+"):
            anchors.append(keys)
        return choice + {"": "", "?": "?", "*": "{0,3}", "+": "{1,3}"}[count]

    def _words(self, core: str, rule_id: str) -> list[str]:
        words: list[str] = []
        for choice in core.removesuffix("|").split("|"):
            if choice.startswith("{"):
                name = choice.strip("{}")
                if choice in self.MASKED:
                    words += [choice, *(self.classes.get("goods", ()) if name == "kind" else ())]
                elif name not in self.classes:
                    raise RuleError(f"rule {rule_id!r}: no class {name!r} in lexicon.yml")
                else:
                    words += self.classes[name]
            elif choice in self.PHRASES:
                raise RuleError(f"rule {rule_id!r}: {choice} is no word to choose from in {core!r}; let it stand alone")
            else:
                words.append(choice.replace("_", " "))
        return words

    def choice(self, words: Iterable[str]) -> str:
        """A regular expression for any of the words, longest first."""
        left = set(words)
        marked = []
        for regex, members in self._marked:
            if members <= left:
                left -= members
                marked.append(regex)
        ordered = sorted(left, key=lambda word: (-len(word), word))
        return "(?:" + "|".join([*map(self._word_regex, ordered), *marked]) + ")"

    def _word_regex(self, word: str) -> str:
        if word == "END":
            return _CLAUSE_END
        if word in self.MASKED:
            return self.MASKED[word]
        if word.startswith("~"):
            return rf"\w*{re.escape(word[1:])}\s"
        if word.endswith("~"):
            return re.escape(word[:-1]) + r"\S*\s"
        return "".join(re.escape(part) + self.marks.get(part, " ") for part in word.split(" "))

    def _phrase(self, element: str) -> str:
        if element == "#clause":
            return f"(?:(?!{self.choice(self.classes['clause_stop'])}){_WORD}){{1,16}}"
        if element.startswith("#np"):
            return f"(?:{self._noun_phrase()}){element[3:]}"
        return f"(?:(?!{self.choice(self.classes['np_stop'])}){_WORD}){element[2:]}"

    def _noun_phrase(self) -> str:
        stop = self.choice(self.classes["np_stop"])
        return rf"(?!{stop}){_WORD}(?:(?!{stop})(?!@){_WORD}){{0,7}}"


def _anchor(word: str) -> str:
    """What a sentence's keys must hold for the word to be there.

    Its longest whole part, else the five first letters of a beginning, else "" (a beginning too short to look up).
    """
    whole = [part for part in word.split() if "~" not in part and part != "END" and part not in Compiler.MASKED]
    if whole:
        return max(whole, key=len)
    if word == "END" or word.startswith("~") or word in Compiler.MASKED:
        return ""
    start = word.removesuffix("~")
    return start[:5] if len(start) >= 5 else ""
