# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Distinguishes a slow server from a host that drops all packets."""

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
