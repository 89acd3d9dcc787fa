"""Times: which words beside a purchase or a switch tell its day, and what they say in no language's words."""

from __future__ import annotations

import pytest

from nlp.explain import explain, lines
from nlp.pipeline import Reader
from nlp.reading import Context

READER = Reader(None)


def whens(code: str, text: str) -> list[tuple[str, str | None]]:
    return [(cue.text, cue.value) for cue in READER.read(text, code, Context()).of_kind("when")]


SAID = {
    "fr": [
        ("hier soir", "P1D"),
        ("l'autre jour", "P1D"),
        ("avant-hier", "P2D"),
        ("aujourd'hui", "P0D"),
        ("il y a deux heures", "P0D"),
        ("il y a 3 jours", "P3D"),
        ("il y a une quinzaine de jours", "P14D"),
        ("il y a quelques semaines", "P2W"),
        ("il y a 2 ou 3 mois", "P2M"),
        ("y a plus d'un an", "P1Y"),
        ("depuis six mois", "P6M"),
        ("lundi dernier", "-W-1"),
        ("ce dimanche", "-W-7"),
        ("la semaine dernière", "W-1"),
        ("le week-end dernier", "W-1"),
        ("l'an passé", "Y-1"),
        ("ce mois", "M-0"),
        ("en début d'année", "Y-0"),
        ("début septembre", "--09"),
        ("mi-août 2024", "2024-08"),
        ("le 1er mai", "--05-01"),
        ("le mardi 12 mai 2020", "2020-05-12"),
        ("le 18/03", "--03-18"),
        ("le 28/10/2024", "2024-10-28"),
        ("en 2021", "2021"),
        ("à Noël 2023", "2023-12-25"),
        ("l'été dernier", "--SU"),
    ],
    "en": [
        ("last night", "P1D"),
        ("the other day", "P1D"),
        ("the day before yesterday", "P2D"),
        ("this morning", "P0D"),
        ("an hour ago", "P0D"),
        ("two days ago", "P2D"),
        ("a couple of weeks ago", "P2W"),
        ("2-3 months ago", "P2M"),
        ("a year and a half ago", "P1Y"),
        ("years ago", "P2Y"),
        ("on Monday", "-W-1"),
        ("Friday night", "-W-5"),
        ("last weekend", "W-1"),
        ("last month", "M-1"),
        ("earlier this year", "Y-0"),
        ("in May", "--05"),
        ("in early March 2017", "2017-03"),
        ("August 2014", "2014-08"),
        ("on March 12th", "--03-12"),
        ("March 12, 2016", "2016-03-12"),
        ("on the 3rd of May", "--05-03"),
        ("7/31/2014", "2014-07-31"),
        ("31/07/2014", "2014-07-31"),
        ("2014-07-01", "2014-07-01"),
        ("in 2019", "2019"),
        ("last Christmas", "--12-25"),
    ],
    "es": [
        ("ayer", "P1D"),
        ("anteayer", "P2D"),
        ("hoy", "P0D"),
        ("hace dos semanas", "P2W"),
        ("hace un par de meses", "P2M"),
        ("hace años", "P2Y"),
        ("el lunes pasado", "-W-1"),
        ("el mes pasado", "M-1"),
        ("este año", "Y-0"),
        ("en mayo", "--05"),
        ("a principios de mayo de 2024", "2024-05"),
        ("el 12 de septiembre de 2025", "2025-09-12"),
        ("el 18/03/2024", "2024-03-18"),
        ("desde 2019", "2019"),
        ("en Navidad", "--12-25"),
    ],
}
BOUGHT = {"fr": "J'ai acheté ce mug {}.", "en": "I bought this mug {}.", "es": "Compré esta taza {}."}


