"""Which brand or product an address leads to: the sites and pages that brands.yml gives, and shops' product numbers."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from ouidire.brands import Brands

ASIN: Final = re.compile(
    r"/(?:dp|gp/product|gp/aw/d|gp/offer-listing|product-reviews|exec/obidos/asin|d)/([a-z0-9]{10})(?![a-z0-9])"
)
"""Amazon's product number in an address, whatever country, tag and tracking stand around it."""

Owner = tuple[str, str | None]
"""Brand id; product id when the address is that of a product."""


class Addresses:
    """The addresses of a catalogue, ready to be looked up."""

    def __init__(self, brands: Brands | None) -> None:
        self.domains: dict[str, str] = {}
        self.pages: list[tuple[str, Owner]] = []
        self.asins: dict[str, Owner] = {}
        for brand in brands.all_brands if brands else ():
            self.domains |= dict.fromkeys(brand.domains, brand.id)
            for product in brand.products:
                for url in product.urls:
                    self._add(url.casefold(), (brand.id, product.id))
        self.pages.sort(key=lambda page: -len(page[0]))

    def _add(self, url: str, owner: Owner) -> None:
        asin = ASIN.search(urlsplit(url).path)
        if asin:
            self.asins[asin[1]] = owner
        else:
            self.pages.append((_page(url), owner))

    def owner(self, url: str) -> tuple[Owner, str] | None:
        """Whom an address belongs to and the rule that says so: a product's page, its number, else a brand's site."""
        full = (url if "//" in url else f"//{url}").casefold()
        try:
            parts = urlsplit(full)
            host, path = parts.hostname or "", parts.path
        except ValueError:  # what looks like an address need not be one
            return None
        asin = ASIN.search(path) if self.asins else None
        if asin and asin[1] in self.asins:
            return self.asins[asin[1]], "mention.asin"
        page = _page(full)
        for known, owner in self.pages:
            if page == known or page.startswith(known + "/"):
                return owner, "mention.url"
        for domain, brand_id in self.domains.items():
            if host == domain or host.endswith("." + domain):
                return (brand_id, None), "mention.url"
        return None


def _page(url: str) -> str:
    """Host and path without "www.", closing slash, query and fragment."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"
