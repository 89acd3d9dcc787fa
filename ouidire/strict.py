"""What the models of brands.yml are made of: strict values, each with the words that say how to mend it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError("write a full address that starts with https:// or http://, without user name or password")
    return url


def _words(text: str) -> str:
    if not any(c.isalnum() for c in text):
        raise ValueError("holds no letter or digit; write the name as people write it")
    return text


def _iso_date(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write a date such as 2026-10-30")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no date; write one such as 2026-10-30") from None


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, AfterValidator(_words)]
Url = Annotated[str, AfterValidator(_http_url)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Day = Annotated[date, BeforeValidator(_iso_date)]
Domain = Annotated[str, Field(pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$")]


class Model(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
