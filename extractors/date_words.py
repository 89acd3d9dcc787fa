"""Words of printed dates: months, days of the week, days near by, and the units of "3 days ago"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan января janvier janv janviers januar jänner enero ene gennaio gen janeiro januari",
            "february feb февраля février févr fév fevrier fevr fev februar febrero febbraio fevereiro februari",
            "march mar марта mars märz mär maerz marzo março maart mrt",
            "april apr апреля avril avr abril abr aprile",
            "may mai мая mayo maggio mag maio mei",
            "june jun июня juin juni junio giugno giu junho",
            "july jul июля juillet juil juli julio luglio lug julho",
            "august aug августа août aout aoû agosto ago augustus",
            "september sept сентября sep septembre septiembre settembre set setembro",
            "october oct октября octobre oktober okt octubre ottobre ott outubro out",
            "november nov ноября novembre noviembre novembro",
            "december dec декабря décembre déc decembre dezember dez diciembre dic dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
"""Number of a month by its names: English, French, and a few more languages' ones."""
WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lundi lun montag",
            "tuesday tue mardi mar dienstag",
            "wednesday wed mercredi mer mittwoch",
            "thursday thu jeudi jeu donnerstag",
            "friday fri vendredi ven freitag",
            "saturday sat samedi sam samstag",
            "sunday sun dimanche dim sonntag",
        )
    )
    for name in names.split()
}
DAYS_AGO: Final = {"today": 0, "aujourd": 0, "heute": 0, "hoy": 0, "yesterday": 1, "hier": 1, "gestern": 1, "ayer": 1}
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
UNITS: Final = tuple(
    (re.compile(names, re.IGNORECASE), span)
    for names, span in (
        (r"s|se[cgk].*", MINUTE / 60),
        (r"m|mn|min.*", MINUTE),
        (r"h|hr|hrs|hour.*|heure.*|stunde.*|hora.*", 60 * MINUTE),
        (r"d|j|day.*|jour.*|tag.*|d[ií]as?", DAY),
        (r"w|wk|wks|week.*|semaine.*|woche.*|semana.*", 7 * DAY),
        (r"mo|mos|month.*|mois|monat.*|mes(es)?", 31 * DAY),
        (r"y|yr|yrs|year.*|an|ans|années?|jahr.*|años?", 366 * DAY),
    )
)
"""Length of a unit by its names; a month and a year have their longest, as what is printed is rounded down."""
