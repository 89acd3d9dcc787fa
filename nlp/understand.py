"""Posts to mentions, acts, cues and one reading each: in batches for the pipeline, line by line for the command.

The reading follows `gold/GUIDE.md`. Spans are half-open character offsets into the post's text.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TextIO

from nlp.components.cues import PAID_ADDRESS
from nlp.components.umot import USED
from nlp.pipeline import Reader, identify
from nlp.reading import Context, FoundAct, FoundCue, FoundMention, FoundSpan, PostReading
from nlp.rules import RULE_VERSION, languages
from nlp.shingles import bands
from ouidire.brands import Brands
from ouidire.records import Act, Cue, Mention, Post, Quarantine, Reading

MAX_CHARACTERS: Final = 50_000
"""A longer text is understood up to here, and says so: nobody recommends on page twenty of a pasted log."""

_FIELDS: Final = {
    kind: tuple(field.name for field in fields(kind)) for kind in (FoundSpan, FoundMention, FoundAct, FoundCue)
}
_DISCLOSED: Final = ("disclosure", "affiliate_link")

_QUOTED_LINE: Final = re.compile(r"^[ \t]*>[> ].*$", re.MULTILINE)
"""A line of someone else's words, as forums and mails mark it."""


class BadPostError(ValueError):
    """A post that cannot be understood; the message says what is wrong and what would be right."""


@dataclass(slots=True)
class Understanding:
    """The rows of one post: the tables `mentions`, `acts`, `cues` and `readings`."""

    mentions: list[Mention]
    acts: list[Act]
    cues: list[Cue]
    readings: list[Reading]


def understand(
    posts: Iterable[Post], brands: Brands | None, *, default_lang: str | None = None
) -> Iterator[Understanding | Quarantine]:
    """Rows for each post that has a text, in order; a post that cannot be understood gives a Quarantine row instead.

    A text too short to identify takes the language that its source gives it, else that of the last longer post of its
    thread in `posts`, else `default_lang` (the source's).
    """
    reader = Reader(brands)
    products = {source.id: source.product for source in brands.sources} if brands else {}
    thread_langs: dict[str | None, str | None] = {}
    for post in posts:
        if post.text is None:
            continue
        context = Context(post.title, post.thread_title, products.get(post.source), post.is_owned)
        try:
            text, _ = readable(post.text)
            thread = thread_langs.get(post.thread_id) if post.thread_id else None
            lang, confidence = identify(text, (post.lang, thread, default_lang))
            thread_langs[post.thread_id] = lang
            yield _rows(post, reader.read(text, lang, context), lang, confidence)
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            yield Quarantine(
                run_date=post.run_date, source=post.source, query="", stage="understand", item=post.post_id,
                reason=f"{type(error).__name__}: {error}",
            )  # fmt: skip


