# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The listener for --lean: binds an address and serves on it."""

import os
import socket
import threading
from pathlib import Path

from grpc_health.v1 import health, health_pb2

from gymwire.server.addresses import is_unix
from gymwire.server.errors import AddressInUseError
from gymwire.server.hosting import HostSettings
from gymwire.server.lean.calls import unary_calls
from gymwire.server.lean.loop import Loop
from gymwire.server.local import LocalHost
from gymwire.server.service import EnvironmentService
from gymwire.server.session_log import SessionLog
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb

_SERVICE = pb.DESCRIPTOR.services_by_name["EnvironmentService"].full_name

# The time between two pings to each client while a request takes long.
_PULSE_SECONDS = 1.0


class LeanListener:
    """The listener of a server with --lean. If port 0 is requested, the attribute `address` has the port in use."""

    def __init__(self, address: str, *, settings: HostSettings, log: SessionLog) -> None:
        limits = settings.limits
        self._socket_path = Path(address.removeprefix("unix:")) if is_unix(address) else None
        self._sessions = SessionTable(limits, log, reaps=False)
        service = EnvironmentService(self._sessions, LocalHost(settings, one_thread=True), limits, settings.rules)
        self._health = health.HealthServicer()
        for name in ("", _SERVICE):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        listening = _bind(address)
        bound = listening.getsockname()
        self.address = address if self._socket_path is not None else f"{address.rpartition(':')[0]}:{bound[1]}"
        calls = unary_calls(service, self._health)
        self._loop = Loop(service, calls, limits, on_tick=self._sessions.reap)
        self._loop.accept_from(listening)
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Serves on the calling thread until `interrupt` is called. Environments without their own processes are made,
        used and closed on this thread."""
        threading.Thread(target=self._keep_alive, name="lean-keepalive", daemon=True).start()
        self._loop.run()

    def interrupt(self) -> None:
        """Makes `serve` return as soon as the request under way is answered. Any thread may call this method."""
        self._loop.interrupt()

    def stop(self, grace_seconds: float) -> None:
        """Ends the connections, closes all environments, and removes the socket file. Clients have the grace period to
        read the answers that were sent. This method must be called on the thread that has called `serve`."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        self._loop.finish(grace_seconds)
        self._sessions.close_all(side_by_side=False)
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)

    def _keep_alive(self) -> None:
        while not self._stopping.wait(_PULSE_SECONDS):
            self._loop.keep_alive()


def _bind(address: str) -> socket.socket:
    unix = is_unix(address)
    host, _, port = address.rpartition(":")
    family = socket.AF_UNIX if unix else socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # Only the user who runs the server may connect to its socket file.
    old_umask = os.umask(0o177)
    try:
        if not unix and os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address.removeprefix("unix:") if unix else (host.strip("[]"), int(port)))
        listening.listen()
    except OSError as error:
        listening.close()
        raise AddressInUseError(f"cannot listen on {address}: {error.strerror}; choose another address") from error
    finally:
        os.umask(old_umask)
    return listening
