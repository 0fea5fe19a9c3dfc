# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks whether an address is free before the server listens on it. So the error message is clear if the address is in
use."""

import os
import socket
import stat
from pathlib import Path

from gymwire.server.addresses import is_unix
from gymwire.server.errors import AddressInUseError, InvalidRequestError


def make_way(address: str) -> None:
    """Removes a socket file that an ended server left behind. Raises AddressInUseError if it finds that the server
    cannot listen on the address, and InvalidRequestError if the address names an unknown host."""
    if is_unix(address):
        try:
            _check_path(Path(address.removeprefix("unix:")))
        except PermissionError as error:
            raise AddressInUseError(
                f"cannot listen on {address}: {error.strerror}; choose a path in a folder of your own"
            ) from error
    else:
        _check_port(address)


def _check_port(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        family, _, _, _, place = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    # UnicodeError: a part of the host name, between dots, is empty or too long.
    except (socket.gaierror, UnicodeError) as error:
        raise InvalidRequestError(
            f"cannot listen on {address}: the host {host} is not known ({getattr(error, 'strerror', error)}); "
            "use an address of this machine"
        ) from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            raise AddressInUseError(
                f"cannot listen on {address}: {error.strerror}; choose another port, port 0 for any free one, or an "
                "address of this machine"
            ) from error


def _check_path(path: Path) -> None:
    if not path.parent.is_dir():
        raise AddressInUseError(f"cannot listen on unix:{path}: the directory {path.parent} does not exist; create it")
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise AddressInUseError(
            f"cannot listen on unix:{path}: this path exists and is not a socket; choose another path"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise AddressInUseError(f"cannot listen on unix:{path}: {error.strerror}; choose another path") from error
    raise AddressInUseError(f"cannot listen on unix:{path}: another server answers there; choose another path")