def understand_post(post: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """One post of `ouidire understand` to a dict: `id`, `text`, optional `lang` (which wins), `title`, `thread_title`.

    Beside the fields of the guide: `truncated_at` when the text was longer than is read, `note` when the language has
    no rules. Raises BadPostError.
    """
    _check(post)
    text, truncated_at = readable(post["text"])
    lang = (post.get("lang") or "").casefold()[:2] or identify(text)[0]
    context = Context(post.get("title"), post.get("thread_title"))
    found = as_dict(post["id"], lang, reader.read(text, lang, context))
    if truncated_at:
        found["truncated_at"] = truncated_at
    if lang not in languages():
        found["note"] = f"no rules for language {lang}: mentions only" if lang else "language unknown: mentions only"
    return found


def run_stream(stdin: Iterable[str], stdout: TextIO, stderr: TextIO, brands: Brands | None) -> int:
    """`ouidire understand`: one object a line, in order. Returns the exit status: 1 when a line was left out.

    A bad line gives `{"line": N, "error": "..."}` on `stderr`, N counted from 1. Empty lines are passed over.
    """
    if isinstance(stdin, io.TextIOWrapper):  # bytes that are not UTF-8 then spoil their own line only
        stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    reader = Reader(brands)
    status = 0
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            found = understand_post(_parsed(line), reader)
        except (BadPostError, RecursionError) as error:
            print(json.dumps({"line": number, "error": str(error)}, ensure_ascii=False), file=stderr)
            status = 1
        else:
            print(json.dumps(found, ensure_ascii=False), file=stdout)
    return status


def readable(text: str) -> tuple[str, int | None]:
    """The part of a text that is read, and where it was cut, if it was. Raises BadPostError for what is not text.

    Quoted lines ("> so he said") are another author's words: blanks stand in their place, so that offsets stay true.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        where = f"character {error.start}"
        raise BadPostError(f"text: not Unicode at {where} (half of a surrogate pair); decode it again") from None
    cut = MAX_CHARACTERS if len(text) > MAX_CHARACTERS else None
    kept = text[:cut]
    return _QUOTED_LINE.sub(lambda line: " " * len(line.group()), kept) if ">" in kept else kept, cut


def as_dict(post_id: str | int, lang: str | None, reading: PostReading) -> dict[str, Any]:
    """A reading in the words of the command's interface."""
    reasons = reading.of_kind("reason")
    return {
        "id": post_id,
        "lang": lang,
        "mentions": [_plain(mention) for mention in reading.mentions],
        "acts": [_act_dict(act) for act in reading.acts],
        "stance": reading.stance,
        "experience": reading.experience,
        "purchase": reading.purchase,
        "seeks_advice": reading.seeks_advice,
        "influenced_by": reading.influenced_by,
        "commercial": reading.commercial,
        "umot": reading.umot,
        "tips": _spans(reading.of_kind("tip")),
        "suggestions": _spans(reading.of_kind("suggestion")),
        "reasons": [span | {"aspect": cue.value} for span, cue in zip(_spans(reasons), reasons, strict=True)],
        "advocacy": reading.advocacy,
        "candidates": _spans(reading.candidates),
        "cues": [_plain(cue) for cue in reading.cues],
        "rule_version": RULE_VERSION,
    }


def commercial_of(reading: PostReading, *, is_owned: bool) -> str:
    """organic, disclosed or probable.

    Disclosed: the words that the law asks for (sponsored, affiliate). Probable: an address that pays for the click, a
    gift, a code or one's own product without them, or a post of the brand itself. Organic: no evidence found, which is
    not proof.
    """
    paid = {cue.kind for cue in reading.cues if cue.rule_id != PAID_ADDRESS and not cue.rule_id.endswith(USED)}
    if not paid.isdisjoint(_DISCLOSED):
        return "disclosed"
    is_linked = any(cue.rule_id == PAID_ADDRESS for cue in reading.cues)
    return "probable" if reading.commercial or is_linked or is_owned else "organic"


def _act_dict(act: FoundAct) -> dict[str, Any]:
    row = _plain(act)
    row["span"] = row.pop("text")
    return row


def _plain(span: FoundSpan) -> dict[str, Any]:
    """A span as a dict; its fields are plain values, so that none need be copied as `asdict` does."""
    return {name: getattr(span, name) for name in _FIELDS[type(span)]}


def _spans(spans: Iterable[FoundSpan]) -> list[dict[str, Any]]:
    return [{"span": span.text, "start": span.start, "end": span.end, "rule_id": span.rule_id} for span in spans]


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        post = json.loads(line, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadPostError(f"not JSON: {error.msg} at column {error.colno}; write one object a line") from None
    if not isinstance(post, dict):
        raise BadPostError(f"a {type(post).__name__}, not an object; write one object a line")
    return post


def _refuse_constant(name: str) -> None:
    raise BadPostError(f"{name} is not JSON; write null")


def _check(post: Mapping[str, Any]) -> None:
    """Raises BadPostError naming the first field that is missing or of a wrong type."""
    post_id = post.get("id")
    if isinstance(post_id, bool) or not isinstance(post_id, str | int) or post_id == "":
        raise BadPostError("id: missing or not a string; give every post an id")
    readable(str(post_id))
    if not isinstance(post.get("text"), str):
        raise BadPostError(f"text: missing or not a string (post {post_id!r})")
    for name in ("lang", "title", "thread_title"):
        if not isinstance(post.get(name), str | None):
            raise BadPostError(f"{name}: not a string (post {post_id!r}); leave it out or write null")


def _rows(post: Post, found: PostReading, lang: str | None, confidence: float) -> Understanding:
    """What was found in a post as rows of its partition."""

    def row(span: FoundSpan) -> dict[str, Any]:
        key = "\x1f".join((post.post_id, span.rule_id, str(span.start), str(span.end)))
        return {
            **_plain(span), "run_date": post.run_date, "source": post.source, "post_id": post.post_id,
            "span_id": hashlib.sha256(key.encode()).hexdigest()[:20], "rule_version": RULE_VERSION,
        }  # fmt: skip

    reading = Reading(
        run_date=post.run_date, source=post.source, post_id=post.post_id, rule_version=RULE_VERSION, lang=lang,
        lang_confidence=confidence, stance=found.stance, experience=found.experience, purchase=found.purchase,
        is_seeking_advice=found.seeks_advice, influenced_by=found.influenced_by,
        commercial=commercial_of(found, is_owned=post.is_owned), umot=found.umot, advocacy=found.advocacy,
        bands=bands(found.text),
    )  # fmt: skip
    return Understanding(
        mentions=[Mention(**row(mention)) for mention in found.mentions],
        acts=[Act(**row(act)) for act in found.acts],
        cues=[Cue(**row(cue)) for cue in found.cues],
        readings=[reading],
    )
