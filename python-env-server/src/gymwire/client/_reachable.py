# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds out whether a program listens at an address to which gRPC could not connect."""

import socket

_SECONDS = 3.0


def may_listen(address: str) -> bool:
    """Returns False if a connection to "HOST:PORT" is neither accepted nor refused within some seconds. The operating
    system accepts connections even if the server's process is busy."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS).close()
    except TimeoutError:
        return False
    except (OSError, ValueError):  # for example another form of address, such as unix:PATH
        return True
    return True


def listens(address: str) -> bool:
    """Returns whether a program accepts connections at "HOST:PORT" or "unix:PATH"."""
    try:
        if address.startswith("unix:"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_SECONDS)
                connection.connect(address.removeprefix("unix:"))
        else:
            host, _, port = address.rpartition(":")
            socket.create_connection((host.strip("[]"), int(port)), _SECONDS).close()
    except (OSError, ValueError, AttributeError):  # AttributeError: this system has no Unix sockets
        return False
    return True
