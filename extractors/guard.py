"""No fetch reaches this machine's own network: every connection is checked after names are resolved.

Checking at connect time leaves no gap between the check and the use: redirects, names with several addresses, IPv6,
decimal and octal hosts and rebinding all end in the same place.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Collection
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """The host is on a private network, and brands.yml does not allow it."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public Internet; an IPv4 address inside an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        teredo = ip.teredo[1] if ip.teredo else None
        nat64 = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
        inner = ip.ipv4_mapped or ip.sixtofour or teredo or nat64
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_allowed(host: str, port: int, private_hosts: Collection[str]) -> bool:
    """Whether settings.private_hosts names the host, alone or with this port."""
    plain = host.strip("[]").lower()
    return bool({plain, f"{plain}:{port}", f"[{plain}]:{port}"} & {name.lower() for name in private_hosts})


class Guard:
    """Opens sockets to addresses that may be reached, and cuts them when a deadline passes."""

    def __init__(self, private_hosts: Collection[str]) -> None:
        self.private_hosts = frozenset(private_hosts)
        self._handles: set[socket.socket] = set()

    def connect(self, host: str, port: int, timeout: Any) -> socket.socket:
        """A connected socket. Raises PrivateAddressError, or OSError when no address answers."""
        failure: Exception = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            if not is_public(str(address[0])) and not is_allowed(host, port, self.private_hosts):
                failure = PrivateAddressError(
                    f"{host} is {address[0]}, on a private network; if it is yours, add {host}:{port} to "
                    "settings.private_hosts in brands.yml"
                )
                continue
            found = socket.socket(family, kind, protocol)
            try:
                found.settimeout(timeout)
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                found.connect(address)
            except OSError as error:
                found.close()
                failure = error
            else:
                return found
        raise failure

    def watch(self, found: socket.socket) -> socket.socket:
        """A second handle of the socket, which `cut` can reach even inside TLS."""
        handle = found.dup()
        self._handles.add(handle)
        return handle

    def forget(self, handle: socket.socket) -> None:
        """Close a handle that `watch` gave."""
        self._handles.discard(handle)
        handle.close()

    def cut(self) -> None:
        """End every open connection: whatever waits on one fails at once."""
        for handle in list(self._handles):
            with contextlib.suppress(OSError):  # already ended by the other side
                handle.shutdown(socket.SHUT_RDWR)


class _Guarded:
    """What HTTP and HTTPS connections share: the guard opens their socket."""

    guard: Guard
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        conn: Any = self
        try:
            found = self.guard.connect(conn._dns_host, conn.port, conn.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(conn.host, conn, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(conn, f"no answer from {conn.host} within {conn.timeout} s") from error
        except OSError as error:
            raise NewConnectionError(conn, str(error)) from error
        self._release()
        self._handle = self.guard.watch(found)
        return found

    def getresponse(self) -> Any:
        """Acknowledge at once: a server that writes head and body apart else holds the body back for 40 ms (Nagle)."""
        conn: Any = super()
        own: Any = self
        if own.sock is not None and hasattr(socket, "TCP_QUICKACK"):
            own.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return conn.getresponse()

    def _release(self) -> None:
        if self._handle is not None:
            self.guard.forget(self._handle)
            self._handle = None

    def close(self) -> None:
        """Close the connection and its second handle."""
        self._release()
        super().close()  # type: ignore[misc]


def adapter(guard: Guard) -> HTTPAdapter:
    """A requests adapter whose every connection goes through the guard."""
    http = type("_Http", (_Guarded, HTTPConnection), {"guard": guard})
    https = type("_Https", (_Guarded, HTTPSConnection), {"guard": guard})
    pools = {
        "http": type("_HttpPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
        "https": type("_HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
    }

    class _Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            self.poolmanager = PoolManager(num_pools=8, maxsize=1, block=False)
            self.poolmanager.pool_classes_by_scheme = pools

    return _Adapter(max_retries=0)
