"""Language + brands -> spaCy pipeline, and which language a text is in.

The pipeline is a blank spaCy pipeline with our tokenizer and our components (a blank French one costs seconds of
import for tokenizer rules that ours replaces). Nothing is parsed: on the gold the rules
alone reach their targets, and a parser costs 40 times the tokens.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import spacy
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from spacy.language import Language
from spacy.tokens import Doc

from nlp.candidates import find_candidates
from nlp.catalogue import Catalogue
from nlp.components.acts import find_acts
from nlp.components.cues import find_cues
from nlp.components.mentions import find_mentions
from nlp.components.reasons import find_reasons
from nlp.components.times import find_times
from nlp.components.umot import conclude
from nlp.names import Names
from nlp.reading import Context, PostReading
from nlp.rules import Grammar, Match, languages, load_grammar
from nlp.tokens import Canon, Tokenizer, cut, pieces
from ouidire.brands import Brands

KNOWN_LANGUAGES = ("fr", "en", "es", "de", "it", "pt", "nl", "ca")
"""What identification chooses from: more languages only add mistakes on short texts."""

SHORT = 20
"""Texts under this many characters take the language of their thread or source."""

LETTERS = 3
"""Texts of fewer letters are of no language, unless their thread or source tells one."""

NEAR = 0.1
"""How much more likely another language must be before it beats the one that the source announces."""


KEPT = 16
"""Catalogues kept: one for each language of each brands.yml in use."""


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(KNOWN_LANGUAGES))
    return identifier


def identify(text: str, hints: Iterable[str | None] = ()) -> tuple[str | None, float]:
    """Language code of a text and how sure that is, 0 to 1; (None, 0.0) when there is nothing to go by.

    `hints` are the languages of the thread, then of the source. A text under 20 characters takes the first hint; a
    longer one is identified among eight languages, and so is a short one without a hint if it has three letters.
    """
    hint = next((code for code in hints if code), None)
    words = text.strip()
    if len(words) < SHORT and hint:
        return hint, 0.5
    letters = sum(map(str.isalpha, words))
    if letters < (1 if hint else LETTERS):
        return hint, 0.3 if hint else 0.0
    code, probability = _identifier().classify(words[:2000])
    if hint and hint != code and probability < 1 - NEAR:
        return hint, 0.5
    return str(code), round(float(probability), 3)


@functools.cache
def make_nlp(code: str | None) -> Language:
    """The spaCy pipeline of a language: our tokenizer, then its components (COMPONENTS).

    For a language without a folder in `lang/` it finds mentions only. Loaded on first use, kept for the process. The
    catalogue travels with each Doc (`read`), so one pipeline serves any brands.yml.
    """
    grammar = _grammar(code)
    canon = grammar.canon if grammar else Canon({}, ())
    nlp = spacy.blank("xx")
    nlp.tokenizer = Tokenizer(nlp.vocab, canon)
    for name in COMPONENTS:
        nlp.add_pipe(f"ouidire_{name}")
    return nlp


class Reader:
    """Brands -> readings in any language. The catalogue is folded once for each language's spelling."""

    def __init__(self, brands: Brands | None) -> None:
        self.brands = brands

    def read(self, text: str, code: str | None, context: Context) -> PostReading:
        """Understand one text, given its language (None: unknown, mentions only)."""
        nlp = make_nlp(code if code in languages() else None)
        grammar = _grammar(code)
        catalogue = _catalogue(self.brands, code if grammar else None, nlp.tokenizer.canon)
        doc = Doc(nlp.vocab)  # no component looks at spaCy's tokens, and they cost as much as the rules
        doc._.reading = PostReading(text=text, grammar=grammar, catalogue=catalogue, context=context)
        reading: PostReading = nlp(doc)._.reading
        return reading


_folded: list[tuple[Brands | None, str | None, Catalogue]] = []
"""Catalogues in use, last used first."""


def _catalogue(brands: Brands | None, code: str | None, canon: Canon) -> Catalogue:
    """The brands folded for a language's spelling; kept, because a night makes a Reader for every small partition."""
    for kept in _folded:
        if kept[1] == code and (kept[0] is brands or kept[0] == brands):
            return kept[2]
    grammar = _grammar(code)
    endings = grammar.words("name_ending") if grammar else frozenset()
    catalogue = Catalogue(brands, canon, code, endings or ("s",))
    _folded.insert(0, (brands, code, catalogue))
    del _folded[KEPT:]
    return catalogue


def _grammar(code: str | None) -> Grammar | None:
    return load_grammar(code) if code is not None and code in languages() else None


def _split(doc: Doc) -> Doc:
    """First component: sentences, and every rule that matches in each."""
    reading: PostReading = doc._.reading
    grammar = reading.grammar
    text, canon = reading.text, reading.catalogue.canon
    reading.sentences = cut(text, pieces(text, canon), canon, grammar.words("answer") if grammar else frozenset())
    if reading.catalogue.by_first:
        titles = (reading.context.title, reading.context.thread_title)
        bought = grammar.words("bought") if grammar else frozenset()
        product_id = reading.context.product_id
        reading.names = Names(
            text,
            reading.sentences,
            titles,
            reading.catalogue,
            product_id=product_id,
            bought=bought,
            house=grammar.words("house") if grammar else frozenset(),
            one=grammar.words("one_of_many") if grammar else frozenset(),
            article=grammar.words("determiner") | grammar.words("definite") if grammar else frozenset(),
        )
    if grammar:
        if reading.names:
            for sentence, hits in zip(reading.sentences, reading.names.sentences, strict=True):
                reading.catalogue.mask(sentence, hits)
        reading.matches = [
            [match for match in grammar.matches(sentence) if not match.rule.is_name or _is_named(reading.text, match)]
            for sentence in reading.sentences
        ]
    return doc


def _is_named(text: str, match: Match) -> bool:
    """Whether the last words of the value look like a name: a handle, a capital, a digit or an underscore."""
    start, end = match.sentence.span(*match.value) if match.value else (0, 0)
    name = text[start:end].rpartition(" ")[2] if match.rule.emits == "act" else text[start:end]
    has_capital = name[:1].isupper() and (len(name) == 1 or not name.isupper())
    return name[:1] == "@" or has_capital or any(c.isdigit() or c == "_" for c in name)


COMPONENTS = {
    "sentences": _split, "mentions": find_mentions, "cues": find_cues, "times": find_times, "acts": find_acts,
    "reasons": find_reasons, "umot": conclude, "candidates": find_candidates,
}  # fmt: skip
"""spaCy components by name, in the order they run."""

for _name, _component in COMPONENTS.items():
    Language.component(f"ouidire_{_name}", func=_component)
Doc.set_extension("reading", default=None, force=True)
