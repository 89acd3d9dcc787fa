"""No fetch reaches a private network, however its address is dressed."""

from __future__ import annotations

import socket

import pytest

from extractors.fetch import FetchError
from extractors.guard import is_allowed, is_public

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "fe80::1%lo",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700:4700::1111", "::ffff:93.184.216.34", "64:ff9b::808:808"]
)
def test_public_addresses(address):
    assert is_public(address)


def test_allow_list_names_a_host_or_one_port():
    assert is_allowed("127.0.0.1", 8765, ["127.0.0.1:8765"])
    assert not is_allowed("127.0.0.1", 8766, ["127.0.0.1:8765"])
    assert is_allowed("Box.Local", 80, ["box.local"])
    assert is_allowed("::1", 80, ["[::1]:80"])
    assert not is_allowed("127.0.0.1.evil.example", 8765, ["127.0.0.1:8765"])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_dressed_loopback_is_refused(host, web, client):
    port = web.host.rpartition(":")[2]
    with pytest.raises(FetchError) as refused:
        client(private=()).get(f"http://{host}:{port}/")
    assert refused.value.state in ("forbidden", "unreachable")
    assert web.asked == []


def test_the_refusal_says_what_to_do(web, client):
    with pytest.raises(FetchError) as refused:
        client(private=()).get(web.base)
    assert refused.value.state == "forbidden"
    assert f"add {web.host} to settings.private_hosts" in str(refused.value)


def test_a_name_with_a_private_address_among_others_never_reaches_it(monkeypatch, web, client):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(web.host.rpartition(":")[2])))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(FetchError, match="private network"):
        client(private=()).get("http://rebound.example/")
    assert web.asked == []
