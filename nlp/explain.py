"""A text with what was found in it, by which rule, and what follows: for a terminal, or as a page by displaCy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import spacy
from spacy import displacy
from spacy.tokens import Span

from nlp import advocacy
from nlp.pipeline import SHORT, Reader
from nlp.reading import Context
from nlp.understand import readable, understand_post
from ouidire.brands import Brands

DECISIONS: Final = (
    "stance",
    "experience",
    "purchase",
    "seeks_advice",
    "influenced_by",
    "commercial",
    "umot",
    "advocacy",
)
"""What is concluded from the whole post, in the order in which one thinks of it."""

_UNKNOWN: Final = {"influenced_by": "nobody named", "advocacy": "not scored: no model of its language"}
"""How it is said that nothing was concluded."""

_COLOURS: Final = {"for": "#b7e4c7", "against": "#f4c2c2", "mention": "#cfe0fc", "candidate": "#e5dbff"}


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """A stretch of the text and why it is there; offsets are half-open characters."""

    start: int
    end: int
    label: str
    rule_id: str
    confidence: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to show of one text."""

    text: str
    lang: str | None
    spans: tuple[ShownSpan, ...]
    decisions: Mapping[str, Any]
    weights: tuple[tuple[str, float], ...] = ()
    """What weighs most in the advocacy score, in log-odds; empty where the language has no model."""
    note: str | None = None
    corrections: tuple[str, ...] = ()
    """What a person corrected in it, which wins over what is found here."""


def explain(post: Mapping[str, Any], reader: Reader, corrections: Sequence[str] = ()) -> Explanation:
    """Understand one post (`text`, optional `lang`, `title`, `thread_title`) and keep why. Raises BadPostError.

    A text too short to identify takes the language of the first source of brands.yml that has one, as the night takes
    that of its source. `corrections` are shown beside what the rules found, as they are.
    """
    is_short = 0 < len(post["text"].strip()) < SHORT
    supposed = _first_lang(reader.brands) if is_short and not post.get("lang") else None
    found = understand_post({"id": "text", **post, **({"lang": supposed} if supposed else {})}, reader)
    acts = (_span(act, f"{act['polarity']}, {act['modality']}", act.get("target") or "") for act in found["acts"])
    mentions = (_span(m, "mention", m["product_id"] or m["brand_id"] or "") for m in found["mentions"])
    cues = (_span(cue, cue["kind"], cue["value"] or "") for cue in found["cues"])
    spans = sorted((*acts, *mentions, *cues), key=lambda span: (span.start, span.end, span.label))
    decisions = {name: found[name] for name in DECISIONS}
    context = Context(post.get("title"), post.get("thread_title"))
    weights = advocacy.explain(reader.read(readable(post["text"])[0], found["lang"], context), most=6)
    told = f"language {supposed}, the first in brands.yml: the text is too short to tell" if supposed else None
    note = found.get("note") or told
    return Explanation(post["text"], found["lang"], tuple(spans), decisions, tuple(weights), note, tuple(corrections))


def lines(explanation: Explanation) -> Iterator[str]:
    """The explanation for a terminal: the text, a line a span, the decisions."""
    yield explanation.text
    yield ""
    words = [explanation.text[span.start : span.end].replace("\n", " ") for span in explanation.spans]
    width = max((len(word) for word in words), default=0)
    for span, word in zip(explanation.spans, words, strict=True):
        detail = f"  = {span.detail}" if span.detail and span.detail != word else ""
        place = f"{span.start:>5}-{span.end:<5}"
        yield f"  {place} {word:<{min(width, 60)}}  {span.label}{detail}  [{span.rule_id}, {span.confidence:.2f}]"
    if not explanation.spans:
        yield "  nothing was found in it"
    yield ""
    yield f"  {explanation.note or f'language {explanation.lang}'}"
    for name, value in explanation.decisions.items():
        yield f"  {name.replace('_', ' '):<14} {_plain(name, value)}"
    if explanation.weights:
        yield "  its weights    " + ", ".join(f"{name} {weight:+.2f}" for name, weight in explanation.weights)
    for correction in explanation.corrections:
        yield f"  corrected: {correction}"


def page(explanation: Explanation) -> str:
    """The explanation as one self-contained HTML page; every word of the text is escaped."""
    doc = spacy.blank("xx").make_doc(explanation.text)
    labelled = [
        (doc.char_span(span.start, span.end, label=span.label, alignment_mode="expand"), span)
        for span in explanation.spans
    ]
    marked = [found for found, _ in labelled if isinstance(found, Span) and len(found)]
    doc.spans["sc"] = marked
    colours = {span.label: _COLOURS.get(span.label.split(",")[0], "#eee3c4") for span in explanation.spans}
    options = {"colors": colours, "spans_key": "sc"}
    body = f"<p>{_escaped(explanation.text)}</p>"
    if marked:  # displaCy warns of a text without any
        body = displacy.render(doc, style="span", options=options, jupyter=False)
    listed = "\n".join(_escaped(line) for line in list(lines(explanation))[1:])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ouï-dire: why</title>'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "pre{white-space:pre-wrap}</style>"
        f"</head><body>{body}<pre>{listed}</pre></body></html>"
    )


def _first_lang(brands: Brands | None) -> str | None:
    return next((code for source in brands.sources for code in source.languages), None) if brands else None


def _span(row: Mapping[str, Any], label: str, detail: str) -> ShownSpan:
    return ShownSpan(row["start"], row["end"], label, row["rule_id"], row["confidence"], detail)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none found"
    if isinstance(value, float):
        return f"{value:+.2f}"
    return _UNKNOWN.get(name, "unknown") if value is None else {True: "yes", False: "no"}.get(value, str(value))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
