"""The reading of the whole post: stance, experience, purchase, advice, influence, commerce, UMOT and advocacy."""

from __future__ import annotations

import math

from spacy.tokens import Doc

from nlp.advocacy import advocacy
from nlp.components.cues import PAID_ADDRESS
from nlp.reading import FoundAct, FoundCue, PostReading

COMMERCIAL = {
    "disclosure": "sponsored", "affiliate_link": "affiliate", "promo_code": "promo_code", "gifted": "gifted",
    "own_product": "own_product",
}  # fmt: skip
"""Kind of cue -> what gold/GUIDE.md calls it."""

USED = ".used"
"""End of the id of a rule for someone who uses the code or link of another: an edge, not commerce of their own."""

SURE = 0.6
"""Strength of an act, or confidence of a cue, that is evidence by itself."""

STRONG = 0.7
"""Strength of an act that nobody performs about what they have not tried."""

_STANCE = {frozenset({"for"}): "for", frozenset({"against"}): "against", frozenset({"for", "against"}): "mixed"}
_UMOT = {"for": "positive", "against": "negative"}


def conclude(doc: Doc) -> Doc:
    """Fill the post-level fields of the reading; nothing is guessed from a rating."""
    reading: PostReading = doc._.reading
    if reading.grammar is None:
        return doc
    own = [act for act in reading.acts if act.is_own]
    reading.stance = _STANCE.get(frozenset(act.polarity for act in own), "none")
    reading.purchase = "bought" if reading.of_kind("purchase") else "intends" if reading.of_kind("intent") else "none"
    reading.seeks_advice = any(not reading.is_quoted(cue.start, cue.end) for cue in reading.of_kind("advice_sought"))
    reading.influenced_by = _influencer(reading)
    reading.commercial = sorted(
        {COMMERCIAL[cue.kind] for cue in reading.cues if cue.kind in COMMERCIAL and _is_said(reading, cue)}
        | ({"own_product"} if reading.context.is_owned else set())
    )
    reading.experience = "claimed" if _has_experience(reading) else "none"
    reading.umot = _umot(reading, own)
    learnt = advocacy(reading)
    reading.advocacy = _advocacy(reading, own) if learnt is None else learnt
    return doc


def _is_said(reading: PostReading, cue: FoundCue) -> bool:
    """Whether the post says it of itself: not by a link's address, nor of someone else's code, nor in quotation."""
    if cue.rule_id == PAID_ADDRESS or cue.rule_id.endswith(USED):
        return False
    return not reading.is_quoted(cue.start, cue.end)


def _influencer(reading: PostReading) -> str | None:
    """Who led the author to the product: a name before "you", then the surest, then the first."""
    you = reading.grammar.words("second_person") if reading.grammar else frozenset()
    named = [cue for cue in reading.of_kind("influence") if cue.value]
    return max(named, key=lambda cue: (cue.value not in you, cue.confidence >= SURE)).value if named else None


def _has_experience(reading: PostReading) -> bool:
    """Said, or plainly implied: enough weak signs that the author was there, had it or judged it in detail."""
    told = reading.of_kind("experience")
    if reading.of_kind("purchase") or any(cue.confidence >= SURE for cue in told):
        return True
    grammar = reading.grammar
    assert grammar is not None
    weights = grammar.experience
    score = sum(_weighed(weights.get(name, 0.0), count) for name, count in reading.signals.items())
    score += _weighed(weights.get("sign", 0.0), len(told))
    strongest = max((act.strength for act in reading.acts if act.is_own), default=0.0)
    score += weights.get("act", 0.0) * (1.0 if strongest >= STRONG else 0.7 if strongest >= SURE else 0.0)
    score += weights.get("link", 0.0) * any(sentence.addresses for sentence in reading.sentences)
    score += weights.get("asks", 0.0) * reading.seeks_advice + weights.get("commercial", 0.0) * bool(
        set(reading.commercial) - {"gifted"}
    )
    return score >= 1.0


def _weighed(weight: float, count: int) -> float:
    """Up to three signs for it add up; one against it says all."""
    return weight * min(count, 3 if weight > 0 else 1)


def _umot(reading: PostReading, own: list[FoundAct]) -> str:
    """Of acts both ways, the one that sums up the post: the stronger side, the last word when they are level."""
    if not own or reading.experience != "claimed":
        return "none"
    balance = sum(_weight(act) if act.polarity == "for" else -_weight(act) for act in own)
    if reading.stance == "mixed" and all(act.modality == "conditional" for act in own if act.polarity == "against"):
        return "positive"  # "if you hate puzzles, skip it" only says whom the praise is not for
    if reading.stance == "mixed" and abs(balance) < 0.1:
        return _UMOT[own[-1].polarity]
    return "positive" if balance > 0 else "negative"


def _weight(act: FoundAct) -> float:
    """What only some readers are told counts half."""
    return act.strength / 2 if act.modality == "conditional" else act.strength


def _advocacy(reading: PostReading, own: list[FoundAct]) -> float:
    """Without a trained model, -1 to 1: a logistic sum of the words of the lexicon and the author's own acts."""
    grammar = reading.grammar
    assert grammar is not None
    score = sum(grammar.weights.get(word, 0.0) for sentence in reading.sentences for word in sentence.words)
    score += sum(4 * act.strength if act.polarity == "for" else -4 * act.strength for act in own)
    return round(math.tanh(score / 4), 4)
