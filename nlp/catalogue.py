"""The catalogue of names, ready to be looked up word by word: brands.yml as the mentions component needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from nlp.tokens import KIND, THING, Canon, Sentence, cut, pieces
from ouidire.brands import Brands

TYPO_LETTERS = 7
"""Shortest name in which one wrong letter is forgiven: shorter ones meet real words."""

COMMON = 2.3
"""Zipf frequency from which a name is also an ordinary word ("Bivouac", "Orange"): twice in ten million words."""

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


Hit = tuple[Name, int, int, float]
"""A name in a run of words: the name, its first word, the word after its last, and how sure that is."""


class Catalogue:
    """The names of brands.yml, ready to be looked up word by word, for texts in one language (None: any)."""

    def __init__(self, brands: Brands | None, canon: Canon, code: str | None = None) -> None:
        self.canon = canon
        self.code = code
        self.by_first: dict[str, list[Name]] = defaultdict(list)
        self.joined: dict[str, Name] = {}
        self.near: dict[str, Name] = {}
        self.domains: dict[str, str] = {}
        self.category_words: dict[str, set[str]] = defaultdict(set)
        self.brand_of: dict[str, str] = {}
        self.kinds: set[str] = set()
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
            self.domains |= dict.fromkeys(brand.domains, brand.id)
            for handle in brand.handles:
                self.joined.setdefault("".join(self.words_of(handle.lstrip("@#"))), Name((), brand.id, None))
            for product in brand.products:
                self.brand_of[product.id] = brand.id
                for word in words.get(product.category or brand.category or "", []):
                    self.category_words[product.id].add(self.words_of(word)[-1])
        for names in self.by_first.values():
            names.sort(key=lambda name: (-len(name.words), name.product_id is None))

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

    def at(self, words: Sequence[str], i: int) -> tuple[Name, int, float] | None:
        """The name that starts at word `i`, how many words it takes, and how sure that is."""
        word = words[i]
        for name in self.by_first.get(word, ()):
            if _same(tuple(words[i : i + len(name.words)]), name.words):
                return name, len(name.words), 0.95
        for name in self.by_first.get(word[:-1] if word.endswith("s") else "", ()):
            if len(name.words) == 1:
                return name, 1, 0.85
        if word[0] in "#@":
            found = self.joined.get(word[1:])
            return (found, 1, 0.95) if found else None
        return self._near(word)

    def _near(self, word: str) -> tuple[Name, int, float] | None:
        if len(word) < TYPO_LETTERS - 1 or not self.near or not word.isalpha():
            return None
        for form in _without_one(word):
            name = self.near.get(form)
            if name is not None and _one_edit(word, "".join(name.words)) and self._frequency(word) < COMMON:
                return name, 1, 0.7
        return None

    def by_url(self, url: str) -> Name | None:
        """The brand that owns the site of an address."""
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        for domain, brand_id in self.domains.items():
            if host == domain or host.endswith("." + domain):
                return Name((), brand_id, None)
        return None

    def mask(self, sentence: Sentence, hits: Iterable[Hit]) -> None:
        """Mask the names and the words for categories in a sentence, for rules that speak of things."""
        if not self.by_first:
            return
        for _, first, last, _ in hits:
            if sentence.words[first][0] not in "@#":
                sentence.mask(first, last, THING)
        for i, word in enumerate(sentence.words):
            is_free = not sentence.masked or sentence.masked[sentence.places[i]] != THING
            if is_free and (word in self.kinds or word.removesuffix("s") in self.kinds):
                sentence.mask(i, i + 1, KIND)

    def is_called(self, word: str, name: Name) -> bool:
        """Whether a common noun is a word of the product's category."""
        called = self.category_words.get(name.product_id or name.brand_id, set())
        return word in called or word.removesuffix("s") in called

    def in_words(self, words: Sequence[str]) -> Iterator[Hit]:
        """Every name in a run of canonical words, an ordinary word that is spelled like one too."""
        i = 0
        while i < len(words):
            found = self.at(words, i) if self.by_first else None
            if found:
                name, count, confidence = found
                yield name, i, i + count, confidence
                i += count
            else:
                i += 1


def _same(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Equal, the plural of the last word allowed."""
    return words == name or (
        len(words) == len(name) and words[:-1] == name[:-1] and len(name[-1]) > 2 and words[-1] == name[-1] + "s"
    )


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
