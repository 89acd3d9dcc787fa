"""Text to tokens and sentences that rules can be matched on.

The tokenizer keeps every character of the text, so offsets stay true. What varies in public writing (case, accents,
curly quotes, zero-width characters, HTML entities, contractions, chat spelling) is folded once per distinct word into
a canonical form. A `Sentence` is those forms on one line, each followed by a space (some by another mark, see `Canon`):
rules match the line, and its spans lead back to character offsets of the text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from spacy.tokens import Doc
from spacy.vocab import Vocab

MAX_SENTENCE_WORDS = 120
"""Longer runs without a full stop are cut: it bounds the work of a rule, whatever the post."""

KNOWN_WORDS = 200_000
"""Distinct words whose form is remembered; then all are forgotten, so that memory stays flat."""

_INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff"
_WORD = rf"\w(?:\w|[{_INVISIBLE}](?=[\w{_INVISIBLE}]))*"
_ENTITY = r"&\#?\w{1,8};"
_APOSTROPHES = "'’‘ʼ´`"
_TOKEN = re.compile(
    rf"""\s+
      | (?:https?://|www\.)[^\s<>"]*[^\s<>".,!?;:)\]…»'’]
      | </?[a-zA-Z][^<>\n]{{0,300}}>
      | [@\#]\w+
      | \d+(?:[.,]\d+)+(?!\w)
      | (?:{_WORD}|{_ENTITY}(?=\w))(?:{_WORD}|{_ENTITY}(?=\w)|[{_APOSTROPHES}](?=\w))*
      | {_ENTITY}
      | [.!?…]+
      | [{_INVISIBLE}]+
      | [^\w\s.!?…,;:()\[\]{{}}"«»“”'’<>&@\#/|$€£%+*=~_–—\-]+
      | .""",
    re.VERBOSE | re.DOTALL,
)
_MARKS = {
    **dict.fromkeys('«»“”„"', '"'),
    **dict.fromkeys("’‘ʼ´`", "'"),
    **dict.fromkeys("[{", "("),
    **dict.fromkeys("]}", ")"),
    **dict.fromkeys("–—―/|*~><=•·", "-"),
}
"""Marks that rules need not tell apart."""
_ENDS = frozenset(".!?…")
_BLOCKS = ("<br", "<p", "</p", "<li", "<div", "</div")
_PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", **dict.fromkeys("’‘ʼ´`", "'")})


def fold(word: str) -> str:
    """The word without case, accents, invisible characters and entities; "" for a tag or nothing visible.

    White space that an entity holds ("zorg&#9;mug") is one space: two words then.
    """
    if word.isascii() and word.isalpha():
        return word.lower()
    if "&" in word:
        word = html.unescape(word)
    if word.startswith("<") and word.endswith(">"):
        return ""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_PLAIN))
    return " ".join("".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")).split())


class Canon:
    """Word to canonical form, for one language: folded, contractions opened, chat spelling mended.

    `spelling` maps a folded form (or an accented one, where the accent tells two words apart) to its canonical one,
    which may be several words; `elisions` are the little words
    that lean on the next with an apostrophe ("l", "qu"). `marks` are the forms that another character than a space
    follows in a line, and which (`patterns.py` tells why).
    """

    def __init__(
        self, spelling: Mapping[str, str], elisions: Iterable[str], marks: Mapping[str, str] | None = None
    ) -> None:
        self.spelling = dict(spelling)
        self.elisions = frozenset(elisions)
        self.marks = dict(marks or {})
        self.known: dict[str, str] = {}
        """Forms of the words met so far; calling the Canon finds the others."""

    def __call__(self, orth: str) -> str:
        """Canonical form; "" when the token says nothing (tags, spaces, hyphens in compounds)."""
        form = self.known.get(orth)
        if form is None:
            if len(self.known) >= KNOWN_WORDS:
                self.known.clear()
            accented = "" if orth.isascii() else unicodedata.normalize("NFC", orth.casefold())
            form = self.known[orth] = self.spelling.get(accented) or self._form(orth)
        return form

    def _form(self, orth: str) -> str:
        if orth.isspace():
            return ""
        if orth[0] in ".!?…":
            return "?" if "?" in orth else "!" if "!" in orth else "." if orth == "." else "…"
        if len(orth) == 1 and not orth.isalnum():
            return _MARKS.get(orth, orth if orth.isascii() or orth in "€£" else "¤")
        word = fold(orth)
        if word in self.spelling:
            return self.spelling[word]
        if "'" in word[:-1]:
            return " ".join(self._opened(word))
        return word if word.isascii() or not word or word[0].isalnum() or word[0] in "@#" else "¤"

    def _opened(self, word: str) -> Iterator[str]:
        head, _, tail = word.partition("'")
        while tail and head in self.elisions:
            yield self.spelling.get(head + "'", head + "'")
            head, _, tail = tail.partition("'")
        rest = f"{head}'{tail}" if tail else head
        yield self.spelling.get(rest, rest)

    def cut(self, word: str) -> Iterator[str]:
        """The pieces of a raw token: "qu'on" is two words, "aujourd'hui" one."""
        start = 0
        for mark in re.finditer(f"[{_APOSTROPHES}]", word):
            if fold(word[start : mark.start()]) not in self.elisions:
                break
            yield word[start : mark.end()]
            start = mark.end()
        yield word[start:]


THING = "X"
KIND = "Y"
"""What masks the letters of a name of the catalogue, and of a word for a category: no folded word holds a capital."""

PIECES = "pieces"
"""Where a Doc keeps the raw pieces of its text."""


class Tokenizer:
    """spaCy tokenizer in linear time, whatever is thrown at it; `doc.text` is the text, character for character."""

    def __init__(self, vocab: Vocab, canon: Canon) -> None:
        self.vocab = vocab
        self.canon = canon

    def __call__(self, text: str) -> Doc:
        """Text to Doc."""
        words: list[str] = []
        spaces: list[bool] = []
        parts = pieces(text, self.canon)
        for word in parts:
            if word[0] == " " and words and not spaces[-1]:
                spaces[-1] = True
                word = word[1:]  # noqa: PLW2901
            if word:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces, user_data={PIECES: parts})


def pieces(text: str, canon: Canon) -> list[str]:
    """The text cut into words, marks and spaces; joined, they are the text."""
    found: list[str] = []
    for word in _TOKEN.findall(text):
        if len(word) == 1 or word.isalnum() or word.isspace():
            found.append(word)
        else:
            found += canon.cut(word)
    return found


@dataclass(slots=True)
class Sentence:
    """A sentence as one line of canonical words, each followed by a space or another mark of one character."""

    line: str
    words: list[str]
    places: list[int]
    """Where each word starts in the line."""
    begins: list[int]
    ends: list[int]
    """Character offsets into the text of the token each word comes from."""
    keys: frozenset[str] = field(default_factory=frozenset)
    """Words and five-letter beginnings, to choose the rules worth trying."""
    masked: str | None = None
    """The line with the names of the catalogue masked, letter for letter; None when it holds none."""

    @property
    def start(self) -> int:
        """Offset into the text of the first character."""
        return self.begins[0]

    @property
    def end(self) -> int:
        """Offset into the text just after the last character."""
        return self.ends[-1]

    @property
    def addresses(self) -> list[int]:
        """Numbers of the words that are addresses of the web."""
        if "http" not in self.line and "www." not in self.line:
            return []
        return [i for i, word in enumerate(self.words) if word.startswith(("http", "www."))]

    def index(self, place: int) -> int:
        """Number of the word at a place of the line."""
        return bisect_right(self.places, place) - 1

    def words_line(self, first: int, last: int) -> str:
        """The line from word number `first` to before `last`."""
        ends = [*self.places, len(self.line)]
        return self.line[ends[first] : ends[min(last, len(self.places))]]

    def mask(self, first: int, last: int, mark: str) -> None:
        """Write `mark` over the words from number `first` to before `last`, as one word of the same length."""
        line = self.masked or self.line
        start, end = self.places[first], self.places[last - 1] + len(self.words[last - 1])
        self.masked = f"{line[:start]}{mark * (end - start)}{line[end:]}"

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Half-open character offsets into the text of a stretch of the line; trailing space ignored."""
        return self.begins[self.index(first)], self.ends[self.index(max(first, last - 2))]


def sentences(doc: Doc, canon: Canon, answers: frozenset[str]) -> list[Sentence]:
    """Cut a Doc of our tokenizer into sentences. A question answered in a word of `answers` stays with its answer."""
    return cut(doc.text, doc.user_data[PIECES], canon, answers)


def cut(text: str, parts: Iterable[str], canon: Canon, answers: frozenset[str] = frozenset()) -> list[Sentence]:
    """Cut a text, given its pieces, into sentences."""
    found: list[Sentence] = []
    words: list[str] = []
    begins: list[int] = []
    ends: list[int] = []

    def close() -> None:
        if words:
            found.append(_sentence(words, begins, ends, canon.marks))
            for column in (words, begins, ends):
                column.clear()

    form_of = canon.known.get
    end = previous_end = 0
    for orth in parts:
        start, end = end, end + len(orth)
        norm = form_of(orth)
        if norm is None:
            norm = canon(orth)
        if not norm:  # only spaces and tags hold a line feed, and neither has a form
            if orth != " " and ("\n" in orth or "\r" in orth or orth.startswith(_BLOCKS)):
                close()
        elif norm != "-" or not _is_joint(text, start, end):
            if words and (
                len(words) >= MAX_SENTENCE_WORDS
                or (words[-1] in _ENDS and _breaks(words, text, previous_end, norm, answers))
            ):
                close()
            for word in norm.split(" ") if " " in norm else (norm,):
                words.append(word)
                begins.append(start)
                ends.append(end)
            previous_end = end
    close()
    return found


def _sentence(words: list[str], begins: list[int], ends: list[int], marks: Mapping[str, str]) -> Sentence:
    places = list(accumulate((len(word) + 1 for word in words), initial=0))[:-1]
    keys = frozenset([*words, *(word[:5] for word in words)])
    line = "".join([word + marks.get(word, " ") for word in words])
    return Sentence(line, words.copy(), places, begins.copy(), ends.copy(), keys)


def _is_joint(text: str, start: int, end: int) -> bool:
    """Whether the hyphen ties two words together ("vas-y")."""
    return start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()


def _breaks(words: list[str], text: str, end: int, norm: str, answers: frozenset[str]) -> bool:
    """Whether a new sentence starts with `norm` after the words so far: the last is a mark that ends at `end`."""
    last = words[-1]
    if norm in (")", '"', "¤", *_ENDS):
        return False
    if last == "?" and norm in answers:
        return False
    following = text[end : end + 1]
    if last == ".":
        is_initial = len(words) > 1 and len(words[-2]) == 1 and words[-2].isalpha()
        return not is_initial and (following.isspace() or following.isupper())
    return last != "…" or following.isupper() or text[end : end + 3].strip()[:1].isupper()
