"""Offline by default: nothing in the tests reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

import pytest

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
