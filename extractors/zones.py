"""The time zone of the dates that a forum prints, from what its pages say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml.html import HtmlElement

_OFFSET: Final = re.compile(
    r"(?:UTC|GMT)\s*(?:([+\-−])\s*(\d{1,2})(?:[:.]?(\d{2}))?(?!\d))?(?:\s*(?:hours?|heures?))?(\s*\[[^\]]*DST[^\]]*\]|"
    r"\s*\[[^\]]*été[^\]]*\])?"
)
_STATEMENT: Final = re.compile(r"times|heures|horaire|zone|zeit", re.IGNORECASE)
_LONGEST = 240


def zone_of(stated: str, shown: HtmlElement | None, root: HtmlElement) -> tzinfo | None:
    """The zone that an option states, that an element of the page shows, or that a line of it says; None unknown.

    Raises nothing: a name that is no zone is passed over.
    """
    title = str(shown.get("title") or "") if shown is not None else ""
    words = "".join(shown.itertext()) if shown is not None else ""
    found = (_named(name) for name in (stated, title, words))
    return next((zone for zone in found if zone), None) or next(_said(root), None)


def zone_remedy(stated: str) -> str | None:
    """What to write instead of a stated zone that `zone_of` passes over; None when it does not."""
    return None if _named(stated) else "a time zone such as Europe/Paris or UTC+02:00"


def _named(name: str) -> tzinfo | None:
    """'Europe/Paris', 'UTC' or 'UTC+02:00' as a zone."""
    if "/" in name and " " not in name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
    found = _OFFSET.search(name)
    return _shifted(found) if found else None


def _shifted(found: re.Match[str]) -> tzinfo | None:
    hours, minutes = int(found[2] or 0), int(found[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if found[1] in ("-", "−") else 1)
    shift += timedelta(hours=1) if found[4] else timedelta(0)
    return timezone(shift) if shift else UTC


def _said(root: HtmlElement) -> Iterator[tzinfo]:
    """Lines such as "All times are GMT +1" (vBulletin) or "Heures au format UTC + 1 heure [ DST ]" (phpBB 3.0)."""
    for piece in root.xpath("//body//text()[contains(., 'UTC') or contains(., 'GMT')][not(ancestor::script)]")[:20]:
        parent = piece.getparent()
        line = " ".join("".join(parent.itertext()).split()) if parent is not None else ""
        line = line if _STATEMENT.search(line) and len(line) < _LONGEST else str(piece)
        if len(line) < _LONGEST and _STATEMENT.search(line) and (zone := _named(line)):
            yield zone
