"""The catalogue of names, ready to be looked up word by word: brands.yml as the mentions component needs it."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nlp.addresses import Addresses
from nlp.senses import Example, SenseModel
from nlp.tokens import KIND, KNOWN_WORDS, THING, Canon, Sentence, cut, pieces
from nlp.vectors import load_vectors
from ouidire.brands import Brands, Senses

TYPO_LETTERS = 7
"""Shortest name in which one wrong letter is forgiven: shorter ones meet real words."""

MAX_HASHTAG = 140
"""Longest hashtag that is taken apart letter by letter: time stays linear."""

COMMON = 2.3
"""Zipf frequency from which a name is also an ordinary word ("Bivouac", "Orange"): twice in ten million words."""

TYPO_COMMON = 1.7
"""Zipf frequency from which a word is taken as it is written, and for no misspelt name."""

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_][^\W\d_A-Z]*|\d+")
"""The words joined in a hashtag: "BestTisonneMug"."""

FOREIGN = ("fr", "en")
"""The languages asked about a word when that of the text is unknown or has no rules."""


@dataclass(frozen=True, slots=True)
class Name:
    """What an alias stands for."""

    words: tuple[str, ...]
    brand_id: str
    product_id: str | None
    is_common: bool = False
    """Whether it is also an ordinary word of the language: it then needs a capital or company (`names.py`)."""
    sense: SenseModel | None = None
    """What tells it from its namesakes, when brands.yml gives examples of both."""


class Hit(NamedTuple):
    """A name in a run of words."""

    name: Name
    first: int
    last: int
    """Number of its first word, and of the word after its last."""
    confidence: float
    rule_id: str


class Catalogue:
    """The names of brands.yml, ready to be looked up word by word, for texts in one language (None: any)."""

    def __init__(
        self, brands: Brands | None, canon: Canon, code: str | None = None, endings: Collection[str] = ("s",)
    ) -> None:
        """`endings` are what the language adds to a name for plural and gender."""
        self.canon = canon
        self.code = code
        self.endings = sorted(endings, key=len, reverse=True)
        self.addresses = Addresses(brands)
        self.by_first: dict[str, list[Name]] = defaultdict(list)
        self.joined: dict[str, Name] = {}
        self.near: dict[str, Name] = {}
        self.category_words: dict[str, set[str]] = defaultdict(set)
        self.brand_of: dict[str, str] = {}
        self.kinds: set[str] = set()
        self._idle: set[str] = set()
        """Words met so far that no name begins with or is written like."""
        if brands is not None:
            self._load(brands)

    def _load(self, brands: Brands) -> None:
        for alias, brand_id, product_id in brands.targets():
            words_of_name = self.words_of(alias)
            is_common = len(words_of_name) == 1 and not alias.isupper() and self._frequency(alias) >= COMMON
            self._add(Name(words_of_name, brand_id, product_id, is_common))
        words = {category.id: [*category.words, category.name] for category in brands.categories}
        called = [self.words_of(word) for spellings in words.values() for word in spellings]
        self.kinds = {name[-1] for name in called if name} | {"#" + "".join(name) for name in called}
        for brand in brands.all_brands:
            self.category_words[brand.id] |= {self.words_of(word)[-1] for word in words.get(brand.category or "", [])}
            for handle in brand.handles:
                self.joined.setdefault("".join(self.words_of(handle.lstrip("@#"))), Name((), brand.id, None))
            for product in brand.products:
                self.brand_of[product.id] = brand.id
                for word in words.get(product.category or brand.category or "", []):
                    self.category_words[product.id].add(self.words_of(word)[-1])
        for names in self.by_first.values():
            names.sort(key=lambda name: (-len(name.words), name.product_id is None))
        for brand in brands.all_brands:
            for product_id, senses in [(None, brand.senses), *((p.id, p.senses) for p in brand.products)]:
                if senses:
                    self._learn(brand.id, product_id, senses)

    def _learn(self, brand_id: str, product_id: str | None, senses: Senses) -> None:
        """Give the names that stand in examples of another sense what tells them apart."""
        owner = (brand_id, product_id)
        meant = [example for text in senses.examples for example in self._examples(text, owner)]
        other = [example for text in senses.other for example in self._examples(text, owner)]
        if not meant or not other:  # a name that this language's tokenizer does not find in them
            return
        model = SenseModel(meant, other, load_vectors(self.code))
        ambiguous = {" ".join(words[first:last]) for words, first, last in other}
        for first_word, names in self.by_first.items():
            self.by_first[first_word] = [
                replace(name, sense=model, is_common=True)
                if (name.brand_id, name.product_id) == owner and self._stands_in(name, ambiguous)
                else name
                for name in names
            ]
        learned = [name for names in self.by_first.values() for name in names if name.sense is model]
        self.joined |= {"".join(name.words): name for name in learned}
        self.near = {form: name for form, name in self.near.items() if name.words not in {n.words for n in learned}}

    def _stands_in(self, name: Name, ambiguous: Iterable[str]) -> bool:
        plain = " ".join(name.words)
        return any(
            spelling.removesuffix("'s") in (plain, *(plain + end for end in self.endings)) for spelling in ambiguous
        )

    def _examples(self, text: str, owner: tuple[str, str | None]) -> Iterator[Example]:
        """Each place of a text where a name of the owner stands."""
        words = [word for sentence in self.lines(text) for word in sentence.words]
        for hit in self.in_words(words):
            if (hit.name.brand_id, hit.name.product_id) == owner:
                yield words, hit.first, hit.last

    def words_of(self, name: str) -> tuple[str, ...]:
        """A name as it stands in a sentence's line."""
        line = " ".join(self.canon(piece) for piece in pieces(name, self.canon))
        return tuple(word for word in line.split() if word != "-")

    def _frequency(self, word: str) -> float:
        """Zipf frequency of a word: 0 for one that nobody writes, 6 for the commonest."""
        from wordfreq import zipf_frequency  # noqa: PLC0415 - only a catalogue of one-word names pays for it

        return max(zipf_frequency(word, code) for code in ([self.code] if self.code else FOREIGN))

    def lines(self, title: str | None) -> list[Sentence]:
        """A title as sentences."""
        return cut(title, pieces(title, self.canon), self.canon) if title else []

    def _add(self, name: Name) -> None:
        self.by_first[name.words[0]].append(name)
        whole = "".join(name.words)
        self.joined.setdefault(whole, name)
        if len(name.words) == 1 and len(whole) >= TYPO_LETTERS and whole.isalpha():
            for near in _without_one(whole):
                self.near.setdefault(near, name)

    def at(self, words: Sequence[str], i: int) -> Hit | None:
        """The name that starts at word `i`, how many words it takes, and how sure that is."""
        word = words[i]
        for name in self.by_first.get(word, ()):
            end = i + len(name.words)
            if end <= len(words) and tuple(words[i + 1 : end - 1]) == name.words[1:-1]:
                if words[end - 1] == name.words[-1] or _bare(words[end - 1]) == name.words[-1]:
                    return Hit(name, i, end, 0.95, "mention.name")
                if len(name.words) > 1 and self._stem(words[end - 1]) == name.words[-1]:
                    return Hit(name, i, end, 0.95, "mention.inflected")
        bare = _bare(word)
        for form, rule_id in ((bare, "mention.name"), (self._stem(bare), "mention.inflected")):
            for name in self.by_first.get(form, ()) if form != word else ():
                if len(name.words) == 1:
                    return Hit(name, i, i + 1, 0.85, rule_id)
        if word[0] in "#@":
            found = self.joined.get(word[1:])
            return (
                Hit(found, i, i + 1, 0.95, "mention.handle" if word[0] == "@" else "mention.hashtag") if found else None
            )
        return self._near(bare, i)

    def _stem(self, word: str) -> str:
        """The name that an inflected word may stand for; the word itself when it has none of the endings."""
        for ending in self.endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) > 2 and (stem in self.by_first or ending == "s"):
                return stem
        return word

    def _near(self, word: str, i: int) -> Hit | None:
        if len(word) < TYPO_LETTERS - 1 or len(word) > self._longest or not word.isalpha():
            return None
        for form in _without_one(word):
            name = self.near.get(form)
            if (
                name is not None
                and word[0] == name.words[0][0]
                and _one_edit(word, name.words[0])
                and self._frequency(word) < TYPO_COMMON
            ):
                return Hit(name, i, i + 1, 0.7, "mention.typo")
        return None

    def in_hashtag(self, word: str, raw: str, i: int) -> Hit | None:
        """A name joined to other words in a hashtag: "#TisonneMug", or "#tisonnemug" with a word of a category."""
        parts = [part for piece in _CAMEL.findall(raw) for part in self.words_of(piece)]
        for hit in self.in_words(parts) if len(parts) > 1 else ():
            if not hit.name.is_common and hit.rule_id != "mention.typo":
                return Hit(hit.name, i, i + 1, 0.85, "mention.hashtag")
        whole = word[1:] if len(word) <= MAX_HASHTAG else ""
        for k in range(3, len(whole) - 2):
            for name_part, rest in ((whole[:k], whole[k:]), (whole[k:], whole[:k])):
                name = self.joined.get(name_part)
                if name and not name.is_common and (rest in self.kinds or rest.removesuffix("s") in self.kinds):
                    return Hit(name, i, i + 1, 0.8, "mention.hashtag")
        return None

    def mask(self, sentence: Sentence, hits: Iterable[Hit]) -> None:
        """Mask the names and the words for categories in a sentence, for rules that speak of things."""
        if not self.by_first:
            return
        has_kind = not self._kind_forms.isdisjoint(sentence.keys)
        for hit in hits:
            if sentence.words[hit.first][0] not in "@#":
                sentence.mask(hit.first, hit.last, THING)
        for i, word in enumerate(sentence.words if has_kind else ()):
            is_free = not sentence.masked or sentence.masked[sentence.places[i]] != THING
            if is_free and (word in self.kinds or word.removesuffix("s") in self.kinds):
                sentence.mask(i, i + 1, KIND)

    @functools.cached_property
    def _longest(self) -> int:
        """Letters of the longest word that may be a name with one too many; 0 when no name is long enough."""
        return max(map(len, self.near), default=-1) + 1

    @functools.cached_property
    def _kind_forms(self) -> frozenset[str]:
        return frozenset(self.kinds | {f"{kind}s" for kind in self.kinds})

    def is_called(self, word: str, name: Name) -> bool:
        """Whether a common noun is a word of the product's category."""
        called = self.category_words.get(name.product_id or name.brand_id, set())
        return word in called or word.removesuffix("s") in called

    def in_words(self, words: Sequence[str]) -> Iterator[Hit]:
        """Every name in a run of canonical words, an ordinary word that is spelled like one too."""
        if not self.by_first or self._idle.issuperset(words):
            return
        i = 0
        while i < len(words):
            if words[i] in self._idle:
                i += 1
                continue
            hit = self.at(words, i)
            if hit:
                yield hit
            elif words[i] not in self.by_first:
                self._remember(words[i])
            i = hit.last if hit else i + 1

    def _remember(self, word: str) -> None:
        if len(self._idle) >= KNOWN_WORDS:
            self._idle.clear()
        self._idle.add(word)


def _bare(word: str) -> str:
    """The word without the possessive ending."""
    return word[:-2] if word.endswith("'s") else word.removesuffix("'")


def _without_one(word: str) -> Iterator[str]:
    """The word itself and every form with one letter left out: two words one edit apart share one."""
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed or swapped with its neighbour turns one word into the other."""
    if len(a) > len(b):
        a, b = b, a
    i = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return len(b) - len(a) == 1 and a[i:] == b[i + 1 :]
    swapped = a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :]
    return a[i + 1 :] == b[i + 1 :] or swapped
