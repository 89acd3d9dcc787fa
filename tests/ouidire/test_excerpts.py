"""Where a text holds the words that somebody looked for."""

import pytest

from ouidire.excerpts import excerpt, place


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Mon Tellur fuit.", "Tellur", ("Mon ", "Tellur", " fuit.")),
        ("Mon  TÉLLUR\nfuit.", "tellur", ("Mon ", "TÉLLUR", " fuit.")),
        ("le Bi-vouac 500", "bivouac", ("le ", "Bi-vouac", " 500")),
        ("Tellurique, puis Tellur.", "tellur", ("", "Tellur", "ique, pui")),
        ("un sextellur, un tellur", "tellur", ("llur, un ", "tellur", "")),
        ("un sextellur", "tellur", ("un sex", "tellur", "")),
        ("Straße à Œuvre", "strasse", ("", "Straße", " à Œuvre")),
        ("Et un de plus", "tellur", None),
        ("Et un de plus", "?!", None),
        ("", "tellur", None),
    ],
)
def test_an_excerpt_holds_the_words_and_those_around_them(text, words, shown) -> None:
    found = excerpt(text, words, 9)
    assert (found and tuple(found)) == shown


def test_a_place_is_given_in_characters_of_the_text() -> None:
    assert place("œuf, l'été", "ÉTÉ") == (7, 10)
