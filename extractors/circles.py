"""Where links lead round in a circle, or on for ever: how a walk knows, and how long it goes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from extractors.address import redacted
from extractors.source import Page

REPEATED_PAGES: Final = 5
"""Pages in a row, linked one from the other, that may bring posts and none that is new."""


@dataclass(frozen=True)
class Barren:
    """Pages up to one, each linked from the last, that brought nothing new."""

    repeated: int = 0
    """With posts that were all there before."""
    empty: int = 0
    """Without posts, and without other links than that to the next one."""


FRUITFUL: Final = Barren()
"""None."""


class Circles:
    """Knows the posts of one walk, kept or not."""

    def __init__(self, empty_pages: int) -> None:
        self._most = Barren(REPEATED_PAGES, empty_pages)
        self._met: set[tuple[str, str]] = set()

    def after(self, before: Barren, page: Page, links: int) -> Barren:
        """What it comes to with one more page, which has that many links to pages never asked."""
        posts = {(draft.instance, draft.native_id) for draft in page.posts}
        is_new = not posts <= self._met
        self._met |= posts
        if is_new or links > 1:
            return FRUITFUL
        is_repeated = bool(posts)
        return Barren(before.repeated + is_repeated, before.empty + (not is_repeated))

    def closed(self, url: str, found: Barren) -> str | None:
        """Why the page's links are not followed, in words; None when they are."""
        if found.repeated > self._most.repeated:
            told = f"{found.repeated} pages in a row only repeat posts"
        elif found.empty > self._most.empty:
            told = f"{found.empty} pages in a row have no post (option empty_pages)"
        else:
            return None
        return f"{redacted(url)}: {told}; taken for a circle of links, its next page was not asked"
