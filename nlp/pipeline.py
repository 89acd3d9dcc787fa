"""Language + brands -> spaCy pipeline, and which language a text is in.

The pipeline is a blank spaCy language with our tokenizer and four components. Nothing is parsed: on the gold the rules
alone reach their targets, and a parser costs 40 times the tokens.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import spacy
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from spacy.language import Language
from spacy.tokens import Doc

from nlp.catalogue import Catalogue
from nlp.components.acts import find_acts
from nlp.components.cues import find_cues
from nlp.components.mentions import find_mentions
from nlp.components.umot import conclude
from nlp.reading import Context, PostReading
from nlp.rules import Grammar, languages, load_grammar
from nlp.tokens import Canon, Tokenizer, sentences
from ouidire.brands import Brands

KNOWN_LANGUAGES = ("fr", "en", "es", "de", "it", "pt", "nl", "ca")
"""What identification chooses from: more languages only add mistakes on short texts."""

SHORT = 20
"""Texts under this many characters take the language of their thread or source."""

NEAR = 0.1
"""How much more likely another language must be before it beats the one that the source announces."""


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(KNOWN_LANGUAGES))
    return identifier


def identify(text: str, hints: Iterable[str | None] = ()) -> tuple[str | None, float]:
    """Language code of a text and how sure that is, 0 to 1; (None, 0.0) when there is nothing to go by.

    `hints` are the languages of the thread, then of the source. A text under 20 characters takes the first hint; a
    longer one is identified among eight languages.
    """
    hint = next((code for code in hints if code), None)
    words = text.strip()
    if len(words) < SHORT and hint:
        return hint, 0.5
    if not any(c.isalpha() for c in words):
        return hint, 0.3 if hint else 0.0
    code, probability = _identifier().classify(words[:2000])
    if hint and hint != code and probability < 1 - NEAR:
        return hint, 0.5
    return str(code), round(float(probability), 3)


@functools.cache
def make_nlp(code: str | None) -> Language:
    """The spaCy pipeline of a language: our tokenizer, then sentences, mentions, cues, acts, umot.

    For a language without a folder in `lang/` it finds mentions only. Loaded on first use, kept for the process. The
    catalogue travels with each Doc (`read`), so one pipeline serves any brands.yml.
    """
    grammar = _grammar(code)
    canon = grammar.canon if grammar else Canon({}, ())
    nlp = spacy.blank(code if code in languages() else "xx")
    nlp.tokenizer = Tokenizer(nlp.vocab, canon)
    for name in COMPONENTS:
        nlp.add_pipe(f"ouidire_{name}")
    return nlp


class Reader:
    """Brands -> readings in any language. Holds the catalogue, folded once for each language's spelling."""

    def __init__(self, brands: Brands | None) -> None:
        self.brands = brands
        self._catalogues: dict[str | None, Catalogue] = {}

    def read(self, text: str, code: str | None, context: Context) -> PostReading:
        """Understand one text, given its language (None: unknown, mentions only)."""
        nlp = make_nlp(code if code in languages() else None)
        grammar = _grammar(code)
        if code not in self._catalogues:
            self._catalogues[code] = Catalogue(self.brands, nlp.tokenizer.canon)
        doc = nlp.make_doc(text)
        doc._.reading = PostReading(text=text, grammar=grammar, catalogue=self._catalogues[code], context=context)
        reading: PostReading = nlp(doc)._.reading
        return reading


def _grammar(code: str | None) -> Grammar | None:
    return load_grammar(code) if code is not None and code in languages() else None


def _split(doc: Doc) -> Doc:
    """First component: sentences, and every rule that matches in each."""
    reading: PostReading = doc._.reading
    grammar = reading.grammar
    reading.sentences = sentences(doc, reading.catalogue.canon, grammar.words("answer") if grammar else frozenset())
    if grammar:
        reading.matches = [list(grammar.matches(sentence)) for sentence in reading.sentences]
    return doc


COMPONENTS = {"sentences": _split, "mentions": find_mentions, "cues": find_cues, "acts": find_acts, "umot": conclude}
"""spaCy components by name, in the order they run."""

for _name, _component in COMPONENTS.items():
    Language.component(f"ouidire_{_name}", func=_component)
Doc.set_extension("reading", default=None, force=True)
