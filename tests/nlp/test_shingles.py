"""Band hashes: near-copies meet, others do not."""

from __future__ import annotations

import pytest

from nlp.shingles import BANDS, bands

SAID = (
    "Un matin de brume, j'ai rempli le mug avant de partir et le café était encore brûlant à midi, "
    "ce que je n'attendais pas."
)


def shared(one: str, other: str) -> int:
    return sum(a == b for a, b in zip((bands(one) or "").split(), (bands(other) or "").split(), strict=False))


@pytest.mark.parametrize(
    ("other", "is_copy"),
    [
        (SAID, True),
        (SAID.upper().replace(",", " -"), True),
        (SAID + " (lu chez eux)", True),
        (SAID.replace("le mug", "mon mug"), True),
        (
            "Le soir venu, nous avons posé la tente au bord du lac, et personne n'a plus pensé au lendemain, "
            "ni au froid qui venait.",
            False,
        ),
        (
            "Un matin de brume, j'ai rempli le mug avant de partir, puis nous avons parlé d'autre chose jusqu'au soir, "
            "sans voir passer le temps.",
            False,
        ),
    ],
)
def test_most_of_the_words_make_a_copy(other, is_copy) -> None:
    assert (shared(SAID, other) >= 8) is is_copy


def test_every_text_has_as_many_bands_and_short_ones_have_none() -> None:
    found = (bands(SAID) or "").split()
    assert len(found) == len(set(found)) == BANDS
    assert bands("J'ai la box depuis trois mois, et franchement c'est une horreur : elle coupe tous les soirs.") is None
    assert bands("") is None
