"""What the models of brands.yml are made of: strict values, each with the words that say how to mend it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError("write a full address that starts with https:// or http://, without user name or password")
    if any(c.isspace() for c in parts.netloc):
        raise ValueError(f"has white space in its host {parts.netloc!r}; write the address as a browser shows it")
    return url


def _words(text: str) -> str:
    if not any(c.isalnum() for c in text):
        raise ValueError("holds no letter or digit; write the name as people write it")
    return text


def _quoted(value: object) -> object:
    """A name that YAML reads as a number or a choice was meant as it is written."""
    if isinstance(value, (bool, int, float)):
        raise ValueError(f'is read as no text; put it in quotes: "{value}"')
    return value


def _handle(name: str) -> str:
    has_space = name.startswith("@") and any(c.isspace() for c in name)  # a printed name may hold spaces
    if has_space or "://" in name or re.match(r"(www\.|[\w.-]+\.[a-z]{2,}/)", name.lower()):
        raise ValueError("write the account alone, such as @tisonne")
    return _words(name)


def _id(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
        such = f", such as {plain}" if re.match("[a-z]", plain) and plain != name else ""
        raise ValueError(f"write small letters, digits and underscores, 40 at most, a letter first{such}")
    return name


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", code):
        short = code[:2].lower() if re.fullmatch(r"[A-Za-z]{2}([-_].*)?", code) else "fr"
        raise ValueError(f"write the code of two small letters (ISO 639-1), such as {short}, en or es")
    return code


def _domain(name: str) -> str:
    if not re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", name):
        host = (urlsplit(name).hostname if "://" in name else name.split("/", maxsplit=1)[0].lower()) or ""
        such = host if re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host) else "tisonne.example"
        raise ValueError(f"write the name of the site alone, in small letters: {such}")
    return name


def _listed(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f"is one value where several may stand; write it in brackets: [{value}]")
    return value


def _number(value: object) -> object:
    """A number as it stands; else one line of remedy instead of one for each kind of number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        share = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*%\s*", value) if isinstance(value, str) else None
        such = f"{float(share[1].replace(',', '.')) / 100:g} for {value}" if share else "12, or 0.3 for 30 %"
        raise ValueError(f"is no number; write {such}")
    return value


def _iso_date(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write a date such as 2026-10-30")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no date; write one such as 2026-10-30") from None


T = TypeVar("T")

Text = Annotated[str, BeforeValidator(_quoted)]
Id = Annotated[Text, AfterValidator(_id)]
Words = Annotated[Text, AfterValidator(_words)]
Handle = Annotated[Text, AfterValidator(_handle)]
"""An account as its source writes it: @name, @name@instance, did:..., a channel's id, a printed name."""
Url = Annotated[str, AfterValidator(_http_url)]
Language = Annotated[Text, AfterValidator(_language)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Domain = Annotated[str, AfterValidator(_domain)]
Number = Annotated[float | int, BeforeValidator(_number)]
Several = Annotated[list[T], BeforeValidator(_listed)]
"""A list; one value without brackets is told how to be one."""


class Model(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
