# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Serves all connections in turn, on one thread, which also runs the environments that have no process of their own."""

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

from gymwire.server.lean.calls import UnaryCall
from gymwire.server.lean.connection import Connection
from gymwire.server.lean.frames import ErrorCode
from gymwire.server.lean.polling import READABLE, new_poll
from gymwire.server.limits import Limits
from gymwire.server.service import EnvironmentService

_LOG = logging.getLogger(__name__)

# The number of connections that are allowed in addition to one connection for each Interact stream.
_MORE_CONNECTIONS = 16
# The maximum number of connections with an incomplete handshake. A further connection replaces the oldest of them.
_MAX_HANDSHAKES = 64

# The minimum time between two ticks. A tick checks the deadlines and calls `on_tick`.
_TICK_SECONDS = 0.25
_TICK_MILLISECONDS = 250
# If a connection cannot be accepted, e.g. because no file descriptor is free, the loop accepts none for this time.
_PAUSE_SECONDS = 1.0


class Loop:
    """Serves the connections that `add` receives or that a listening socket accepts; `run` returns after `interrupt`.
    It is the `Keeper` (in the module `connection`) of these connections."""

    def __init__(
        self,
        service: EnvironmentService,
        unary_calls: dict[str, UnaryCall],
        limits: Limits,
        on_tick: Callable[[], None] = lambda: None,
        poll: Any = None,
    ) -> None:
        self._service = service
        self._unary_calls = unary_calls
        self._limits = limits
        self._on_tick = on_tick
        self._poll = poll or new_poll()
        self._turns_by_fd: dict[int, Callable[[int], None]] = {}
        self._connections: dict[Connection, None] = {}  # Oldest first.
        self._returning: dict[Connection, None] = {}
        self._listening: socket.socket | None = None
        self._accept_again = 0.0
        self._next_tick = 0.0
        self._rounds = 0
        self._rounds_seen = 0
        self._interrupted = False
        self._woken, self._waking = socket.socketpair()
        for each in (self._woken, self._waking):
            each.setblocking(False)
        self._add_turn(self._woken.fileno(), self._wake)

    def accept_from(self, listening: socket.socket) -> None:
        """Also accepts and serves the connections to a listening socket."""
        listening.setblocking(False)
        self._listening = listening
        self._add_turn(listening.fileno(), self._accept)

    def add(self, connected: socket.socket, peer: str) -> None:
        """Adds a connection; `peer` is the client's address in gRPC's form."""
        unfinished = [each for each in self._connections if not each.handshake_complete]
        if len(unfinished) >= _MAX_HANDSHAKES:
            unfinished[0].abort()
        connection = Connection(connected, peer, self._service, self._unary_calls, self._limits, self)
        self._connections[connection] = None
        self._add_turn(connection.fd, connection.serve)
        connection.begin()

    def run(self) -> None:
        """Serves on the calling thread until `interrupt` is called."""
        while not self._interrupted:
            self._go_round(_TICK_MILLISECONDS)

    def interrupt(self) -> None:
        """Makes `run` return once the request under way is answered. Any thread may call this method."""
        self._interrupted = True
        try:
            self._waking.send(b"\0")
        except OSError:
            # The loop has already ended, or the socket is full of bytes that wake the loop.
            return

    def finish(self, grace_seconds: float) -> None:
        """Ends all connections. Clients have the grace period to read the answers that were sent. This method must
        be called after `run`."""
        self._interrupted = False
        if self._listening is not None:
            self._remove_turn(self._listening.fileno())
            self._listening.close()
            self._listening = None
        deadline = time.monotonic() + grace_seconds
        for connection in list(self._connections):
            connection.end()
        while self._connections and (left := deadline - time.monotonic()) > 0:
            self._go_round(min(_TICK_MILLISECONDS, left * 1000))
        for connection in list(self._connections):
            connection.abort()
        self._woken.close()
        self._waking.close()

    def keep_alive(self) -> None:
        """Pings all clients if `_go_round` has counted no round since the last call of this method, for example because
        a request takes long. Another thread must call this method about once a second."""
        if self._rounds == self._rounds_seen:
            for connection in list(self._connections):
                connection.keep_alive()
        self._rounds_seen = self._rounds

    def watch(self, connection: Connection, mask: int) -> None:
        """See Keeper."""
        self._poll.modify(connection.fd, mask)

    def return_to(self, connection: Connection) -> None:
        """See Keeper."""
        self._returning[connection] = None

    def admit(self, connection: Connection) -> None:
        """See Keeper."""
        in_use = [each for each in self._connections if each.handshake_complete and not each.ending]
        most = self._limits.max_streams + _MORE_CONNECTIONS
        if len(in_use) <= most:
            return
        idle = next((each for each in in_use if each.is_idle() and each is not connection), None)
        if idle is not None:
            # gRPC's client connects again for its next call.
            idle.end(ErrorCode.NO_ERROR, "the connection was idle, and others need its place")
            return
        text = f"{most} connections are in use, which is the maximum; a higher --max-streams allows more"
        _LOG.warning("a connection was refused: %s", text)
        connection.end(ErrorCode.ENHANCE_YOUR_CALM, text)

    def forget(self, connection: Connection) -> None:
        """See Keeper."""
        del self._connections[connection]
        self._returning.pop(connection, None)
        self._remove_turn(connection.fd)

    def _go_round(self, milliseconds: float) -> None:
        """Gives a turn to each connection that is ready or has more to do. Waits at most `milliseconds`."""
        turns = self._turns_by_fd
        for fd, event in self._poll.poll(0 if self._returning else milliseconds):
            # The turn of one connection can end another connection.
            if fd in turns and not self._interrupted:
                turns[fd](event)
        self._rounds += 1
        if self._returning:
            returning, self._returning = self._returning, {}
            for connection in returning:
                if not self._interrupted:
                    connection.serve(0)
        if time.monotonic() >= self._next_tick:
            self._tick()

    def _tick(self) -> None:
        self._on_tick()
        now = time.monotonic()
        for connection in list(self._connections):
            if now >= connection.deadline:
                connection.expire()
        if self._listening is not None and 0 < self._accept_again <= now:
            self._accept_again = 0.0
            self._poll.modify(self._listening.fileno(), READABLE)
        self._next_tick = now + _TICK_SECONDS

    def _add_turn(self, fd: int, turn: Callable[[int], None]) -> None:
        self._turns_by_fd[fd] = turn
        self._poll.register(fd, READABLE)

    def _remove_turn(self, fd: int) -> None:
        del self._turns_by_fd[fd]
        self._poll.unregister(fd)

    def _wake(self, _: int) -> None:
        self._woken.recv(64)

    def _accept(self, _: int) -> None:
        assert self._listening is not None
        try:
            connected, peer = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # The client has already disconnected.
            return
        except OSError as error:
            _LOG.warning("a connection could not be accepted: %s", error)
            self._accept_again = time.monotonic() + _PAUSE_SECONDS
            self._poll.modify(self._listening.fileno(), 0)
            return
        try:
            if connected.family in (socket.AF_INET, socket.AF_INET6):
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            # The client has already disconnected; some systems report it only here.
            connected.close()
            return
        self.add(connected, _peer_name(connected, peer))


def _peer_name(connected: socket.socket, peer: tuple[str, int]) -> str:
    """Returns the client's address in gRPC's form."""
    if connected.family == socket.AF_INET:
        return f"ipv4:{peer[0]}:{peer[1]}"
    if connected.family == socket.AF_INET6:
        return f"ipv6:%5B{peer[0]}%5D:{peer[1]}"
    return "unix:"
