"""Where things are on this machine. Nobody else reads `os.environ`.

What a marketer decides is in brands.yml; what an engineer decides is here, as environment variables.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Paths and DuckLake connections; every field has a default that serves one machine."""

    home: Path
    """Everything the pipeline writes. OUIDIRE_HOME, default `var/` at the project's root."""
    brands: Path
    """OUIDIRE_BRANDS, default `brands.yml` at the project's root."""
    catalog: str
    """OUIDIRE_CATALOG, default `sqlite:<home>/lake.sqlite`; on many machines `postgres:dbname=...`."""
    data: str
    """DuckLake data files. OUIDIRE_DATA, default `<home>/lake/`; an `s3://bucket/prefix/` for many machines."""
    s3_secret: str | None
    """OUIDIRE_S3_SECRET: a CREATE SECRET statement of DuckDB for `data` on S3; never logged."""

    @property
    def captures(self) -> Path:
        """Raw responses, append-only: captures/run_date=D/source=S/."""
        return self.home / "captures"

    @property
    def staging(self) -> Path:
        """Parsed and understood partitions on their way to the lake: staging/run_date=D/source=S/<table>.parquet."""
        return self.home / "staging"

    @property
    def published(self) -> Path:
        """The file that analysts open."""
        return self.home / "listening.duckdb"

    @property
    def digest_page(self) -> Path:
        """The digest as a page, beside the published file: it quotes people."""
        return self.published.with_name("digest.html")

    @property
    def search_index(self) -> Path:
        """The index of the published file's words, beside it."""
        return self.published.with_name("search.duckdb")

    @property
    def author_key(self) -> bytes:
        """Key of the author hashes: OUIDIRE_AUTHOR_KEY (hex), else made once under `home` and kept there."""
        return bytes.fromhex(os.environ.get("OUIDIRE_AUTHOR_KEY") or _kept_key(self.home / "author.key"))

    def secret(self, source_id: str, name: str) -> str | None:
        """What the operator provides for a source, read when needed and kept nowhere; None where there is none."""
        return os.environ.get(secret_variable(source_id, name), "").strip() or None


def secret_variable(source_id: str, name: str) -> str:
    """The environment variable of a source's secret."""
    return f"OUIDIRE_SECRET_{source_id}_{name}".upper()


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; an empty variable is none. A relative path counts from the project's root."""
    env = {name: value for name, value in (os.environ if environment is None else environment).items() if value}
    home = ROOT / env.get("OUIDIRE_HOME", "var")
    return Settings(
        home=home,
        brands=ROOT / env.get("OUIDIRE_BRANDS", "brands.yml"),
        catalog=env.get("OUIDIRE_CATALOG", f"sqlite:{home}/lake.sqlite"),
        data=env.get("OUIDIRE_DATA", f"{home}/lake/"),
        s3_secret=env.get("OUIDIRE_S3_SECRET"),
    )


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # another process made it first: that one wins
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
