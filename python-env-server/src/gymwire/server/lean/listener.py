# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Binds an address and serves each connection on a thread of its own."""

import logging
import os
import selectors
import socket
import threading
import time
from pathlib import Path

from grpc_health.v1 import health, health_pb2

from gymwire.server.addresses import is_unix
from gymwire.server.errors import AddressInUseError
from gymwire.server.hosting import HostSettings
from gymwire.server.lean.calls import unary_calls
from gymwire.server.lean.connection import Connection
from gymwire.server.local import LocalHost
from gymwire.server.service import EnvironmentService
from gymwire.server.session_log import SessionLog
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb

_LOG = logging.getLogger(__name__)

_SERVICE = pb.DESCRIPTOR.services_by_name["EnvironmentService"].full_name

# Beside those that Interact streams need at most, one each.
_MORE_CONNECTIONS = 16
# So often clients whose requests take long are told that the server lives.
_PULSE_SECONDS = 1.0


class LeanListener:
    """A serving lean server; `address` is where it really listens, a port of 0 replaced."""

    def __init__(self, address: str, *, settings: HostSettings, log: SessionLog) -> None:
        limits = settings.limits
        self._socket_path = Path(address.removeprefix("unix:")) if is_unix(address) else None
        self._limits = limits
        self._sessions = SessionTable(limits, log)
        host = LocalHost(settings, one_thread=False)
        self._service = EnvironmentService(self._sessions, host, limits, settings.rules)
        self._health = health.HealthServicer()
        for name in ("", _SERVICE):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        self._unary_calls = unary_calls(self._service, self._health)
        self._connections: dict[Connection, threading.Thread] = {}
        self._stopping = threading.Event()
        self._socket = _bind(address)
        bound = self._socket.getsockname()
        self.address = address if self._socket_path is not None else f"{address.rpartition(':')[0]}:{bound[1]}"
        threading.Thread(target=self._accept, name="lean-accept", daemon=True).start()

    def stop(self, grace_seconds: float) -> None:
        """Ends the connections once their requests under way are answered or after the grace, closes all environments,
        and removes the socket file."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        deadline = time.monotonic() + grace_seconds
        connections = dict(self._connections)
        for connection in connections:
            connection.finish()
        for connection, thread in connections.items():
            thread.join(max(0.0, deadline - time.monotonic()))
            connection.abort()
        self._sessions.close_all(side_by_side=False)
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with self._socket, selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            pulse = time.monotonic()
            while not self._stopping.is_set():
                if selector.select(_PULSE_SECONDS):
                    self._accept_one()
                if time.monotonic() - pulse >= _PULSE_SECONDS:
                    pulse = time.monotonic()
                    for connection in list(self._connections):
                        connection.show_life()

    def _accept_one(self) -> None:
        try:
            connected, peer = self._socket.accept()
        except BlockingIOError:
            # The client has gone again.
            return
        except OSError as error:
            _LOG.warning("a connection could not be accepted: %s", error)
            time.sleep(_PULSE_SECONDS)
            return
        try:
            self._serve(connected, peer)
        except (OSError, RuntimeError) as error:
            # It is gone again, or the system has no thread to spare.
            connected.close()
            _LOG.warning("a connection could not be served: %s", error)

    def _serve(self, connected: socket.socket, peer: tuple[str, int]) -> None:
        most = self._limits.max_streams + _MORE_CONNECTIONS
        if len(self._connections) >= most:
            raise RuntimeError(f"{most} are open, which is the most; a higher --max-streams allows more")
        connected.setblocking(True)
        if connected.family in (socket.AF_INET, socket.AF_INET6):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(connected, _peer_name(connected, peer), self._service, self._unary_calls, self._limits)
        thread = threading.Thread(target=self._run, args=(connection,), name="lean-connection", daemon=True)
        self._connections[connection] = thread
        try:
            thread.start()
        except RuntimeError:
            del self._connections[connection]
            raise

    def _run(self, connection: Connection) -> None:
        try:
            connection.run()
        finally:
            del self._connections[connection]


def _bind(address: str) -> socket.socket:
    unix = is_unix(address)
    host, _, port = address.rpartition(":")
    family = socket.AF_UNIX if unix else socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # Only the owner of the server may connect to its socket file.
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
    listening.setblocking(False)
    return listening


def _peer_name(connected: socket.socket, peer: tuple[str, int]) -> str:
    """Returns the client's address in gRPC's form."""
    if connected.family == socket.AF_INET:
        return f"ipv4:{peer[0]}:{peer[1]}"
    if connected.family == socket.AF_INET6:
        return f"ipv6:%5B{peer[0]}%5D:{peer[1]}"
    return "unix:"