@pytest.mark.parametrize(("code", "words", "value"), [(code, *case) for code, cases in SAID.items() for case in cases])
def test_what_the_words_say(code: str, words: str, value: str):
    ((text, found),) = whens(code, BOUGHT[code].format(words))
    assert found == value
    assert words.endswith(text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("fr", "J'ai acheté FIFA 2019."),
        ("fr", "J'ai acheté un Mars et deux Lion."),
        ("fr", "J'ai acheté le 5 places."),
        ("fr", "J'ai acheté le 1/2 litre."),
        ("fr", "J'ai acheté ce mug pour Noël."),
        ("fr", "J'ai acheté des places pour le 12 mai."),
        ("fr", "J'ai acheté ce mug et je l'attends d'ici lundi."),
        ("fr", "J'ai acheté un forfait de février à avril."),
        ("fr", "J'ai acheté ce mug, il y a 2 ans de garantie."),
        ("fr", "J'ai acheté une semaine passée à la mer."),
        ("fr", "J'ai acheté ce mug trois mois après."),
        ("fr", "J'ai acheté le jeu sorti en 2016."),
        ("en", "I bought this May and June calendar."),
        ("en", "I bought one and may march back."),
        ("en", "I bought the second 5 of them."),
        ("en", "I bought FIFA 2019."),
        ("en", "I bought it on Black Friday 2019."),
        ("en", "I bought it for $20.16 and 2 may return one."),
        ("en", "I bought tickets for next Friday."),
        ("en", "I bought it almost a year ago."),
        ("en", "I bought the game released in 2016."),
        ("en", "I bought it for my birthday."),
        ("en", "I bought it two days before."),
        ("en", "I bought it every Friday."),
        ("es", "Compré FIFA 2019."),
        ("es", "Compré esta taza para el lunes."),
        ("es", "Compré esta taza el viernes negro."),
        ("es", "Compré el modelo publicado en 2016."),
    ],
)
def test_what_tells_no_day(code: str, text: str):
    assert READER.read(text, code, Context()).purchase == "bought"
    assert not whens(code, text)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("en", "Yesterday, I bought this mug.", ["Yesterday"]),
        ("fr", "J'ai acheté, la semaine dernière, ce mug.", ["la semaine dernière"]),
        ("fr", "La semaine dernière je suis passé à la Cadence.", ["La semaine dernière"]),
        ("en", "I bought it for $3.50 yesterday.", ["yesterday"]),
        ("en", "I bought it on May 12, 2016, in Lyon.", ["on May 12, 2016"]),
        ("en", "I bought it, it broke yesterday.", []),
        ("en", "I bought it. Yesterday it broke.", []),
        ("en", "I bought it because mine broke yesterday.", []),
        ("fr", "J'ai acheté ce mug en mai et il a cassé hier.", ["en mai"]),
        ("en", "Yesterday, after work, I bought this mug.", []),
        ("en", "It broke yesterday.", []),
        ("en", "A friend showed it to me in May and I bought one.", []),
        ("en", "Last year when I bought this mug it was cheap.", ["Last year"]),
        ("en", "I moved last year - I bought this mug.", []),
        ("en", "I bought it in July, in Lyon.", ["in July"]),
    ],
)
def test_whose_time_it_is(code: str, text: str, words: list[str]):
    assert [found for found, _ in whens(code, text)] == words


def test_the_span_says_on_which_words_it_rests():
    (cue,) = READER.read("Hier soir, j'ai acheté ce mug.", "fr", Context()).of_kind("when")
    assert (cue.start, cue.end, cue.rule_id, cue.confidence) == (0, 9, "fr.cue.when.yesterday", 0.8)


def test_the_explanation_shows_them():
    text = "Hier soir, j'ai acheté ce mug. Écoutez Maud Ferrandis."
    shown = "\n".join(lines(explain({"text": text, "lang": "fr"}, READER)))
    assert "when  = P1D  [fr.cue.when.yesterday, 0.80]" in shown
    assert "adviser  = Maud Ferrandis  [fr.cue.adviser, 0.60]" in shown
