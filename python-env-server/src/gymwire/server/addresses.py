# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the address to listen on, before the server binds it."""

from gymwire.server.errors import InvalidRequestError, RefusedError

_LOOPBACK_HOSTS = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "[::1]"}


def check_address(address: str, *, secured: bool) -> str:
    """Returns the address, with 127.0.0.1 for the host localhost. Raises InvalidRequestError when the address is
    malformed or the path of a socket is too long. Raises RefusedError when the server is not `secured` by a token or
    TLS, and other machines may be able to reach the address (`is_loopback` is false)."""
    if is_unix(address):
        return _check_path(address)
    host, colon, port = address.rpartition(":")
    bare_ipv6 = ":" in host and not (host.startswith("[") and host.endswith("]"))
    if not colon or not host or bare_ipv6 or not port.isdecimal() or int(port) > 65535:
        raise InvalidRequestError(
            f"the address {address!r} is not HOST:PORT with a port from 0 to 65535, nor unix:PATH; "
            "write e.g. 127.0.0.1:0 (any free port) or unix:/run/user/1000/gymwire.sock"
        )
    if host not in _LOOPBACK_HOSTS and not secured:
        raise RefusedError(
            f"will not listen on {address}: other machines could run environments here without any authentication; "
            f"listen on 127.0.0.1:{port}, [::1]:{port} or unix:PATH and let clients connect through an ssh tunnel, or "
            "ask clients for a token (--token-file) or a certificate (--tls-cert, --tls-key, --tls-client-ca)"
        )
    return f"{_LOOPBACK_HOSTS.get(host, host)}:{port}"


def is_unix(address: str) -> bool:
    """Returns whether the address is the address of a Unix socket."""
    return address.startswith("unix:")


def is_loopback(address: str) -> bool:
    """Returns whether a checked address is the address of a Unix socket, or has a host in _LOOPBACK_HOSTS. Only this
    machine can reach such an address."""
    return is_unix(address) or address.rpartition(":")[0] in _LOOPBACK_HOSTS


def _check_path(address: str) -> str:
    path = address.removeprefix("unix:")
    if not path:
        raise InvalidRequestError("the address 'unix:' names no path; write e.g. unix:/run/user/1000/gymwire.sock")
    if len(path.encode()) > 103:
        raise InvalidRequestError(
            f"the socket path {path} has {len(path.encode())} bytes, but some systems allow only 103; choose a "
            "shorter path"
        )
    return address
