"""Offline by default: nothing in the tests reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from ouidire.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def _only_loopback(event: str, arguments: tuple) -> None:
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0]).split("%")[0]
    if host != "localhost" and not ipaddress.ip_address(host or "0.0.0.0").is_loopback:
        raise RuntimeError(f"a test tried to reach {host}; tests talk to this machine only")


sys.addaudithook(_only_loopback)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real texts and servers beside the checkout; users do not have it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: this test needs the real texts and servers kept there")
    return SHARED


@dataclass(frozen=True)
class Journey:
    """The sample web listened to from its first day to its last, without a scheduler."""

    settings: Settings
    env: dict[str, str]
    base: str

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the published file."""
        from warehouse.connect import open_published

        with open_published(self.settings.published) as con:
            cursor = con.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="session")
def journey(tmp_path_factory) -> Journey:
    """Serve sample/ on a free port, run all its nights into a home of its own, publish."""
    from ouidire import night, sampleweb, settings

    home = tmp_path_factory.mktemp("journey")
    folder = ROOT / "sample"
    with sampleweb.running(folder, port=0) as base:
        words = (folder / "brands.yml").read_text(encoding="utf-8")
        (home / "brands.yml").write_text(
            words.replace("127.0.0.1:8765", base.removeprefix("http://")), encoding="utf-8"
        )
        env = {"OUIDIRE_HOME": str(home), "OUIDIRE_BRANDS": str(home / "brands.yml")}
        here = settings.load(env)
        posts = sampleweb.told(sampleweb.load(folder))
        days = night.days(posts[0].at.date(), posts[-1].at.date())
        with Progress(disable=True) as progress:
            night.run_days(here, days, progress=progress)
    return Journey(here, {**os.environ, **env}, base)
